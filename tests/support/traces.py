"""What a run of `seawall up` leaves on this machine: processes, ports and files."""

import os
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from seawall.local import procfs

Family = dict[int, int]  # process ids and start times: an id alone may be somebody else's by now


def family(pid: int) -> Family:
    """A process and all its descendants."""
    return {pid: procfs.start_time(pid), **procfs.descendants(pid)}


def alive(processes: Family) -> list[int]:
    """Those that still run."""
    found = {pid: procfs.stat(pid) for pid in processes}
    return [pid for pid, stat in found.items() if stat and stat.alive and stat.start == processes[pid]]


def concerned(folder: Path) -> list[str]:
    """The processes that work in a folder, or name it in their command line or environment, whosever children."""
    here = str(folder)
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        stat = procfs.stat(int(process.name))
        if stat is None or not stat.alive or stat.pid == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes()
            text = command + (process / "environ").read_bytes() + str((process / "cwd").readlink()).encode()
        except OSError:  # it ended meanwhile
            continue
        if here.encode() in text:
            found.append(f"{process.name} {command.decode(errors='replace')}")
    return found


def wait_for_death(processes: Family, folder: Path, seconds: float) -> None:
    """Return once none of the processes is left, nor any other that has to do with the folder."""
    deadline = time.monotonic() + seconds
    while left := alive(processes) or concerned(folder):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.02)


def files(*folders: Path) -> set[Path]:
    """All that lies in the folders."""
    return {entry for folder in folders for entry in folder.rglob("*")}


def listening(ports: Iterable[int]) -> list[int]:
    """Those ports of this machine on which somebody listens."""
    found: list[int] = []
    for port in ports:
        with socket.socket() as client:
            client.settimeout(5)
            if client.connect_ex(("127.0.0.1", port)) == 0:
                found.append(port)
    return found
