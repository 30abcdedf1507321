"""The plan of a stack that is up, made again by another process.

The state names ports and no secrets. Those come from where `up` had them: the environment, ``.env``, and the files of
the databases' passwords.
"""

from collections.abc import Mapping
from pathlib import Path

from seawall.errors import Problem, SeawallError
from seawall.local.plan import replica_names
from seawall.local.selection import only
from seawall.local.state import State
from seawall.local.up import Up, planned
from seawall.stack import Postgres, System


def join(system: System, folder: Path, environ: Mapping[str, str], state: State) -> Up:
    """Plan the services that are up as they are planned there. Nothing is started or written.

    Raises:
        SeawallError: SW315, ``stack.py`` has changed meanwhile; secrets that are not set.
    """
    running = [service.name for service in system.services if service.name in state.ports]
    part = only(system, running)
    # A database that runs elsewhere has no port here; whether its URL is still given is for the plan to say.
    services = {service.name for service in part.services if not isinstance(service, Postgres)}
    new = sorted((services - set(state.ports)) | (set(replica_names(part)) - set(state.replicas)))
    if new:
        names = ", ".join(dict.fromkeys(name.partition("/")[0] for name in new))
        message = f"{state.file} has changed since the stack was started: {names}"
        raise SeawallError(Problem("SW315", message, fix="seawall down && seawall up"))
    return planned(part, folder / state.file, environ, state.ports, state.replicas, chosen={})
