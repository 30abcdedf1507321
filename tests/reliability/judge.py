"""What is wanted of a run of a given length, and what is left of one that did not hold."""

from typing import Final

from seawall import contract
from tests.reliability import nemesis
from tests.reliability.failpoints import POINTS
from tests.reliability.invariants import Bounds
from tests.reliability.run import Setting
from tests.reliability.work import LEASE

SLACK: Final = 3  # the machine is shared


def bounds(setting: Setting) -> Bounds:
    scan = LEASE / contract.BEATS_PER_LEASE
    whole = setting.seconds >= 60
    return Bounds(
        drained=setting.drained,
        rescued=SLACK * (LEASE + scan) + 1,
        faults=nemesis.least(setting.plan),
        again=50 if whole else 1,
        points=POINTS if whole else (),
    )
