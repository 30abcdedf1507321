"""Fixtures of the chassis' tests."""

import pytest

from seawall import contract


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the contract is set, whoever runs the tests."""
    for name in contract.RESERVED_VARIABLES | {contract.LOG_LEVEL, contract.LOG_FORMAT}:
        monkeypatch.delenv(name, raising=False)
