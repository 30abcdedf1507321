"""`seawall up`: run the whole stack on this machine, until Ctrl-C."""

import argparse
import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.cli import options
from seawall.cli.extras import require
from seawall.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from seawall.local.events import Event
    from seawall.local.up import Up
    from seawall.stack import System

_PORTS: Final = range(1, 65536)


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "run the stack on this machine"
    parser = options.command(commands, common, "up", run, brief=brief, description=__doc__)
    parser.add_argument("--env", metavar="NAME", help="the environment; default: the first one of the stack")
    port_help = "the port of a service on this machine; without a name, of the edge; may be given several times"
    parser.add_argument("--port", metavar="[SERVICE=]PORT", action="append", default=[], help=port_help)


def run(arguments: argparse.Namespace) -> int:
    """Run the stack until SIGINT or SIGTERM; returns 0 when everything has stopped."""
    require("local", "up")
    # Only this command pays for the supervisor: `seawall --help` stays quick.
    from seawall.cli.load import load  # noqa: PLC0415

    loaded = load(arguments.file)
    system = loaded.resolve(arguments.env)
    chosen = _chosen(arguments.port, system)
    from seawall.local.up import prepare  # noqa: PLC0415

    up = prepare(system, loaded.file, os.environ, chosen)
    asyncio.run(_until_stopped(up, _listener(up, as_json=arguments.json)))
    return 0


async def _until_stopped(up: "Up", listen: "Callable[[Event], None]") -> None:
    stop, hurry = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    await up.run(stop, listen, hurry)


def _chosen(typed: list[str], system: "System") -> dict[str, int]:
    """The ports typed on the command line, by the listener's name."""
    from seawall.local.plan import EDGE  # noqa: PLC0415

    names = [EDGE, *(service.name for service in system.services)]
    chosen: dict[str, int] = {}
    for option in typed:
        name, given, number = option.rpartition("=")
        name = name if given else EDGE
        port = int(number) if number.isascii() and number.isdigit() else 0
        if name not in names or port not in _PORTS:
            wanted = f"PORT or SERVICE=PORT, with SERVICE one of {', '.join(names)}"
            fix = f"--port {names[-1]}={contract.DEFAULT_PORT}"
            raise UsageError(Problem("SW001", f"--port {option} cannot be read", wanted=wanted, fix=fix))
        chosen[name] = port
    return chosen


def _listener(up: "Up", *, as_json: bool) -> "Callable[[Event], None]":
    from seawall.cli.console import Console, JsonLines  # noqa: PLC0415
    from seawall.cli.output import use_colour  # noqa: PLC0415

    names = [spec.name for spec in up.specs]
    urls = up.urls
    if as_json:
        return JsonLines(names, urls)
    width = max(map(len, urls))
    banner = [
        "",
        *(f"  {name.ljust(width)}  {url}" for name, url in urls.items()),
        "",
        "  Ctrl-C stops everything.",
        "",
    ]
    return Console(names, _notes(up), banner, databases=up.databases, colour=use_colour(sys.stdout))


def _notes(up: "Up") -> dict[str, str]:
    """What stands behind a service's first line: a database's port, or that a port is not the one that was declared."""
    from seawall.local.plan import listeners  # noqa: PLC0415
    from seawall.stack import Postgres  # noqa: PLC0415

    notes: dict[str, str] = {}
    databases = {service.name: service for service in up.system.services if isinstance(service, Postgres)}
    for want in listeners(up.system, {}):
        port = up.host.ports[want.name]
        moved = f" ({want.port} is taken)" if port != want.port and want.name not in up.chosen else ""
        if want.name in databases:
            notes[want.name] = f"PostgreSQL {databases[want.name].version} on port {port}{moved}"
        else:
            notes[want.name] = f"port {port}{moved}"
    return notes
