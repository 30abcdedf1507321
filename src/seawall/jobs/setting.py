"""A value that the environment gives when the worker starts, not when the module is imported."""

from collections.abc import Mapping
from dataclasses import dataclass

from seawall.errors import Problem, SeawallError


@dataclass(frozen=True, slots=True)
class Setting:
    """The variable `name`; without a `default` it must be set."""

    name: str
    default: str | None = None

    def read(self, environ: Mapping[str, str]) -> str:
        """The variable's value; an empty one counts as unset.

        Raises:
            SeawallError: SW404.
        """
        value = environ.get(self.name) or self.default
        if value is None:
            raise SeawallError(
                Problem("SW404", f"{self.name} is not set", fix=f"set {self.name}, or give it a default")
            )
        return value


def setting(name: str, *, default: str | None = None) -> Setting:
    """The variable `name` of the environment, read when the worker starts.

    An empty variable counts as unset; without a `default` the worker then does not start.
    """
    return Setting(name, default)


def resolve(value: str | float | Setting, environ: Mapping[str, str]) -> str:
    """A literal as it is, a setting as the environment has it."""
    return value.read(environ) if isinstance(value, Setting) else str(value)
