"""What each example is asked on a cluster, and what it is made of there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.platform.visitors import Request

MONITORED: Final = frozenset({"PodMonitor", "ServiceMonitor"})
CERTIFIED: Final = frozenset({"Certificate", "ClusterIssuer"})


@dataclass(frozen=True)
class Example:
    """One of them.

    `requests` are those of its users. `/health` is not among them: it says 503 while a pod drains, as it is to.
    `forwards` are Services with their port and a path, as `kubectl port-forward` reaches them.
    `unattended` are the kinds of its objects that only an operator acts on, which the cluster need not have.
    `connections` are those that its `uses` declare: from a workload to a Service.
    `undone` counts, in a database, what workers have still to do; "" where users cannot ask them for anything.
    """

    requests: tuple[Request, ...]
    forwards: tuple[tuple[str, int, str], ...]
    unattended: frozenset[str]
    connections: frozenset[tuple[str, str]]
    undone: tuple[str, str] = ("", "")


EXAMPLES: Final[Mapping[str, Example]] = {
    "agnos": Example(
        (("POST", "/reports", {"text": "so long\nand so long"}), ("GET", "/reports/1")),
        (("api-service", 80, "/health"),),
        frozenset(),
        frozenset({("api", "db"), ("worker", "db")}),
        ("db", "select count(*) from reports where made_at is null"),
    ),
    "greeter": Example(
        (("GET", "/"), ("GET", "/places"), ("GET", "/timezones?search=vienna")),
        (("greeter", 80, "/"), ("timezones", 80, "/timezones?search=vienna")),
        CERTIFIED | {"PodMonitor"},
        frozenset({("greeter", "timezones")}),
    ),
    "microstack": Example(
        (("GET", "/"), ("GET", "/api/time"), ("GET", "/api/tiers"), ("POST", "/api/errands", {})),
        (
            ("frontend-service", 80, "/"),
            ("frontend-service", 80, "/api/time"),
            ("api-service", 3000, "/health"),
            ("api-service", 3000, "/api/time"),
        ),
        CERTIFIED,
        frozenset(
            {
                ("api-service", "postgres"),
                ("api-service", "worker-service"),
                ("frontend-service", "api-service"),
                ("worker-service", "postgres"),
            }
        ),
        ("postgres", "select count(*) from errands where done_at is null"),
    ),
    "orion": Example(
        (("GET", "/"), ("GET", "/records"), ("POST", "/records", {"text": "a record"})),
        (("api-service", 80, "/"), ("api-service", 80, "/health")),
        CERTIFIED | MONITORED,
        frozenset({("api", "db"), ("worker", "db")}),
    ),
    "shop": Example(
        (("GET", "/"), ("GET", "/api/services"), ("GET", "/api/orders"), ("POST", "/api/orders", {"sku": "rope"})),
        (("api-gateway", 80, "/"), ("api-gateway", 80, "/api/services")),
        frozenset({"PodMonitor"}),
        frozenset(
            {
                ("api-gateway", "inventory"),
                ("api-gateway", "orders"),
                ("fulfilment", "inventory"),
                ("fulfilment", "orders-db"),
                ("inventory", "inventory-db"),
                ("orders", "inventory"),
                ("orders", "orders-db"),
            }
        ),
        ("orders-db", "select count(*) from orders where ended_at is null"),
    ),
}
