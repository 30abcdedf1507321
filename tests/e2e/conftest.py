"""Every test in this folder starts whole systems: it is marked `e2e`."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.systems import EXAMPLES
from tests.support.up import Running, up

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


def copy(source: Path, target: Path) -> Path:
    """A copy of a project without what a run left in it."""
    return Path(
        shutil.copytree(
            source, target, ignore=shutil.ignore_patterns(".seawall", "__pycache__", ".venv", ".mypy_cache")
        )
    )


@pytest.fixture(scope="module")
def microstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`examples/microstack`, running."""
    folder = copy(EXAMPLES / "microstack", tmp_path_factory.mktemp("e2e") / "microstack")
    with up(folder) as running:
        assert running.urls
        yield running


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The system of `tests/e2e/bakery`, running."""
    folder = copy(HERE / "bakery", tmp_path_factory.mktemp("e2e") / "bakery")
    with up(folder) as running:
        assert running.urls
        yield running
