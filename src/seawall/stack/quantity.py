"""Kubernetes' quantities, as `seawall.stack.rules.QUANTITY` allows them, as whole thousandths and back.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from collections.abc import Mapping
from typing import Final

_THOUSAND: Final = 1000
_BINARY: Final[dict[str, int]] = {f"{prefix}i": 1024**power for power, prefix in enumerate("KMGTPE", 1)}
_DECIMAL: Final[dict[str, int]] = {prefix: 1000**power for power, prefix in enumerate("kMGTPE", 1)}
_THOUSANDTHS: Final[Mapping[str, int]] = {
    "m": 1,
    "": _THOUSAND,
    **{unit: size * _THOUSAND for unit, size in (*_DECIMAL.items(), *_BINARY.items())},
}


def amount(quantity: str) -> int:
    """How many thousandths of a core, or of a byte, a quantity is; rounded up, as Kubernetes does.

    Raises:
        ValueError: it is no quantity.
    """
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]+))?([a-zA-Z]*)", quantity)
    if found is None or found[3] not in _THOUSANDTHS:
        raise ValueError(f"no quantity: {quantity}")
    decimals = found[2] or ""
    return _up(int(found[1] + decimals) * _THOUSANDTHS[found[3]], 10 ** len(decimals))


def cores(thousandths: int) -> str:
    """Thousandths of a core as a quantity: of whole cores, if it can be."""
    return f"{thousandths}m" if thousandths % _THOUSAND else str(thousandths // _THOUSAND)


def size(thousandths: int) -> str:
    """Thousandths of a byte as a quantity: whole bytes, rounded up, in the largest binary unit that leaves no rest."""
    whole = _up(thousandths, _THOUSAND)
    unit = next((unit for unit, each in reversed(_BINARY.items()) if whole and whole % each == 0), "")
    return f"{whole // _BINARY.get(unit, 1)}{unit}"


def share(quantity: str, numerator: int, denominator: int = 1) -> int:
    """So much of a quantity, in thousandths, rounded up."""
    return _up(amount(quantity) * numerator, denominator)


def _up(number: int, divisor: int) -> int:
    return -(-number // divisor)
