"""What other commands know of a running stack: ``.seawall/state.json``, kept by `up` while it holds the lock."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from seawall import contract
from seawall.local.events import Crashed, Ready, Replaced, Starting, Stopped, Unhealthy
from seawall.local.lock import Holder, holder
from seawall.local.logfile import OfAChild

FILE: Final = "state.json"
Condition = Literal["starting", "ready", "crashed", "stopped"]
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class ChildState:
    """One child: `pid` is None where nothing runs, `port` where it has none; `since` is RFC 3339, in UTC.

    `once` says that it is a task: it is ready when it has ended.
    """

    state: Condition
    since: str
    pid: int | None = None
    port: int | None = None
    restarts: int = 0
    once: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A stack that is up, without any secret.

    `pid` and `start` are the supervisor's; `file` is the stack file. `urls` are what a person may open, as `Up.urls`
    says; `ports` and `replicas` are those of `seawall.local.plan.Host`.
    """

    pid: int
    start: int
    stack: str
    environment: str
    file: str
    urls: Mapping[str, str]
    ports: Mapping[str, int]
    replicas: Mapping[str, int]
    children: Mapping[str, ChildState] = field(default_factory=dict[str, ChildState])

    @property
    def front(self) -> str | None:
        """The name by which `urls` has the stack itself; None: it has no edge."""
        return next(iter(self.urls)) if contract.EDGE in self.ports else None

    @property
    def ready(self) -> bool:
        """Whether every child is."""
        return bool(self.children) and all(child.state == "ready" for child in self.children.values())


def read(folder: Path) -> State | None:
    """The state of the stack that is up in the `folder` ``.seawall``; None if none is, or none has written it yet.

    Raises:
        SeawallError: SW313, the folder is another user's and closed.
    """
    owner = holder(folder)
    if owner is None:
        return None
    try:
        found = _parse(json.loads((folder / FILE).read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return found if Holder(found.pid, found.start) == owner else None


def _parse(values: dict[str, Any]) -> State:
    children = {name: ChildState(**child) for name, child in values.pop("children").items()}
    return State(**values, children=children)


class Recorder:
    """Keeps the state file: each event that changes a child's state replaces it at once, whole."""

    def __init__(self, folder: Path, state: State, now: Now = lambda: datetime.now(UTC)) -> None:
        self._folder = folder
        self._now = now
        self.state = state

    def replan(self, state: State) -> None:
        """The stack itself changed: keep what is known of the children that are still in it, and write.

        Raises:
            OSError: it cannot be written.
        """
        known = self.state.children
        children = {
            name: replace(known[name], port=child.port) if name in known else child
            for name, child in state.children.items()
        }
        self.state = replace(state, children=children)
        self.write()

    def __call__(self, event: OfAChild) -> None:
        """Note one event.

        Raises:
            OSError: it cannot be written; the next event tries again.
        """
        changed = self._changed(event)
        if changed is not None:
            children = {**self.state.children, event.name: changed}
            self.state = replace(self.state, children=children)
            self.write()

    def write(self) -> None:
        """Replace the file.

        Raises:
            OSError: it cannot be written; the old one is left as it was.
        """
        new = self._folder / f".{FILE}.new"
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self.state), file)
        new.replace(self._folder / FILE)

    def remove(self) -> None:
        """Nothing is up any more."""
        (self._folder / FILE).unlink(missing_ok=True)

    def _changed(self, event: OfAChild) -> ChildState | None:
        since = self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        child = replace(self.state.children.get(event.name) or ChildState("stopped", since), since=since)
        changed: ChildState | None = None
        match event:
            case Starting(_, pid, restarts):
                changed = replace(child, state="starting", pid=pid, restarts=restarts)
            case Ready():
                changed = replace(child, state="ready", pid=None if child.once else child.pid)
            case Replaced(_, pid):
                changed = replace(child, state="ready", pid=pid)
            case Crashed():
                changed = replace(child, state="crashed", pid=None)
            case Unhealthy():
                changed = replace(child, state="crashed")
            case Stopped():
                changed = replace(child, state="stopped", pid=None)
            case _:
                pass
        return changed
