"""Each value that is rendered has a reason, and each render gives the same bytes."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from seawall.render.kubernetes import environment, platform
from seawall.render.kubernetes.scope import Platform, Scope
from seawall.render.reason import leaves
from seawall.stack import Stack
from tests.platform.rendered import EXAMPLES, files, sealed, systems
from tests.platform.stacks import thirty
from tests.support.systems import example_stack

ROOT = Path(__file__).parents[2]
DIGESTS = "from tests.platform.test_reasons import digest, everything; print(*map(digest, everything()))"


def everything() -> list[Stack]:
    return [*map(example_stack, EXAMPLES), *thirty()]


def digest(stack: Stack) -> str:
    return sha256(repr(files(stack)).encode()).hexdigest()


def test_each_value_has_a_reason() -> None:
    count = 0
    for stack in everything():
        objects = [*platform.objects(Platform(stack, systems(stack)))]
        for system in systems(stack):
            objects += environment.objects(Scope(system, sealed(system)))
        for each in objects:
            found = list(leaves(each.tree))
            assert all(leaf.reason.why or leaf.reason.owner for leaf in found), each.name
            count += len(found)
    assert count


def test_the_same_stack_gives_the_same_files() -> None:
    for stack in everything():
        assert files(stack) == files(stack), stack.name


@pytest.mark.timeout(300)
def test_another_process_gives_the_same_bytes() -> None:
    environments = [{**os.environ, "PYTHONHASHSEED": seed} for seed in ("1", "2")]
    found = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS], cwd=ROOT, env=each, check=True, capture_output=True, text=True, timeout=250
        ).stdout
        for each in environments
    ]
    assert found[0] == found[1]
    assert len(found[0].split()) == len(everything())
