"""What the objects of a service are called. Each name stands once; the objects that refer to each other ask here."""

from typing import Final

from seawall import contract
from seawall.render.reason import given
from seawall.stack import Postgres, Service, Stack
from seawall.stack.services import Workload

SERVING: Final = "seawall-serving"  # PriorityClass of what answers requests and of databases
BATCH: Final = "seawall-batch"  # PriorityClass of workers and jobs


def own(service: Service) -> str:
    """The name of a service's Deployment or StatefulSet, of its container and its label ``app``."""
    return given(service.name, service, "name")


def service_name(service: Service) -> str:
    """The name of its Kubernetes Service."""
    if isinstance(service, Workload) and service.service_name:
        return given(service.service_name, service, "service_name")
    return own(service)


def account(service: Service) -> str:
    """The name of its ServiceAccount."""
    if isinstance(service, Workload) and service.service_account:
        return given(service.service_account, service, "service_account")
    return own(service)


def image(service: Service) -> str:
    """The image as objects name it, without registry, tag and digest: `kustomization.yaml` gives those."""
    if isinstance(service, Workload) and service.image:
        return given(repository(service.image), service, "image", "kustomization.yaml gives registry, tag and digest")
    if isinstance(service, Postgres):
        return given(postgres_image(service), service, "version", "kustomization.yaml gives registry, tag and digest")
    return own(service)


def postgres_image(service: Postgres) -> str:
    """The image of a database as objects name it; with its version, as a stack may have databases of several."""
    return f"postgres-{service.version}"


def repository(reference: str) -> str:
    """An image's reference without its tag and digest."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def secret(service: Service) -> str:
    """The name of the Secret that holds what `secrets` names, or a database's login."""
    if isinstance(service, Postgres):
        if service.secret_name:
            return given(service.secret_name, service, "secret_name")
        return given(f"{service.name}-secret", service, "name", "the database's name and -secret")
    return given(f"{service.name}-secrets", service, "name", "the service's name and -secrets")


def migration(service: Postgres) -> str:
    """The name of the Job that migrates a database."""
    return given(f"{service.name}-migrate", service, "name", "the database's name and -migrate")


def gateway(stack: Stack) -> str:
    """The name of the stack's Gateway."""
    return given(stack.name, stack, "name")


def gateway_namespace(stack: Stack) -> str:
    """The namespace of the stack's Gateway and its certificates: one for all its environments in a cluster."""
    return given(f"{stack.name}-gateway", stack, "name", "the stack's name and -gateway")


def url(service: Workload, port: int) -> str:
    """Where other services of the environment reach it: its Service, by its short name."""
    suffix = "" if port == contract.DEFAULT_SERVICE_PORT else f":{port}"
    return f"http://{service.service_name or service.name}{suffix}"
