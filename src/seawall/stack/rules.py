"""The rules that a value of the model must keep, written where the field is declared.

A field's annotation is its type and its rules: ``port: Annotated[int, Range(1, 65535)]``. Editors and type checkers see
the type; `seawall.stack.validate` reads the rules. Each rule is pure: it says what is wanted and whether a value fits.
"""

import re
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final


@dataclass(frozen=True, slots=True)
class Range:
    """A number from `minimum` to `maximum`, both included; no maximum where it is None."""

    minimum: float
    maximum: float | None = None

    @property
    def wanted(self) -> str:
        """The rule in words, after "must be a number"."""
        return f"≥ {self.minimum:g}" if self.maximum is None else f"from {self.minimum:g} to {self.maximum:g}"

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        if not isinstance(value, int | float):
            return False
        return value >= self.minimum and (self.maximum is None or value <= self.maximum)


@dataclass(frozen=True, slots=True)
class Matches:
    """Text that matches `pattern` as a whole; `wanted` says it in words, with an example."""

    pattern: str
    wanted: str

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        return isinstance(value, str) and re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Network:
    """A range of IPv4 or IPv6 addresses, without bits behind its prefix (RFC 4632)."""

    wanted: ClassVar = "a range of addresses, such as '203.0.113.0/24'"

    def allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the rule."""
        from ipaddress import ip_network  # noqa: PLC0415 - few stacks name one; every import of the model would pay

        try:
            ip_network(str(value))
        except ValueError:
            return False
        return "/" in str(value)


Rule = Range | Matches | Network

# RFC 1123 label; 40 rather than 63, so that Kubernetes' own suffixes and our hashes fit behind it.
DNS_LABEL: Final = Matches(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?", "a DNS label (a-z, 0-9, '-', at most 40)")
VARIABLE: Final = Matches(r"[A-Za-z_][A-Za-z0-9_]*", "a variable's name, such as STRIPE_KEY")
REFERENCE: Final = Matches(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*", "module:name, such as 'orders.api:app'")
QUANTITY: Final = Matches(r"[0-9]+(\.[0-9]+)?(m|[kMGTPE]|[KMGTPE]i)?", "a Kubernetes quantity, such as '250m' or '1Gi'")
URL_PATH: Final = Matches(
    r"/|(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)+", "an absolute path without a trailing slash, such as '/api'"
)
HOST: Final = Matches(
    r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?", "a host name, such as 'shop.example.com'"
)
DIRECTORY: Final = Matches(r"[^/\x00\s][^\x00\n]*", "a folder relative to stack.py")
IMAGE: Final = Matches(
    r"[a-z0-9][A-Za-z0-9._/-]*(:[0-9]+/[A-Za-z0-9._/-]+)?(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?",
    "an image's name, such as 'orders-api'",
)
IMAGE_TAG: Final = Matches(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}", "an image's tag, such as 'latest'")
LINE: Final = Matches(r"\S([^\x00-\x1f\x7f]*\S)?", "one line of text")

Name = Annotated[str, DNS_LABEL]
Variable = Annotated[str, VARIABLE]
Reference = Annotated[str, REFERENCE]
Quantity = Annotated[str, QUANTITY]
UrlPath = Annotated[str, URL_PATH]
Host = Annotated[str, HOST]
Directory = Annotated[str, DIRECTORY]
Image = Annotated[str, IMAGE]
ImageTag = Annotated[str, IMAGE_TAG]
Line = Annotated[str, LINE]
Port = Annotated[int, Range(1, 65535)]
Count = Annotated[int, Range(0)]
Positive = Annotated[int, Range(1)]
Percent = Annotated[int, Range(1, 100)]
Seconds = Annotated[float, Range(0, 86400)]
