"""Where the Seawall that runs came from, so that its wheel can be made again where images need it."""

import json
from importlib.metadata import distribution
from typing import Any, Final
from urllib.parse import unquote

OWN: Final = "seawall"


def origin() -> str:
    """What pip takes for the Seawall that runs."""
    found = distribution(OWN)
    return requirement(found.read_text("direct_url.json"), found.version)


def requirement(record: str | None, version: str) -> str:
    """What pip takes for a package by the `record` of its installation, else by its version, from an index.

    https://packaging.python.org/en/latest/specifications/direct-url/ says what stands in the record.
    """
    said: dict[str, Any] = json.loads(record) if record else {}
    url = str(said.get("url", ""))
    if "vcs_info" in said:
        return f"{said['vcs_info']['vcs']}+{url}@{said['vcs_info']['commit_id']}"
    return unquote(url.removeprefix("file://")) or f"{OWN}=={version}"
