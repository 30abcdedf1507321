"""Request metrics. Every declared route has its series at 0 from the start: `increase()` sees a first error."""

from collections.abc import Iterable
from typing import Final

from seawall import __version__, contract
from seawall.runtime.metrics import Counter, CounterChild, Gauge, Histogram, HistogramChild
from seawall.runtime.settings import Settings
from seawall.service.routes import Route

# RFC 9110, section 9, and RFC 5789.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
# What the chassis itself answers with: a rule on 5xx needs each to have been 0 before.
_FAILURES: Final = (500, 503)
_UNMATCHED: Final = (404, 503)

REQUESTS: Final = Counter(contract.HTTP_REQUESTS, "Requests answered.", ("method", "route", "status"))
DURATION: Final = Histogram(
    contract.HTTP_DURATION,
    "Seconds from a request's head to the end of its answer.",
    ("method", "route"),
    buckets=contract.HTTP_BUCKETS,
)
IN_FLIGHT: Final = Gauge(contract.HTTP_IN_FLIGHT, "Requests under way.").child()
INFO: Final = Gauge(contract.SERVICE_INFO, "Always 1.", ("service", "environment", "release", "version"))


def series(method: str, route: str, status: int) -> tuple[CounterChild, HistogramChild]:
    """What counts and what times the requests of a method, a route's template (or the label for none) and a status."""
    known = method if method in METHODS else contract.OTHER_METHOD
    return REQUESTS.child(known, route, str(status)), DURATION.child(known, route)


def declare(routes: Iterable[Route], settings: Settings) -> None:
    """Make the series of every declared route, of what no route matches, and of the service itself."""
    methods = {"GET"}
    for route in routes:
        # HEAD comes with GET unasked for, and a mount takes any method: the common ones stand for what will come.
        for method in [each for each in route.methods or ("GET", "POST") if each != "HEAD"]:
            methods.add(method)
            for status in (route.status, *_FAILURES):
                series(method, route.template, status)
    for method in methods:
        for status in _UNMATCHED:
            series(method, contract.UNMATCHED_ROUTE, status)
    INFO.child(settings.service, settings.environment, settings.release, __version__).set(1)
