"""A PostgreSQL that the runs may hurt."""

import signal
from collections.abc import Iterator

import pytest

from tests.support.cluster import Server


# One for each module: after a crash, a server looks at all files of all databases that others have left in it.
@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    own = Server(tmp_path_factory.mktemp("hurt"))
    own.start()
    yield own
    own.stop(signal.SIGQUIT)
