"""`seawall status`: what of the stack runs, where, and since when."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from seawall import contract
from seawall.cli import options

if TYPE_CHECKING:
    from seawall.local.state import State

_HEADINGS: Final = ("service", "state", "where", "pid", "restarts", "since")
_COLOURS: Final = {"ready": 32, "starting": 33, "crashed": 31, "stopped": 31}  # ANSI
_UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"))


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    options.command(commands, common, "status", run, brief="show what of the stack runs", description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    """Print a line a service; returns 0 when all are ready, else 1."""
    from seawall.cli.output import print_json  # noqa: PLC0415

    _, state = options.running(arguments.file)
    services = list(_services(state))
    if arguments.json:
        keys = "stack", "environment", "pid", "urls"
        told = {key: getattr(state, key) for key in keys}
        print_json({**told, "ready": state.ready, "services": services})
    else:
        _print_table(state, services)
    return 0 if state.ready else 1


def _services(state: "State") -> Iterator[dict[str, Any]]:
    """Each child as a row; then the sites, which are no processes: the edge serves them."""
    for name, child in state.children.items():
        url = state.urls.get(name)
        yield {
            "name": name,
            "state": child.state,
            "url": url,
            "port": child.port,
            "pid": child.pid,
            "restarts": child.restarts,
            "since": child.since,
        }
    edge = state.children.get(contract.EDGE)
    for name, url in state.urls.items():
        if edge is not None and name not in state.children and name != state.front:
            yield {
                "name": name,
                "state": edge.state,
                "url": url,
                "port": state.ports[name],
                "pid": edge.pid,
                "restarts": edge.restarts,
                "since": edge.since,
            }


def _print_table(state: "State", services: Sequence[dict[str, Any]]) -> None:
    import sys  # noqa: PLC0415

    from seawall.cli.output import print_line, use_colour  # noqa: PLC0415

    now = datetime.now(UTC)
    rows = [_HEADINGS, *(_row(state, service, now) for service in services)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    colour = use_colour(sys.stdout)
    url = state.urls[state.front] if state.front else None
    print_line(f"{state.stack} ({state.environment}), process {state.pid}{'  ' + url if url else ''}")
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        if colour and row[1] in _COLOURS:
            cells[1] = f"\x1b[{_COLOURS[row[1]]}m{cells[1]}\x1b[0m"
        print_line("  ".join(cells).rstrip())


def _row(state: "State", service: dict[str, Any], now: datetime) -> tuple[str, ...]:
    child = state.children.get(service["name"])
    condition = "done" if child is not None and child.once and child.state == "ready" else str(service["state"])
    where = service["url"] or (f"port {service['port']}" if service["port"] else "")
    pid = str(service["pid"] or "")
    since = _ago(now - datetime.fromisoformat(service["since"]))
    return service["name"], condition, where, pid, str(service["restarts"]), since


def _ago(time: timedelta) -> str:
    seconds = max(0, int(time.total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
