"""What a service may say of itself beyond its name and its code: scale, resources, release, secrets, egress, goals."""

from collections.abc import Sequence
from dataclasses import KW_ONLY
from typing import Annotated, Literal

from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import Line, Network, Percent, Port, Positive, Quantity, Range, Variable


@frozen
class Autoscale(Placed):
    """A number of replicas that follows load: a HorizontalPodAutoscaler v2.

    `minimum` and `maximum` are replicas; `cpu` and `memory` are targets in percent of the request (None: not a signal);
    `vpa="recommend"` puts a VerticalPodAutoscaler beside it that only recommends.
    """

    minimum: Positive
    maximum: Positive
    _: KW_ONLY
    cpu: Percent | None = 70
    memory: Percent | None = None
    vpa: Literal["off", "recommend"] = "off"


@frozen(kw_only=True)
class Resources(Placed):
    """What one replica asks for. Memory's limit is its request; CPU has no limit unless `cpu_limit` is given.

    The defaults are for a service in Python: an autoscaler follows a share of `cpu`, and of less a start alone would
    pass it; some 50 MiB of `memory` are its imports, the rest is for the requests that it holds at once.
    """

    cpu: Quantity = "250m"
    memory: Quantity = "256Mi"
    cpu_limit: Quantity | None = None
    ephemeral_storage: Quantity = "256Mi"


@frozen
class Rolling(Placed):
    """Replace replicas one after the other; never fewer than before."""


@frozen(init=False)
class Canary(Placed):
    """Give a release these percentages of the traffic, one after the other, and all of it after the last."""

    weights: tuple[Percent, ...]

    def __init__(self, *weights: int) -> None:
        object.__setattr__(self, "weights", weights)
        self.__post_init__()


@frozen
class BlueGreen(Placed):
    """Start a release beside the old one and switch all traffic at once when it has proved itself."""


Release = Rolling | Canary | BlueGreen


@frozen
class Secret(Placed):
    """The name of a secret: the variable that ordinary code reads. Its value never stands in a stack."""

    name: Variable


@frozen
class Internet(Placed):
    """Port 443 of any public address; private ranges and the cloud's metadata address stay closed."""


@frozen
class Cidr(Placed):
    """One range of addresses, such as ``"203.0.113.0/24"``, and the ports that may be reached there."""

    block: Annotated[str, Network()]
    _: KW_ONLY
    ports: Sequence[Port] = (443,)


Egress = Internet | Cidr


@frozen
class Permission(Placed):
    """One rule of a Kubernetes Role: `verbs` on `resources` of `api_group` (empty: the core group)."""

    verbs: Sequence[Line]
    resources: Sequence[Line]
    _: KW_ONLY
    api_group: str = ""


@frozen(kw_only=True)
class Objective(Placed):
    """What users may expect: `availability`, percent of requests over 30 days; `latency_ms`, for 95 of 100 requests."""

    availability: Annotated[float, Range(0, 100)] = 99.9
    latency_ms: Annotated[float, Range(1)] | None = None
