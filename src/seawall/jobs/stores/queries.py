"""The statements of ``sql/queries.sql`` and ``sql/desk.sql`` by name."""

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Final

# Each is planned once: to plan a claim takes longer than to carry it out, and left to itself PostgreSQL plans it each
# time. That may be while the queue is empty, where reading all of it looks cheap. No cost that is estimated makes
# compiling a statement (jit) pay.
PLANNING: Final = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "jit": "off"}
_NAME: Final = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)
_OF_TODAY: Final = "history_of_today"
WEEKDAYS: Final = range(7)  # 0 is Sunday, as PostgreSQL has it


def _load() -> Mapping[str, str]:
    return dict(_named("queries")) | dict(_named("desk"))


def _named(file: str) -> Iterator[tuple[str, str]]:
    """Each statement; one that writes today's history is there for each weekday, as ``name_0`` to ``name_6``."""
    text = resources.files("seawall.jobs").joinpath(f"sql/{file}.sql").read_text()
    _, *parts = _NAME.split(text)
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        if _OF_TODAY in body:
            for day in WEEKDAYS:
                yield f"{name}_{day}", body.replace(_OF_TODAY, f"history_{day}").strip()
        else:
            yield name, body.strip()


QUERIES: Final = _load()
