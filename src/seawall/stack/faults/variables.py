"""SW201, SW207 and SW208: each environment variable of a service has one value, which can be written, and one owner."""

import re
from collections.abc import Iterator
from typing import Final

from seawall import contract
from seawall.errors import Problem
from seawall.stack.faults.described import Described
from seawall.stack.services import Service, Workload

# A pooler's way round holds a password, and the platform does not know it: it may come as a secret.
_GIVEN_AS_SECRETS = frozenset({contract.DATABASE_DIRECT_URL})


# A variable holds no NUL, and kubectl refuses manifests with any other of these; tabs and line breaks are text.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def variable_problems(described: Described) -> Iterator[Problem]:
    """Variables that are set twice, and config or secrets that set what the platform sets."""
    for service in described.services:
        yield from _reserved(service, described)
        yield from _unwritable(service, described)
        for variable, origins in _origins(service, described).items():
            if len(origins) > 1:
                message = f"{service.name}: {variable} is set by {' and by '.join(origins)}"
                argument = next((each for each in ("config", "secrets") if each in origins), "uses")
                yield Problem("SW207", message, described.sources.argument(service, argument))


def _reserved(service: Service, described: Described) -> Iterator[Problem]:
    if not isinstance(service, Workload):
        return
    named = [("config", name) for name in service.config]
    named += [("secrets", secret.name) for secret in service.secrets if secret.name not in _GIVEN_AS_SECRETS]
    for argument, name in named:
        if name in contract.RESERVED_VARIABLES:
            message = f"{service.name}: {argument} sets {name}, which the platform sets"
            yield Problem("SW208", message, described.sources.argument(service, argument), fix=_instead(name))


def _unwritable(service: Service, described: Described) -> Iterator[Problem]:
    for name, value in service.config.items() if isinstance(service, Workload) else ():
        if _CONTROL.search(value):
            message = f"{service.name}: config[{name!r}] must be text without control characters"
            yield Problem("SW201", message, described.sources.argument(service, "config"))


def _instead(variable: str) -> str:
    """The argument that says what the variable would have said."""
    arguments = {
        contract.PORT: "port=...",
        contract.METRICS_PORT: "metrics_port=...",
        contract.DRAIN_TIMEOUT: "drain=...",
        contract.REQUEST_TIMEOUT: "request_timeout=...",
        contract.REQUEST_BODY_LIMIT: "body_limit=...",
        contract.REQUEST_CONCURRENCY: "concurrency=...",
        contract.DATABASE_POOL_SIZE: "pool=...",
        contract.WORKER_CONCURRENCY: "concurrency=...",
        contract.WORKER_LEASE: "lease=...",
        contract.DATABASE_URL: f'Postgres(..., managed=Secret("{contract.DATABASE_URL}"))',
        contract.DATABASE_DIRECT_URL: f'secrets=[Secret("{contract.DATABASE_DIRECT_URL}")]',
    }
    return arguments.get(variable, f"take {variable} out")


def _origins(service: Service, described: Described) -> dict[str, list[str]]:
    """What sets each variable that the contract leaves to the stack: ``uses`` of a service, ``config``, ``secrets``."""
    origins: dict[str, list[str]] = {}
    for variable, used in described.graph.injected(service):
        origins.setdefault(variable, []).append(f"uses of {used.name}")
        if variable in contract.RESERVED_VARIABLES - {contract.DATABASE_URL}:
            origins[variable].append("the platform")
    if not isinstance(service, Workload):
        return origins
    secrets = [secret.name for secret in service.secrets]
    files = [f"{name}{contract.SECRET_FILE_SUFFIX}" for name in secrets]
    for argument, names in (("config", list(service.config)), ("secrets", secrets + files)):
        for name in names:
            if name not in contract.RESERVED_VARIABLES - _GIVEN_AS_SECRETS:
                origins.setdefault(name, []).append(argument)
    return origins
