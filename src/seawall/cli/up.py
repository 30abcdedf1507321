"""`seawall up`: run the whole stack on this machine, until Ctrl-C."""

import argparse
import os
import signal
import sys
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.cli import options
from seawall.cli.extras import require
from seawall.errors import Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from seawall.cli.load import Loaded
    from seawall.local.events import Event
    from seawall.local.state import State
    from seawall.local.up import Beside, Up
    from seawall.stack import System

_PORTS: Final = range(1, 65536)
_READY_SECONDS: Final = 60.0


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    brief = "run the stack on this machine"
    parser = options.command(commands, common, "up", run, brief=brief, description=__doc__)
    parser.add_argument("--env", metavar="NAME", help="the environment; default: the first one of the stack")
    port_help = "the port of a service on this machine; without a name, of the edge; may be given several times"
    parser.add_argument("--port", metavar="[SERVICE=]PORT", action="append", default=[], help=port_help)
    parser.add_argument("--no-reload", action="store_true", help="leave everything as it is when files change")
    only_help = "only these services and what they use"
    parser.add_argument("--only", metavar="SERVICE", nargs="+", action="extend", default=[], help=only_help)
    parser.add_argument("--fresh", action="store_true", help="delete the data of the databases before starting")
    parser.add_argument("--yes", action="store_true", help="with --fresh: do not ask")
    parser.add_argument("--detach", action="store_true", help="return when all is ready; the stack goes on")
    timeout_help = f"with --detach: give up after so long; default: {_READY_SECONDS}"
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=_READY_SECONDS, help=timeout_help)
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)  # what --detach starts


def run(arguments: argparse.Namespace) -> int:
    """Run the stack until SIGINT or SIGTERM; returns 0 when everything has stopped."""
    require("local", "up")
    # Only this command pays for the supervisor: `seawall --help` stays quick.
    import asyncio  # noqa: PLC0415

    from seawall.cli.load import load  # noqa: PLC0415

    loaded = load(arguments.file)
    system = _system(loaded, arguments)
    chosen = _chosen(arguments.port, system)
    from seawall.local.up import make_folder, prepare  # noqa: PLC0415

    up = prepare(system, loaded.file, os.environ, chosen)
    if arguments.fresh and not _fresh(up, yes=arguments.yes, as_json=arguments.json):
        return 1
    if arguments.detach:
        from seawall.local.detach import detach  # noqa: PLC0415

        state = detach(make_folder(loaded.folder), _words(arguments, loaded.file), arguments.timeout)
        _print_detached(state, as_json=arguments.json)
        return 0
    listen = _silent if arguments.background else _listener(up, as_json=arguments.json)
    beside = None if arguments.no_reload else _reloading(up, arguments)
    asyncio.run(_until_stopped(up, listen, beside))
    return 0


def _system(loaded: "Loaded", arguments: argparse.Namespace) -> "System":
    system = loaded.resolve(arguments.env)
    if not arguments.only:
        return system
    from seawall.local.selection import only  # noqa: PLC0415

    return only(system, arguments.only)


def _reloading(up: "Up", arguments: argparse.Namespace) -> "Beside":
    from seawall.cli.load import load  # noqa: PLC0415
    from seawall.local.reload import Reloader  # noqa: PLC0415

    def describe() -> "System":
        return _system(load(f"{up.host.folder}/{up.file}"), arguments)

    return Reloader(up, describe, os.environ).run


def _fresh(up: "Up", *, yes: bool, as_json: bool) -> bool:
    """Delete the data of the databases, if that is what the person wants."""
    from pathlib import Path  # noqa: PLC0415

    from seawall.local import fresh  # noqa: PLC0415

    state = Path(up.host.state)
    names = fresh.found(state, up.databases)
    if not names:
        return True
    if not yes:
        if as_json or not sys.stdin.isatty():
            message = f"--fresh deletes the data of {', '.join(names)}, and nobody is there to say yes"
            raise UsageError(Problem("SW316", message, fix="--fresh --yes"))
        answer = input(f"Delete all data of {', '.join(names)} in {state}? [y/N] ")
        if answer.strip().lower() not in {"y", "yes"}:
            sys.stderr.write("Nothing was deleted, and nothing was started.\n")
            return False
    fresh.delete(state, names)
    return True


def _words(arguments: argparse.Namespace, file: "Path") -> list[str]:
    """The command line of the process in the background; the data are deleted already."""
    words = ["up", "--background", "--json", "--file", str(file)]
    words += ["--env", arguments.env] if arguments.env is not None else []
    words += [word for port in arguments.port for word in ("--port", port)]
    words += ["--no-reload"] if arguments.no_reload else []
    return [*words, *(["--only", *arguments.only] if arguments.only else [])]


def _print_detached(state: "State", *, as_json: bool) -> None:
    from seawall.cli.output import print_json, print_line  # noqa: PLC0415

    if as_json:
        print_json({"event": "up", "pid": state.pid, "urls": dict(state.urls)})
        return
    for line in _banner(state.urls, "'seawall down' stops everything."):
        print_line(line)


def _silent(event: "Event") -> None:
    """In the background there is nobody to read: the log files have it all."""


async def _until_stopped(up: "Up", listen: "Callable[[Event], None]", beside: "Beside | None") -> None:
    import asyncio  # noqa: PLC0415

    stop, hurry = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    await up.run(stop, listen, hurry, beside)


def _chosen(typed: list[str], system: "System") -> dict[str, int]:
    """The ports typed on the command line, by the listener's name."""
    from seawall.local.plan import EDGE, has_edge  # noqa: PLC0415
    from seawall.stack import Postgres  # noqa: PLC0415

    names = [*([EDGE] if has_edge(system) else []), *(service.name for service in system.services)]
    chosen: dict[str, int] = {}
    for option in typed:
        name, given, number = option.rpartition("=")
        name = name if given else EDGE
        port = int(number) if number.isascii() and number.isdigit() else 0
        if name not in {EDGE, *names} or port not in _PORTS:
            wanted = f"PORT or SERVICE=PORT, with SERVICE one of {', '.join(names)}"
            fix = f"--port {names[-1]}={contract.DEFAULT_PORT}"
            raise UsageError(Problem("SW001", f"--port {option} cannot be read", wanted=wanted, fix=fix))
        if name not in names:
            message = f"--port {option} is for the edge, and {system.stack.name} has none: no service in it has a path"
            other = next((each.name for each in system.services if not isinstance(each, Postgres)), names[0])
            raise UsageError(Problem("SW001", message, fix=f"--port {other}={port}"))
        chosen[name] = port
    return chosen


def _listener(up: "Up", *, as_json: bool) -> "Callable[[Event], None]":
    from seawall.cli.console import Console, JsonLines  # noqa: PLC0415
    from seawall.cli.output import use_colour  # noqa: PLC0415

    names = [spec.name for spec in up.specs]
    urls = up.urls
    if as_json:
        return JsonLines(names, urls)
    banner = _banner(urls, "Ctrl-C stops everything.")
    return Console(names, _notes(up), banner, databases=up.databases, tasks=_tasks(up), colour=use_colour(sys.stdout))


def _tasks(up: "Up") -> list[str]:
    from seawall.local.spec import ExitProbe  # noqa: PLC0415

    return [spec.name for spec in up.specs if isinstance(spec.ready, ExitProbe)]


def _banner(urls: "Mapping[str, str]", last: str) -> list[str]:
    width = max(map(len, urls), default=0)
    return ["", *(f"  {name.ljust(width)}  {url}" for name, url in urls.items()), "", f"  {last}", ""]


def _notes(up: "Up") -> dict[str, str]:
    """What stands behind a service's first line: a database's port, or that a port is not the one that was declared."""
    from seawall.local.plan import listeners  # noqa: PLC0415
    from seawall.stack import Postgres  # noqa: PLC0415

    notes: dict[str, str] = {}
    databases = {service.name: service for service in up.system.services if isinstance(service, Postgres)}
    for want in listeners(up.system, {}, up.remotes):
        port = up.host.ports[want.name]
        holder = next((name for name, taken in up.host.ports.items() if taken == want.port), "another program")
        moved = f" ({want.port} is {holder}'s)" if port != want.port and want.name not in up.chosen else ""
        if want.name in databases:
            notes[want.name] = f"PostgreSQL {databases[want.name].version} on port {port}{moved}"
        else:
            notes[want.name] = f"port {port}{moved}"
    return notes
