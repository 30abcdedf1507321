"""What a service says of itself, for tools that must not import it: `python -m seawall.service --describe`."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from seawall import contract
from seawall.runtime import metrics
from seawall.service import routes
from seawall.service.app import Service

_FRAMEWORKS: Final = ("seawall", "fastapi", "starlette", "uvicorn", "asyncpg")


def describe(reference: str, service: Service) -> dict[str, object]:
    """One JSON document; `version` grows when a reader of the former could misread it. Starts and asks nothing."""
    return {
        "version": contract.DESCRIBE_VERSION,
        "kind": "service",
        "reference": reference,
        "routes": [
            {"path": route.template, "methods": list(route.methods), "mount": route.mount}
            for route in routes.declared(service.app)
        ],
        "checks": [
            {"name": check.name, "critical": check.critical, "timeout": check.timeout}
            for check in service.health.checks.values()
        ],
        "metrics": metrics.names(),
        "frameworks": {"python": platform.python_version(), **_versions()},
    }


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _FRAMEWORKS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # the application does without it
            continue
    return found
