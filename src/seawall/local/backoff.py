"""How long a child that ended by itself waits before it starts again."""

from dataclasses import dataclass
from typing import Final

FIRST_SECONDS: Final = 0.5
MOST_SECONDS: Final = 30.0
HEALTHY_SECONDS: Final = 60.0  # ready for this long: the next crash is a first one again


@dataclass(slots=True)
class Backoff:
    """Doubles from `FIRST_SECONDS` to `MOST_SECONDS`; forgets the past once the child was healthy for long enough."""

    seconds: float = FIRST_SECONDS

    def after(self, healthy: float) -> float:
        """Count a crash of a child that had been ready for `healthy` seconds; returns the seconds to wait."""
        delay = FIRST_SECONDS if healthy >= HEALTHY_SECONDS else self.seconds
        self.seconds = min(delay * 2, MOST_SECONDS)
        return delay
