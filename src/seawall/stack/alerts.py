"""When a person is told: each alert has the name that the runbook uses and a condition on the contract's metrics."""

from dataclasses import KW_ONLY
from typing import Annotated, Literal

from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import Count, Matches, Positive, Range

AlertName = Annotated[str, Matches(r"[A-Z][A-Za-z0-9]*", "a CamelCase name, such as 'APIDown'")]
Severity = Literal["critical", "warning"]


@frozen
class ErrorRate(Placed):
    """5xx answers are above `above_percent` of all requests over `for_minutes`."""

    name: AlertName
    _: KW_ONLY
    above_percent: Annotated[float, Range(0, 100)]
    for_minutes: Positive
    severity: Severity


@frozen
class Latency(Placed):
    """The `quantile` of the request duration is above `above_seconds` for `for_minutes`."""

    name: AlertName
    _: KW_ONLY
    above_seconds: Annotated[float, Range(0)]
    quantile: Annotated[float, Range(0, 1)] = 0.95
    for_minutes: Positive
    severity: Severity


@frozen
class Unreachable(Placed):
    """No replica answers Prometheus for `for_minutes`: ``up == 0``, or no series at all."""

    name: AlertName
    _: KW_ONLY
    for_minutes: Positive
    severity: Severity


@frozen
class JobFailures(Placed):
    """More than `above` attempts of jobs failed within `within_minutes`; `restarts` counts container restarts too."""

    name: AlertName
    _: KW_ONLY
    above: Count
    within_minutes: Positive
    severity: Severity
    restarts: bool = False


Alert = ErrorRate | Latency | Unreachable | JobFailures
