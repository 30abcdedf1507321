"""Points at which a process may stop or die, as FoundationDB's Buggify has: random kills miss the narrow windows."""

import os
import random
import signal
from pathlib import Path
from typing import Final

from tests.reliability.journal import FOLDER, Journal

POINTS: Final = ("after_claim", "before_complete", "between_tx", "before_commit", "after_commit_before_log")
CALM: Final = "calm"  # once a file of this name lies in the folder of journals, nothing happens any more


class Failpoints:
    """Those of this process, as its variables say."""

    def __init__(self, written: Journal) -> None:
        self._written = written
        self._dice = random.Random(f"{os.environ.get('SEED')} {written.name}")
        self._probability = float(os.environ.get("FAILPOINTS", "0"))
        self._only = os.environ.get("FAILPOINT", "")  # at this one processes stop and do not die; empty: all, and both
        self._calm = Path(os.environ.get(FOLDER, ""), CALM)

    def pass_by(self, name: str) -> None:
        """With a small probability the process stops here, until somebody wakes it, or dies."""
        if self._only not in ("", name) or self._dice.random() >= self._probability or self._calm.exists():
            return
        number = signal.SIGSTOP if self._only else self._dice.choice((signal.SIGSTOP, signal.SIGKILL))
        self._written.write("failpoint", point=name, signal=number.name)
        os.kill(os.getpid(), number)
