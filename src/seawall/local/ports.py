"""Which port each listener gets on this machine.

Every listener asks for the port that the stack declares. Where an earlier listener of the same stack has it, a free one
is taken. A port that another program holds is an error, found before anything starts, with the holder's name.
"""

import re
import socket
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from seawall import contract
from seawall.errors import Problem, raise_all
from seawall.local.spec import Listener

LOOPBACK: Final = "127.0.0.1"
PRIVILEGED: Final = 1024
HIGHEST: Final = 65535


def assign(wanted: Iterable[Listener], free: Iterable[str] = ()) -> tuple[dict[str, int], dict[str, int]]:
    """A port of this machine for each listener, by name, in the order given; and a free port for each name in `free`.

    Raises:
        SeawallError: SW302 for each port that another program holds, SW303 for each that needs root, SW210 for each
            that a person chose for two.
    """
    with ExitStack() as held:  # every port stays bound until all are found, so that none is given or proposed twice
        given, problems = _find(tuple(wanted), held)
        raise_all(problems.values())
        return given, {name: _free(held) for name in free}


def look(wanted: Iterable[Listener]) -> dict[str, int | Problem]:
    """For each listener, by name, the port that `assign` would give it, or why it would not."""
    with ExitStack() as held:
        given, problems = _find(tuple(wanted), held)
    return {**given, **problems}


def _find(wanted: tuple[Listener, ...], held: ExitStack) -> tuple[dict[str, int], dict[str, Problem]]:
    given: dict[str, int] = {}
    problems: dict[str, Problem] = {}
    chosen: dict[int, Listener] = {}
    for want in wanted:
        if want.chosen and chosen.setdefault(want.port, want) is not want:
            problems[want.name] = _chosen_twice(want, chosen[want.port], _other(want, wanted, held))
            continue
        if want.port in given.values() and not want.chosen:
            given[want.name] = _free(held)
            continue
        try:
            held.enter_context(_bind(want.port))
            given[want.name] = want.port
        except OSError as error:
            if want.insist:
                refused = _privileged if isinstance(error, PermissionError) else _taken
                problems[want.name] = refused(want, _other(want, wanted, held))
            else:
                given[want.name] = _free(held)
    return given, problems


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    # As servers do: a port whose last connections are in TIME_WAIT is free.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
        listener.listen(1)
    except OSError:
        listener.close()
        raise
    return listener


def _free(held: ExitStack) -> int:
    listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    listener.bind((LOOPBACK, 0))
    return int(listener.getsockname()[1])


def _other(want: Listener, wanted: Iterable[Listener], held: ExitStack) -> str:
    """The option that gives a listener another port: the next that is free and that no other listener asks for."""
    asked = {each.port for each in wanted}
    for port in range(want.port + 1 if want.port >= PRIVILEGED else want.port + 8000, HIGHEST + 1):
        if port not in asked and _is_free(port, held):
            return _option(want, port)
    return _option(want, _free(held))


def _is_free(port: int, held: ExitStack) -> bool:
    try:
        held.enter_context(_bind(port))
    except OSError:
        return False
    return True


def _option(want: Listener, port: int) -> str:
    return f"--port {port}" if want.name == contract.EDGE else f"--port {want.name}={port}"


def _chosen_twice(want: Listener, first: Listener, other: str) -> Problem:
    message = f"{_option(first, first.port)} and {_option(want, want.port)} give one port to two"
    return Problem("SW210", message, fix=f"use {other}")


def _privileged(want: Listener, other: str) -> Problem:
    """Who may use which port is the system's to say: root in a container may lack the right, others may have it."""
    message = f"port {want.port} for {want.name} needs root"
    return Problem("SW303", message, want.place, fix=f"use a port of {PRIVILEGED} or more: {other}")


def _taken(want: Listener, other: str) -> Problem:
    holder = _holder(want.port)
    by = f"held by {holder}" if holder else "held by another program"
    return Problem("SW302", f"port {want.port} for {want.name} is {by}", want.place, fix=f"use {other} or stop it")


def _holder(port: int, proc: Path = Path("/proc")) -> str:
    """Who listens on a port, as "pid 4121 (python app.py)"; empty where the machine does not tell."""
    inodes = {f"socket:[{inode}]" for table in ("tcp", "tcp6") for inode in _listening(proc / "net" / table, port)}
    for process in proc.glob("[0-9]*") if inodes else ():
        try:
            if any(str(link.readlink()) in inodes for link in (process / "fd").iterdir()):
                return f"pid {process.name} ({_command(process)})"
        except OSError:  # another user's process, or one that just ended
            continue
    return ""


def _listening(table: Path, port: int) -> Iterable[str]:
    """The socket inodes in state LISTEN (0A) on a port: proc_net_tcp(5)."""
    try:
        rows = [line.split() for line in table.read_text().splitlines()[1:]]
    except OSError:
        return []
    return [row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port]


def _command(process: Path) -> str:
    """A program's name, and its first argument if that is a plain word or a file: anything else may hold a secret."""
    program, *arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
    shown = [word for word in arguments[:1] if re.fullmatch(r"[\w./-]+", word)]
    return " ".join(Path(word).name for word in [program, *shown])
