"""What all containers have in common: what they give up, how much they may have, how they are asked how they are."""

from collections.abc import Sequence
from typing import Final

from seawall import contract
from seawall.render.compose.project import Json, literal
from seawall.render.kubernetes.security import USER
from seawall.stack import Resources
from seawall.stack.quantity import amount

_THOUSAND: Final = 1000
_MINIMAL_UNIT: Final = 1024
_START_INTERVAL: Final = "500ms"
_TIMEOUT: Final = "5s"  # a process is started for each question


def confined(user: str = f"{USER}:{USER}") -> Json:
    """No right of root, nothing that gains one, nothing written but where said; without a `user` the image's own."""
    own = {"user": user} if user else {}
    return {
        **own,
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        # Docker's own default keeps every line for ever.
        "logging": {"driver": "local"},
        "restart": "unless-stopped",
    }


def limits(resources: Resources) -> Json:
    """At most so much memory, and of processors if the stack says so."""
    most: Json = {"mem_limit": size(resources.memory)}
    if resources.cpu_limit:
        most["cpus"] = amount(resources.cpu_limit) / _THOUSAND
    return most


def scratch(folder: str, quantity: str) -> str:
    """An empty folder in memory, for everybody, of at most that size."""
    return f"{folder}:mode=1777,size={size(quantity)}"


def size(quantity: str) -> str:
    """A quantity in Compose's units, which are powers of 1024 with small letters: as bytes where none fits."""
    whole = -(-amount(quantity) // _THOUSAND)
    for unit, factor in (("g", _MINIMAL_UNIT**3), ("m", _MINIMAL_UNIT**2), ("k", _MINIMAL_UNIT)):
        if whole % factor == 0:
            return f"{whole // factor}{unit}"
    return f"{whole}b"


def healthcheck(command: Sequence[str]) -> Json:
    """Asked often until it is ready for the first time, then seldom: each question is a process of its own."""
    return {
        "test": ["CMD", *map(literal, command)],
        "start_period": f"{contract.STARTUP_PERIOD * contract.STARTUP_FAILURES}s",
        "start_interval": _START_INTERVAL,
        "interval": f"{contract.LIVENESS_PERIOD}s",
        "timeout": _TIMEOUT,
        "retries": contract.PROBE_FAILURES,
    }


def seconds(value: float) -> str:
    """A length of time."""
    return f"{value:g}s"
