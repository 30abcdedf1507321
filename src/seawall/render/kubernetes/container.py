"""The container of a workload: its command, variables, ports, probes and resources."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import config_map, names, probes, secrets, security, volumes
from seawall.render.kubernetes.scope import Scope
from seawall.render.kubernetes.surroundings import around
from seawall.render.reason import because, given
from seawall.render.variables import settings
from seawall.stack import Api, Postgres, Program, Resources, Service, Site, Worker
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Container, ContainerPort, EnvVar, Lifecycle, ResourceRequirements

PULL: Final = "IfNotPresent"
PYTHON: Final = "python"


def of(scope: Scope, workload: Workload, values: Sequence[secrets.Value]) -> "Container":
    """The container of a workload that sees these secrets."""
    found = started(workload)
    words = command(workload)
    if words:
        found["command"] = words
    found["ports"] = list(_ports(workload))
    found["envFrom"] = [{"configMapRef": {"name": config_map.variables_name(scope, workload)}}]
    found["env"] = [instance(), *_settings(scope, workload), *_secrets(scope, workload, values)]
    found["resources"] = requirements(workload.resources)
    found["startupProbe"] = probes.startup(workload)
    found["livenessProbe"] = probes.liveness(workload)
    found["readinessProbe"] = probes.readiness(workload)
    if isinstance(workload, Site | Program):
        found["lifecycle"] = _pause()
    found["securityContext"] = security.container()
    found["volumeMounts"] = volumes.mounts(workload, values)
    return found


def started(service: Service) -> "Container":
    """What a container of the service's image begins with, whatever it does."""
    fallback = "what a crash wrote last is seen by kubectl describe"
    return {
        "name": names.own(service),
        "image": names.image(service),
        "imagePullPolicy": because(PULL, "a release names its image by digest: what a node has is the same"),
        "terminationMessagePolicy": because("FallbackToLogsOnError", fallback),
    }


def requirements(resources: Resources) -> "ResourceRequirements":
    """What one container asks for, and what it may have at most."""
    memory = given(
        resources.memory, resources, "memory", "what is promised; by default for imports and 200 bodies of 1 MiB"
    )
    disk = given(resources.ephemeral_storage, resources, "ephemeral_storage", "for /tmp and the container's logs")
    start = "what is promised, more is used where it is free; by default no start looks like load to an autoscaler"
    cpu = given(resources.cpu, resources, "cpu", start)
    limit = given(resources.memory, resources, "memory", "the request: memory that is promised twice kills pods")
    most = {"cpu": given(resources.cpu_limit, resources, "cpu_limit")} if resources.cpu_limit else {}
    return {
        "requests": {"cpu": cpu, "memory": memory, "ephemeral-storage": disk},
        "limits": {**most, "memory": limit, "ephemeral-storage": disk},
    }


def command(workload: Workload) -> list[str]:
    """What runs in the container of a workload; nothing for an image of somebody else's, which knows how it starts."""
    match workload:
        case Api():
            return given([PYTHON, "-m", "seawall.service", workload.app], workload, "app", "the launcher")
        case Worker():
            return given([PYTHON, "-m", "seawall.jobs", workload.jobs], workload, "jobs", "the launcher")
        case Site():
            file = f"{volumes.CADDY_FOLDER}/{config_map.CADDY_FILE}"
            return because(["caddy", "run", "--config", file], "Caddy serves a Site, by its ConfigMap")
        case Program(image=None):
            return given(list(workload.command), workload, "command")
        case _:
            return []


def _ports(workload: Workload) -> "Iterator[ContainerPort]":
    match workload:
        case Api() | Site() | Program():
            yield _port(probes.port_name(workload), given(workload.port, workload, "port"))
        case _:
            pass
    if isinstance(workload, Worker) or (isinstance(workload, Api) and workload.metrics_port != workload.port):
        yield _port(probes.METRICS, given(workload.metrics_port, workload, "metrics_port"))


def _port(name: str, number: int) -> "ContainerPort":
    why = "Services, probes and monitors find the port by this name"
    return {"name": because(name, why), "containerPort": number, "protocol": because("TCP", "what HTTP runs on")}


def instance() -> "EnvVar":
    """The variable with the name of the pod, which only Kubernetes knows."""
    why = "the pod's name, in each line of its log"
    field = because("metadata.name", why)
    return {"name": because(contract.INSTANCE, why), "valueFrom": {"fieldRef": {"fieldPath": field}}}


def _settings(scope: Scope, workload: Workload) -> "Iterator[EnvVar]":
    for name, value in settings(workload, around(scope)).items():
        yield {"name": because(name, "the contract between a process and its platform"), "value": value}


def _secrets(scope: Scope, workload: Workload, values: Sequence[secrets.Value]) -> "Iterator[EnvVar]":
    """Where the launcher finds each secret's file; to a Program the secrets themselves, as it knows no such files."""
    if not isinstance(workload, Program):
        yield from secrets.files(values)
        return
    yield from secrets.references(values)
    databases = [used for used in scope.graph.uses(workload) if isinstance(used, Postgres)]
    for database in databases:
        if not database.managed:
            yield _url(database, several=len(databases) > 1)


def _url(database: Postgres, *, several: bool) -> "EnvVar":
    """What the launcher would make of the login, by Kubernetes' own ``$(NAME)``."""
    own = database.name if several else None
    user, password, name = (f"$({contract.postgres_prefix(own)}{part})" for part in secrets.LOGIN)
    url = f"postgresql://{user}:{password}@{names.database_host(database)}:{contract.POSTGRES_PORT}/{name}"
    why = "made of the login by Kubernetes: a password that stands in it needs no %XX"
    return {"name": because(contract.database_url_variable(own), why), "value": because(url, why)}


def _pause() -> "Lifecycle":
    why = "it does not drain itself: for so long it still serves, until every proxy knows that it goes"
    return {"preStop": {"sleep": {"seconds": because(int(contract.DRAIN_DELAY_SECONDS), why)}}}
