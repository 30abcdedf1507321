"""What `up` writes down for other commands: the state and the logs. Neither may ever stop the stack."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from seawall.local.events import Applied, Changed, Event, Noticed, Output, Refused
from seawall.local.logfile import FOLDER, SUFFIX, LogFile, OfAChild
from seawall.local.state import Recorder, State

_WHO: Final = "seawall"


class Journal:
    """Listens to the supervisor before `listen` does. What cannot be written (the disk is full) is said once."""

    def __init__(self, folder: Path, state: State, listen: Callable[[Event], None]) -> None:
        self._folder = folder
        self._listen = listen
        self._recorder = Recorder(folder, state)
        self._logs: dict[str, LogFile] = {}
        self._failed: set[str] = set()
        self._try("state", self._recorder.write)

    @property
    def state(self) -> State:
        """What is known now."""
        return self._recorder.state

    def replan(self, state: State) -> None:
        """The stack changed while it runs."""
        self._try("state", lambda: self._recorder.replan(state))

    def __call__(self, event: Event) -> None:
        """Write one event down, then pass it on."""
        written = _of_a_child(event)
        if not isinstance(written, Output):
            self._try("state", lambda: self._recorder(written))
        self._try("logs", lambda: self._log(written.name).write(written))
        self._listen(event)

    def close(self) -> None:
        """Nothing is up any more: the logs stay."""
        for log in self._logs.values():
            log.close()
        with suppress(OSError):  # what is left of it is never believed
            self._recorder.remove()

    def _log(self, name: str) -> LogFile:
        if name not in self._logs:
            self._logs[name] = LogFile(self._folder / FOLDER / f"{name}{SUFFIX}")
        return self._logs[name]

    def _try(self, what: str, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            if what not in self._failed:
                self._failed.add(what)
                reason = error.strerror or str(error)
                self._listen(Noticed(_WHO, f"{self._folder / what} cannot be written ({reason}); going on without"))


def _of_a_child(event: Event) -> OfAChild:
    """What the stack as a whole did is written as a notice."""
    match event:
        case Changed(files):
            return Noticed(_WHO, f"changed: {', '.join(files)}")
        case Applied(changes):
            return Noticed(_WHO, "; ".join(changes))
        case Refused(problems):
            return Noticed(_WHO, "; ".join(problem.message for problem in problems))
        case _:
            return event


@contextmanager
def journal(folder: Path, state: State, listen: Callable[[Event], None]) -> Generator[Journal]:
    """Keep a journal in `folder` as long as the context lasts; to be used by who holds the lock."""
    kept = Journal(folder, state, listen)
    try:
        yield kept
    finally:
        kept.close()
