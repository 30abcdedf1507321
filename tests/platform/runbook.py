"""The commands of an example's RUNBOOK.md, as somebody types them who has the failure."""

import re
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.platform import kube

_BLOCK: Final = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_STEP: Final = re.compile(r"^(\d+)\. ", re.MULTILINE)
_PRACTICE: Final = "**Practise it.**"
SECONDS: Final = 900


@dataclass(frozen=True)
class Chapter:
    """One failure: what is done step by step, what brings it about, and what mends that."""

    steps: dict[int, list[str]]
    practice: list[str]

    def do(self, *numbers: int) -> str:
        """The blocks of these steps, one after another; what they print."""
        return "".join(run(each) for number in numbers for each in self.steps[number])


def chapter(folder: Path, heading: str) -> Chapter:
    """The one of this heading."""
    text = (folder / "RUNBOOK.md").read_text()
    (found,) = [each for each in text.split("\n## ") if each.startswith(f"{heading}\n")]
    before, _, after = found.partition(_PRACTICE)
    steps: dict[int, list[str]] = {}
    for match in _BLOCK.finditer(before):
        numbers = _STEP.findall(before[: match.start()])
        # What is not indented belongs to no step.
        number = int(numbers[-1]) if match[1] and numbers else 0
        steps.setdefault(number, []).append(textwrap.dedent(match[2]))
    return Chapter(steps, [textwrap.dedent(match[2]) for match in _BLOCK.finditer(after)])


def answers(folder: Path, heading: str) -> list[str]:
    """The blocks below a heading of the README, but for those that go on until somebody stops them."""
    (found,) = [each for each in (folder / "README.md").read_text().split("\n## ") if each.startswith(f"{heading}\n")]
    blocks = [textwrap.dedent(match[2]) for match in _BLOCK.finditer(found)]
    return [each for each in blocks if "port-forward" not in each]


def opening(folder: Path) -> str:
    """What to look at first, whatever happens."""
    text = (folder / "RUNBOOK.md").read_text().partition("\n## ")[0]
    (found,) = [match[2] for match in _BLOCK.finditer(text)]
    return str(found)


def run(block: str) -> str:
    """Run a block in a shell, as a person does: it must end well; what it prints, errors included."""
    done = subprocess.run(
        ["bash", "-euc", block],
        env=kube.environment(),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{block}\n{done.stdout[-4000:]}"
    return done.stdout
