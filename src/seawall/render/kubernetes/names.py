"""What the objects of a service are called. Each name stands once; the objects that refer to each other ask here."""

from typing import Final

from seawall import contract
from seawall.render.reason import given
from seawall.stack import Postgres, Service, Stack, System
from seawall.stack.services import Workload

SERVING: Final = "seawall-serving"  # PriorityClass of what answers requests and of databases
BATCH: Final = "seawall-batch"  # PriorityClass of workers and jobs
DISPOSABLE: Final = "seawall-disposable"  # PriorityClass of everything in an environment that drills may hurt
_BOTH: Final = "the stack's name and the environment's"


def own(service: Service) -> str:
    """The name of a service's Deployment or StatefulSet, of its container and its label ``app``."""
    return given(service.name, service, "name")


def service_name(service: Service) -> str:
    """The name of its Kubernetes Service."""
    if isinstance(service, Workload) and service.service_name:
        return given(service.service_name, service, "service_name")
    return own(service)


def closed(service: Workload) -> str:
    """The name of the Kubernetes Service behind which nothing listens: where an Ingress sends what is closed."""
    name = f"{service.service_name or service.name}-closed"
    return given(name, service, "path", "the name of its Service, and -closed")


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
        if service.operator:
            return given(f"{service.name}-app", service, "operator", "CloudNativePG names it by its Cluster, and -app")
        if service.secret_name:
            return given(service.secret_name, service, "secret_name")
        return given(f"{service.name}-secret", service, "name", "the database's name and -secret")
    return given(f"{service.name}-secrets", service, "name", "the service's name and -secrets")


def bucket_secret(service: Postgres) -> str:
    """The name of the Secret with the keys to the bucket of a database's backups."""
    return given(f"{service.name}-backup", service, "name", "the database's name and -backup")


def migration(service: Postgres) -> str:
    """The name of the Job that migrates a database."""
    return given(f"{service.name}-migrate", service, "name", "the database's name and -migrate")


def backup(service: Postgres) -> str:
    """The name of the CronJob that dumps a database, and of the claim that holds the dumps."""
    return given(f"{service.name}-backup", service, "name", "the database's name and -backup")


def restore(service: Postgres) -> str:
    """The name of the CronJob, never due, from which a Job is made that restores a database's dump."""
    return given(f"{service.name}-restore", service, "name", "the database's name and -restore")


def restore_test(service: Postgres) -> str:
    """The name of the CronJob that restores a database's newest dump to see that it can be."""
    # A CronJob's name has at most 52 characters, and this one may have no more.
    return given(f"{service.name}-backup-test", service, "name", "the database's name and -backup-test")


def gateway(system: System) -> str:
    """The name of an environment's Gateway. Each has its own: one environment's way in is no other's business."""
    return given(f"{system.stack.name}-{system.environment.name}", system.environment, "name", _BOTH)


def gateway_namespace(stack: Stack) -> str:
    """The namespace of the stack's Gateways and their certificates: one for all its environments in a cluster."""
    return given(f"{stack.name}-gateway", stack, "name", "the stack's name and -gateway")


def issuer(system: System) -> str:
    """The name of the ClusterIssuer that has an environment's account with Let's Encrypt."""
    return gateway(system)


def certificate(system: System) -> str:
    """The name of an environment's Certificate, and of the Secret that cert-manager keeps it in."""
    name = f"{system.stack.name}-{system.environment.name}-tls"
    return given(name, system.environment, "name", f"{_BOTH}, and -tls")


def redirect(system: System) -> str:
    """The name of the HTTPRoute that sends an environment's http to https."""
    name = f"{system.stack.name}-{system.environment.name}-redirect"
    return given(name, system.environment, "name", f"{_BOTH}, and -redirect")


def account_key(system: System) -> str:
    """The name of the Secret in which cert-manager keeps the key of an environment's account with Let's Encrypt."""
    name = f"{system.stack.name}-{system.environment.name}-account"
    return given(name, system.environment, "name", f"{_BOTH}, and -account")


def database_host(service: Postgres) -> str:
    """The host of a database that is rendered: its Service, by its short name; CloudNativePG's that writes."""
    return f"{service.name}-rw" if service.operator else service.name


def url(service: Workload, port: int) -> str:
    """Where other services of the environment reach it: its Service, by its short name."""
    suffix = "" if port == contract.DEFAULT_SERVICE_PORT else f":{port}"
    return f"http://{service.service_name or service.name}{suffix}"
