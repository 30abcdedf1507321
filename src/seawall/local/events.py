"""What happens to the children of the supervisor, as values: whoever listens prints or counts them."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Starting:
    """The child was spawned; `restarts` counts how often before."""

    name: str
    pid: int
    restarts: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The child answered its readiness probe (or ended with 0, if it is a task), `seconds` after it was spawned."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Output:
    """The child wrote one line, without its line end."""

    name: str
    stream: Literal["stdout", "stderr"]
    line: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The child ended by itself with `status` (or minus the signal); the next start is in `restart_in` s."""

    name: str
    status: int
    last_lines: tuple[str, ...]
    restart_in: float


@dataclass(frozen=True, slots=True)
class Unhealthy:
    """The child stopped answering its liveness probe and is replaced."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The child ended because it was told to; `killed` says that it took SIGKILL."""

    name: str
    status: int
    killed: bool


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that people should know and that stops nothing; `name` is who says it."""

    name: str
    message: str


Event = Starting | Ready | Output | Crashed | Unhealthy | Stopped | Noticed
