"""A PostgreSQL that the runs may hurt."""

import signal
from collections.abc import Iterator

import pytest

from tests.support.cluster import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    own = Server(tmp_path_factory.mktemp("hurt"))
    own.start()
    yield own
    own.stop(signal.SIGQUIT)
