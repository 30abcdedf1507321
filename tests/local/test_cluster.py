import os
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local import cluster
from seawall.local.account import Account
from seawall.local.installation import Installation

NOBODY_ELSE = Account((), os.geteuid(), os.getegid())


def _installation(folder: Path, initdb: str) -> Installation:
    program = folder / "initdb"
    program.write_text(f"#!/bin/sh\n{initdb}\n")
    program.chmod(0o755)
    return Installation(folder, "18.6", 18)


async def test_a_template_that_could_not_be_made_is_not_there(tmp_path: Path) -> None:
    broken = _installation(tmp_path, "echo 'initdb: error: no space left'; exit 1")
    cache = tmp_path / "cache"
    with pytest.raises(SeawallError, match="no space left") as caught:
        await cluster.template(cache, broken, NOBODY_ELSE)
    assert caught.value.problems[0].code == "SW308"
    assert not cluster.has_content(cache / "postgres-18.6-2")
    mended = _installation(tmp_path, 'for word; do case $word in --pgdata=*) touch "${word#*=}/made";; esac; done')
    assert (await cluster.template(cache, mended, NOBODY_ELSE) / "made").exists()


async def test_a_template_is_made_once(tmp_path: Path) -> None:
    counting = _installation(tmp_path, f'echo once >> {tmp_path}/count; touch "${{1#*=}}/made"')
    for _ in range(2):
        await cluster.template(tmp_path / "cache", counting, NOBODY_ELSE)
    assert (tmp_path / "count").read_text() == "once\n"
