"""Says when PostgreSQL recovers from the death of one of its processes, which it does by itself: no child ends.

Its lines are the only sign of it. They are in English, since the server runs with the locale C.
"""

from collections.abc import Callable, Collection
from typing import Final

from seawall.local.events import Event, Noticed, Output

_BEGINS: Final = "LOG:  all server processes terminated; reinitializing"
_ENDS: Final = "LOG:  database system is ready to accept connections"


class Recovery:
    """Passes every event on to `listen`, with a notice where one of the `databases` begins and ends to recover."""

    def __init__(self, databases: Collection[str], listen: Callable[[Event], None]) -> None:
        self._databases = databases
        self._listen = listen
        self._recovering: set[str] = set()

    def __call__(self, event: Event) -> None:
        """Hear one event."""
        self._listen(event)
        if not isinstance(event, Output) or event.name not in self._databases:
            return
        if event.line == _BEGINS:
            self._recovering.add(event.name)
            self._listen(
                Noticed(event.name, "a server process was killed; PostgreSQL ends all connections and recovers")
            )
        elif event.line == _ENDS and event.name in self._recovering:
            self._recovering.discard(event.name)
            self._listen(Noticed(event.name, "recovered; nothing that was committed is lost"))
