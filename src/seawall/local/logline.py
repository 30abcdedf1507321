"""A line that a child wrote: one of the contract's JSON log lines, perhaps with the problem that ends the child."""

import json
from typing import Any, cast

from seawall.errors import Problem


def log_entry(line: str) -> dict[str, Any] | None:
    """The fields of a line of log, or None for any other line."""
    if not line.startswith("{"):
        return None
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    is_log = isinstance(entry, dict) and "level" in entry and "message" in entry
    return cast("dict[str, Any]", entry) if is_log else None


def problem_of(line: str) -> Problem | None:
    """The problem that a line of log is about, or None."""
    entry = log_entry(line)
    if entry is None or not isinstance(entry.get("problem"), dict):
        return None
    try:
        return Problem.from_dict(entry["problem"])
    except (KeyError, TypeError, ValueError):  # of another version, or somebody's own field of that name
        return None
