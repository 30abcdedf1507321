"""A service of the running stack as another command finds it: its process as planned."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seawall.cli import options
from seawall.errors import Problem, SeawallError

if TYPE_CHECKING:
    from pathlib import Path

    from seawall.local.spec import ProcessSpec
    from seawall.local.up import Up


@dataclass(frozen=True)
class Joined:
    """The running stack, planned again."""

    up: "Up"
    folder: "Path"

    def spec(self, name: str) -> "ProcessSpec":
        """The process of one service.

        Raises:
            SeawallError: SW315, none of the services that have a process of the user's is called so.
        """
        found = self.workloads()
        if name not in found:
            raise options.unknown(name, list(found))
        return found[name]

    def workloads(self) -> "dict[str, ProcessSpec]":
        """The processes that run what the user wrote, by the service's name."""
        from seawall.stack import Postgres  # noqa: PLC0415

        names = [service.name for service in self.up.system.services if not isinstance(service, Postgres)]
        return {spec.name: spec for spec in self.up.specs if spec.name in names}


def joined(file: str | None) -> Joined:
    """Load the stack that is up, and plan it on the ports that it has.

    Raises:
        SeawallError: SW312, it is not up; what loading and planning raise.
    """
    folder, state = options.running(file)
    from seawall.cli.load import load  # noqa: PLC0415
    from seawall.local.join import join  # noqa: PLC0415

    system = load(str(folder / state.file)).resolve(state.environment)
    return Joined(join(system, folder, os.environ, state), folder)


def become(argv: "list[str]", environment: "dict[str, str]", directory: str) -> int:
    """Turn this process into another program: input, output, signals and exit status are that one's.

    Raises:
        SeawallError: SW305, there is no such program, or it cannot run.
    """
    os.chdir(directory)
    try:
        os.execvpe(argv[0], argv, environment)  # noqa: S606  # what was typed is what runs
    except OSError as error:
        raise SeawallError(Problem("SW305", f"'{argv[0]}' cannot be run", saw=error.strerror or "")) from None
