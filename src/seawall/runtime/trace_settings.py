"""What OpenTelemetry's variables ask of a process.

OpenTelemetry itself reads them too, and puts its default in the place of what it does not know; here that is an error.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, cast

from seawall import contract
from seawall.errors import Problem, raise_all

Exporter = Literal["otlp", "none"]

_EXPORTERS: Final = ("otlp", "none")
_PROTOCOL: Final = "http/protobuf"
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_ENDPOINTS: Final = (contract.OTLP_ENDPOINT, contract.OTLP_TRACES_ENDPOINT)
_SAMPLERS: Final = (
    "always_on", "always_off", "traceidratio",
    "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
)  # fmt: skip
_DISABLED: Final = "OTEL_SDK_DISABLED"
_QUEUE: Final = "OTEL_BSP_MAX_QUEUE_SIZE"
_BATCH: Final = "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
_DELAY: Final = "OTEL_BSP_SCHEDULE_DELAY"  # milliseconds
_DELAY_DEFAULT: Final = 5000


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """Where spans go, how many may wait for it, how many go at once, and after how many milliseconds."""

    exporter: Exporter
    queue: int = contract.SPAN_QUEUE
    batch: int = contract.SPAN_BATCH
    delay: int = _DELAY_DEFAULT


def read(environ: Mapping[str, str]) -> TraceSettings | None:
    """The settings in `environ`; None where the process is not traced.

    Raises:
        SeawallError: SW405 for each value that cannot be used, all at once.
    """
    asked = (contract.TRACES_EXPORTER, *_ENDPOINTS)
    if not any(environ.get(name) for name in asked) or environ.get(_DISABLED, "").strip().lower() == "true":
        return None
    problems: list[Problem] = []

    def value(name: str, wanted: str, fits: Callable[[str], bool], default: str) -> str:
        text = environ.get(name, "").strip().lower()
        if not text or fits(text):
            return text or default
        saw = "(value hidden)" if name in _ENDPOINTS else text[:40]  # a URL may hold a password
        problems.append(Problem("SW405", f"{name} cannot be used", saw=saw, wanted=wanted))
        return default

    def one_of(name: str, *choices: str) -> str:
        return value(name, f"one of {', '.join(choices)}", choices.__contains__, choices[0])

    def count(name: str, default: int) -> int:
        return int(value(name, "a whole number, at least 1", _is_count, str(default)))

    exporter = one_of(contract.TRACES_EXPORTER, *_EXPORTERS)
    for name in _ENDPOINTS:
        value(name, "a URL, such as http://collector:4318", _is_url, "")
    for name in _PROTOCOLS:
        one_of(name, _PROTOCOL)
    one_of(contract.TRACES_SAMPLER, *_SAMPLERS)
    value(contract.TRACES_SAMPLER_ARG, "a number from 0 to 1", _is_share, "1")
    queue = count(_QUEUE, contract.SPAN_QUEUE)
    found = TraceSettings(
        exporter=cast("Exporter", exporter),
        queue=queue,
        batch=min(queue, count(_BATCH, contract.SPAN_BATCH)),
        delay=count(_DELAY, _DELAY_DEFAULT),
    )
    raise_all(problems)
    return found


def _is_count(text: str) -> bool:
    return re.fullmatch("[1-9][0-9]{0,8}", text) is not None


def _is_url(text: str) -> bool:
    return re.fullmatch(r"https?://[^\s/]\S*", text) is not None


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
