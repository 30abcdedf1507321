"""Kubernetes' quantities, as `seawall.stack.rules.QUANTITY` allows them, as numbers and back.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from math import ceil
from typing import Final

_BINARY: Final[dict[str, int]] = {f"{prefix}i": 1024**power for power, prefix in enumerate("KMGTPE", 1)}
_DECIMAL: Final[Mapping[str, int]] = {prefix: 1000**power for power, prefix in enumerate("kMGTPE", 1)}
_UNITS: Final[Mapping[str, Fraction | int]] = {"": 1, "m": Fraction(1, 1000), **_DECIMAL, **_BINARY}


def amount(quantity: str) -> Fraction:
    """The number that a quantity is: cores, or bytes.

    Raises:
        ValueError: it is none.
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)", quantity)
    if found is None or found[2] not in _UNITS:
        raise ValueError(f"no quantity: {quantity}")
    return Fraction(found[1]) * _UNITS[found[2]]


def cores(number: Fraction) -> str:
    """A number of cores as a quantity: whole ones, or thousandths, rounded up."""
    thousandths = ceil(number * 1000)
    return f"{thousandths}m" if thousandths % 1000 else str(thousandths // 1000)


def size(number: Fraction) -> str:
    """A number of bytes as a quantity, rounded up to whole bytes, in the largest binary unit that leaves no rest."""
    whole = ceil(number)
    unit = next((unit for unit, each in reversed(_BINARY.items()) if whole and whole % each == 0), "")
    return f"{whole // _BINARY.get(unit, 1)}{unit}"
