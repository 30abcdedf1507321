"""The errors that people see: each has a stable code, a place, what was seen and wanted, and one fix.

A `Problem` is a value. What finds several of them collects all and raises one `SeawallError`, so that a person sees
every fault of a kind at once. Codes are stable: a code is never reused for another rule. ``docs/reference/errors.md``
is made from `CODES`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file: path as shown to the reader, line and column from 1 (column 0: the whole line)."""

    file: str
    line: int
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"


CODES: Final[Mapping[str, str]] = {
    # 0xx: the command line
    "SW001": "a command line that cannot be read",
    # 1xx: finding and loading stack.py
    "SW101": "no stack.py in this folder or its parents",
    "SW102": "stack.py does not run",
    "SW103": "stack.py does not hold exactly one stack",
    "SW104": "the stack function does not return a list of services",
    "SW105": "an argument that the constructor does not have",
    "SW106": "an environment that the stack does not have",
    # 2xx: what the stack says
    "SW201": "an argument of the wrong type or out of range",
    "SW202": "two services of one name",
    "SW203": "a name that is not a DNS label",
    "SW204": "services that use each other in a cycle",
    "SW205": "a reference to a service that is not defined",
    "SW206": "two services that claim one path",
    "SW207": "two values for one environment variable",
    "SW208": "config that sets a variable of the contract",
    "SW209": "a worker without a Postgres",
    "SW210": "arguments that contradict each other",
    # 3xx: this machine
    "SW301": "an extra that is not installed",
    "SW302": "a port that another program holds",
    "SW303": "a port below 1024",
    "SW304": "secrets that are not set",
    "SW305": "a command that is not on PATH",
    "SW306": "the stack is already up",
    "SW307": "a service that did not become ready",
    "SW308": "the embedded PostgreSQL does not start",
    "SW309": "the project's interpreter cannot run the service",
    "SW310": "a folder that the stack names does not exist",
    "SW311": "a service of a kind that cannot run on this machine",
    "SW312": "the stack is not up",
    "SW313": "the stack is run by another user",
    "SW314": "the stack does not stop",
    "SW315": "a service that the stack does not have",
    "SW316": "a question that nobody is there to answer",
    "SW317": "a project that would overwrite files",
    "SW318": "a disk that is full, or a folder that may not be written",
    # 4xx: the application
    "SW401": "the application cannot be imported",
    "SW402": "the reference does not name an application",
    "SW403": "the application routes a path of the contract",
    "SW404": "a required setting is not set",
    "SW405": "a setting that cannot be read",
    "SW406": "the application's own start-up fails",
    # 5xx: the database and its migrations
    "SW501": "not a Postgres URL",
    "SW502": "the database cannot be reached",
    "SW503": "the database is too old",
    "SW504": "a migration was edited after it was applied",
    "SW505": "a migration file that cannot be used",
    "SW506": "a migration failed",
    "SW507": "another migrator holds the lock",
    "SW508": "the database is ahead of the code",
    "SW509": "the database is behind the code",
    "SW510": "a role whose tables would be made among Seawall's own",
    # 6xx: jobs
    "SW601": "no job of that name",
    "SW602": "an argument that cannot be stored",
    "SW603": "arguments that do not fit the job",
    "SW604": "arguments that are too large",
    "SW605": "a cron expression that cannot be read or never fires",
    "SW606": "a time zone that is not known",
    "SW607": "the lease on the job was lost",
    "SW608": "two jobs of one name",
    "SW609": "no job of that id",
    "SW610": "a job in a state that does not allow what was asked",
    "SW611": "no queue of that name",
    # 7xx: rendering
    "SW701": "a patch that matches no rendered object",
    "SW702": "a patch that does not return the object",
    "SW703": "an extra object that cannot be rendered",
    "SW704": "secrets that are not sealed",
    "SW705": "rendered files that are not up to date",
    "SW706": "an object that is not rendered",
    "SW707": "a file that Seawall did not render",
    "SW708": "a file of sealed secrets that cannot be read",
    "SW709": "migrations that no image holds",
    "SW710": "two rendered objects of one name",
    "SW711": "dependencies that no file locks",
    "SW712": "a Python that no image has",
    # 8xx: images and what runs them
    "SW801": "no container engine that answers",
    "SW802": "a wheel that is not there",
    "SW803": "an image that cannot be built",
    "SW804": "an image that cannot be pushed",
    "SW805": "images without a registry",
    "SW806": "a release that cannot be named",
    "SW807": "images that cannot be scanned",
    "SW808": "an image that does not pass its scan",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `message` states the rule as it was broken here.

    `saw`, `wanted` and `fix` are one line each (may be empty); `fix` is something to type or to write. `excerpt` is the
    source line at the place and the caret below it, where seeing it helps.
    """

    code: str
    message: str
    place: Place | None = None
    saw: str = ""
    wanted: str = ""
    fix: str = ""
    excerpt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a code that is not in `CODES`: an undocumented code is a bug of Seawall."""
        if self.code not in CODES:
            message = f"undocumented error code {self.code}"
            raise ValueError(message)

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.message}"]
        if self.place is not None:
            lines.append(f"  --> {self.place}")
        lines += [f"  | {line}" for line in self.excerpt]
        lines += [f"  {label}: {text}" for label, text in self._details() if text]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """The same for ``--json``: the keys are those of the fields; `place` is null or has file, line and column."""
        place = (
            None
            if self.place is None
            else {"file": self.place.file, "line": self.place.line, "column": self.place.column}
        )
        return {
            "code": self.code,
            "message": self.message,
            "place": place,
            **dict(self._details()),
            "excerpt": list(self.excerpt),
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Self:
        """The problem that `as_dict` made `said` of, in another process.

        Raises:
            KeyError, TypeError, ValueError: it is not one.
        """
        place = said["place"] and Place(**said["place"])
        texts = {name: str(said[name]) for name in ("code", "message", "saw", "wanted", "fix")}
        return cls(place=place, excerpt=tuple(map(str, said["excerpt"])), **texts)

    def _details(self) -> tuple[tuple[str, str], ...]:
        return ("saw", self.saw), ("wanted", self.wanted), ("fix", self.fix)


class SeawallError(Exception):
    """One or more problems that stop what was asked for; `problems` is never empty."""

    exit_status = 1

    def __init__(self, problem: Problem, *more: Problem) -> None:
        super().__init__(problem, *more)
        self.problems = (problem, *more)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class UsageError(SeawallError):
    """The command cannot run as it was called: exit status 2."""

    exit_status = 2


def raise_all(problems: Iterable[Problem]) -> None:
    """Raise one `SeawallError` with all `problems`, or return if there are none."""
    found = tuple(problems)
    if found:
        raise SeawallError(*found)
