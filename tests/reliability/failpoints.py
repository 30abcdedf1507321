"""Points at which a process may stop or die, as FoundationDB's Buggify has: random kills miss the narrow windows."""

import os
import random
import signal
from pathlib import Path
from typing import Final

from tests.reliability.journal import FOLDER, Journal

# How often something happens there, in relation: processes pass by some of them less often.
WEIGHTS: Final = {
    "after_claim": 2,
    "before_complete": 3,
    "between_tx": 3,
    "before_commit": 4,
    "after_commit_before_log": 3,
}
POINTS: Final = tuple(WEIGHTS)
EAGER: Final = 4  # times as often, as long as nobody in the run has stopped or died at that point
CALM: Final = "calm"  # once a file of this name lies in the folder of journals, nothing happens any more


class Failpoints:
    """Those of this process, as its variables say."""

    def __init__(self, written: Journal) -> None:
        self._written = written
        self._dice = random.Random(f"{os.environ.get('SEED')} {written.name}")
        self._probability = float(os.environ.get("FAILPOINTS", "0"))
        self._only = os.environ.get("FAILPOINT", "")  # at this one processes stop and do not die; empty: all, and both
        self._folder = Path(os.environ.get(FOLDER, ""))

    def pass_by(self, name: str) -> None:
        """With a small probability the process stops here, until somebody wakes it, or dies."""
        thrown = self._dice.random() / WEIGHTS[name]
        if self._only not in ("", name) or thrown >= self._probability * EAGER or (self._folder / CALM).exists():
            return
        hit = self._folder / f"{name}.hit"
        if thrown >= self._probability and hit.exists():
            return
        hit.touch()
        number = signal.SIGSTOP if self._only else self._dice.choice((signal.SIGSTOP, signal.SIGKILL))
        self._written.write("failpoint", point=name, signal=number.name)
        os.kill(os.getpid(), number)
