"""Every known bug is found: the guard against a checker that checks nothing."""

from pathlib import Path

import pytest

from tests.reliability.invariants import check
from tests.reliability.judge import bounds
from tests.reliability.mutants import MUTANTS
from tests.reliability.run import Setting, run
from tests.support.cluster import Server

DRAINED = 5.0  # that jobs have to end, where a lost one is looked for
ROUNDS = 8  # with other seeds: chance decides when a bug shows


@pytest.mark.reliability
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", MUTANTS)
async def test_a_bug_in_the_engine_is_found(name: str, server: Server, tmp_path: Path) -> None:
    mutant = MUTANTS[name]
    seen: set[str] = set()
    for seed in range(ROUNDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        drained = DRAINED if {"I5", "I7", "I9"} & set(mutant.caught_by) else 0.0
        setting = Setting(
            seed,
            mutant.seconds,
            mutant.faults,
            name,
            drained=drained,
            failpoints=mutant.failpoints,
            rate=mutant.rate,
            people=mutant.people,
            variables={"SLOW": str(mutant.slow), "FAILPOINT": mutant.failpoint},
        )
        violations = check(await run(setting, server, folder), bounds(setting))
        seen |= {violation.rule for violation in violations}
        if seen & set(mutant.caught_by):
            return
    raise AssertionError(f"{name} survived {ROUNDS} rounds; what was found otherwise: {sorted(seen) or 'nothing'}")
