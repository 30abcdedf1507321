"""What an environment says of its way in, with the reasons: class, namespace and host, and what stays closed."""

from seawall import contract
from seawall.render.reason import given
from seawall.stack import Api, Program, Site, System


def class_name(system: System) -> str:
    """The class that carries the environment's requests."""
    return _argument(system, "class_name")


def pods_namespace(system: System) -> str:
    """The namespace of the pods from which the environment's requests come."""
    return _argument(system, "namespace")


def host(system: System) -> str:
    """The environment's public name."""
    return given(str(system.environment.host), system.environment, "host")


def closed(service: Api | Site | Program) -> tuple[str, ...]:
    """The plain paths that would come to a service and are kept from the public: all of them lie under ``/``."""
    if service.path != "/":
        return ()
    public = isinstance(service, Api) and service.public_health
    return tuple(path for path in contract.CLOSED_PATHS if not (public and path == contract.HEALTH_PATH))


def _argument(system: System, argument: str) -> str:
    value = str(getattr(system.way_in, argument))
    if system.environment.way_in is None:
        return given(value, system.environment, "way_in", "the default is a Gateway of Envoy Gateway's")
    return given(value, system.environment.way_in, argument)
