"""What happens to the children of the supervisor, as values: whoever listens prints or counts them."""

from dataclasses import dataclass
from typing import Final, Literal

from seawall.errors import Problem

SEAWALL: Final = "seawall"  # the name of what no child says


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


@dataclass(frozen=True, slots=True)
class Replacing:
    """A successor was spawned beside the child that serves, which goes on."""

    name: str
    pid: int


@dataclass(frozen=True, slots=True)
class Replaced:
    """The successor serves, `seconds` after it was spawned; its predecessor gets no more requests and drains."""

    name: str
    pid: int
    seconds: float


@dataclass(frozen=True, slots=True)
class NotReplaced:
    """The successor did not become ready and was stopped; whatever ran before goes on."""

    name: str
    reason: str
    last_lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drained:
    """A child that no longer serves, or never did, has ended; `killed` says that it took SIGKILL."""

    name: str
    pid: int
    status: int
    killed: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """These files of the project have changed, relative to its folder."""

    files: tuple[str, ...]
    name: str = SEAWALL


@dataclass(frozen=True, slots=True)
class Applied:
    """What a change of the plan did, a line for each service that is not as it was."""

    changes: tuple[str, ...]
    name: str = SEAWALL


@dataclass(frozen=True, slots=True)
class Refused:
    """A change was not carried out, because of these problems; whatever ran before goes on."""

    problems: tuple[Problem, ...]
    name: str = SEAWALL


Event = (
    Starting
    | Ready
    | Output
    | Crashed
    | Unhealthy
    | Stopped
    | Replacing
    | Replaced
    | NotReplaced
    | Drained
    | Changed
    | Applied
    | Refused
    | Noticed
)
