"""The container of a service with code: built from its Dockerfile, told by variables, started after what it uses."""

from collections.abc import Iterator
from typing import Final

from seawall import contract
from seawall.render import python_image, site_image
from seawall.render.compose import container, secrets
from seawall.render.compose.project import Json, Project, image_built_here, image_made_here, literal, published
from seawall.render.kubernetes.container import command
from seawall.render.kubernetes.names import repository
from seawall.render.reason import plain
from seawall.render.variables import configuration, settings
from seawall.stack import Api, Postgres, Program, Service, Site, Worker
from seawall.stack.graph import listens_on
from seawall.stack.services import Workload

CADDY_FILE: Final = "/etc/caddy/caddy.json"  # where the command of a Site looks for it
HEALTHY: Final = "service_healthy"
COMPLETED: Final = "service_completed_successfully"
STARTED: Final = "service_started"
DEFAULT: Final = "default"  # Compose's name for the network of everybody who asks for no other
_ABOVE: Final = "../.."  # from the folder of compose.yaml to that of stack.py
_OTHERS: Final = "deploy"
_RELEASE: Final = {contract.RELEASE: f"${{{contract.RELEASE}:-}}"}  # of the shell that builds


def services(project: Project) -> Iterator[tuple[str, Json]]:
    """Each workload by its name."""
    for workload in project.workloads:
        yield workload.name, _service(project, workload)


def migration_name(database: Postgres) -> str:
    """The container that migrates a database."""
    return f"{database.name}-migrate"


def built(project: Project, workload: Workload) -> Json:
    """The image of a workload, and how it is built where a Dockerfile says so."""
    for dockerfile in project.dockerfiles:
        for target in dockerfile.targets:
            if target.image == repository(workload.image or workload.name) and not isinstance(workload, Program):
                context = _ABOVE if dockerfile.context == "." else f"{_ABOVE}/{dockerfile.context}"
                up = "/".join([".."] * (0 if dockerfile.context == "." else dockerfile.context.count("/") + 1))
                file = f"{up}/{_OTHERS}/{dockerfile.path}" if up else f"{_OTHERS}/{dockerfile.path}"
                how: Json = {"context": context, "dockerfile": file, "target": target.name, "args": _RELEASE}
                return {"image": image_built_here(project, workload), "build": how}
    if isinstance(workload, Program) and workload.image:
        return {"image": workload.image}
    # Somebody makes it on this machine. What a public registry may have under this name is somebody else's.
    return {"image": image_made_here(workload), "pull_policy": "never"}


def networks(databases: list[Postgres]) -> Json:
    """The common network, and that of each database: only who uses one has a way to it."""
    return {"networks": [DEFAULT, *map(network, databases)]} if databases else {}


def network(database: Postgres) -> str:
    """The network of a database."""
    return f"{database.name}-network"


def _service(project: Project, workload: Workload) -> Json:
    values = secrets.of(project, workload)
    found = {**built(project, workload), **container.confined(), **container.limits(workload.resources)}
    found["tmpfs"] = [container.scratch("/tmp", workload.resources.ephemeral_storage)]  # noqa: S108 - the container's own
    words = [literal(word) for word in plain(command(workload))]
    if words:
        found["command"] = words
    found["environment"] = {name: literal(value) for name, value in _variables(project, workload).items()}
    found["environment"] |= dict(_telemetry(workload))
    if isinstance(workload, Program):
        if secrets.variables(project, workload):
            found["env_file"] = [f"{secrets.FOLDER}/{workload.name}.env"]
    elif values:
        found["environment"] |= secrets.files(values)
        found["secrets"] = secrets.mounts(values)
    if isinstance(workload, Site):
        found["configs"] = [{"source": workload.name, "target": CADDY_FILE}]
    if workload.name in project.ports:
        found["ports"] = [published(workload.name, project.ports[workload.name], listens_on(workload))]
    asked = _health(workload)
    if asked:
        found["healthcheck"] = container.healthcheck(asked)
    after = _after(project, workload)
    if after:
        found["depends_on"] = after
    found["stop_grace_period"] = container.seconds(_grace(workload))
    return {**found, **networks(project.used(workload))}


def _variables(project: Project, workload: Workload) -> dict[str, str]:
    found = {**configuration(workload, project.around), **settings(workload, project.around)}
    # DATABASE_URL and its like hold a password: the launcher makes them, or the file of a Program has them.
    for variable, used in project.graph.injected(workload):
        if isinstance(used, Postgres):
            found.pop(variable, None)
    if not isinstance(workload, Program):
        found |= dict(secrets.names(project.used(workload)))
    if isinstance(workload, Api):
        # One proxy, which asks for the container's address at each request: nobody needs to be told that it goes.
        found[contract.DRAIN_DELAY] = "0"
    return {name: str(plain(value)) for name, value in found.items()}


def _telemetry(workload: Workload) -> Iterator[tuple[str, str]]:
    """Where traces go is said by the shell, or by ``.env``: there is no collector among these containers."""
    if isinstance(workload, Api | Worker) and workload.traced:
        for variable, default in ((contract.TRACES_EXPORTER, "none"), (contract.OTLP_ENDPOINT, "")):
            if variable not in workload.config:
                yield variable, f"${{{variable}:-{default}}}"


def _health(workload: Workload) -> tuple[str, ...]:
    match workload:
        case Api() | Worker():
            return python_image.health(workload)
        case Site():
            return site_image.health(workload)
        case _:
            return ()  # an image of somebody else's may hold nothing that could ask


def _after(project: Project, workload: Workload) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for used in project.graph.uses(workload):
        found[used.name] = {"condition": _condition(used)}
        if isinstance(used, Postgres) and project.graph.migrations(used):
            found[migration_name(used)] = {"condition": COMPLETED}
    return found


def _condition(used: Service) -> str:
    return HEALTHY if isinstance(used, Postgres) or (isinstance(used, Workload) and _health(used)) else STARTED


def _grace(workload: Workload) -> float:
    return contract.grace_period(workload.drain if isinstance(workload, Api | Worker) else 0.0)
