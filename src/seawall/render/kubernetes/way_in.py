"""What an environment says of its way in, with the reasons: its Gateway's or Ingress' class and namespace."""

from seawall.render.reason import given
from seawall.stack import System


def class_name(system: System) -> str:
    """The class that carries the environment's requests."""
    return _argument(system, "class_name")


def pods_namespace(system: System) -> str:
    """The namespace of the pods from which the environment's requests come."""
    return _argument(system, "namespace")


def host(system: System) -> str:
    """The environment's public name."""
    return given(str(system.environment.host), system.environment, "host")


def _argument(system: System, argument: str) -> str:
    value = str(getattr(system.way_in, argument))
    if system.environment.way_in is None:
        return given(value, system.environment, "way_in", "the default is a Gateway of Envoy Gateway's")
    return given(value, system.environment.way_in, argument)
