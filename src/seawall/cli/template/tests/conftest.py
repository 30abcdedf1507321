"""One PostgreSQL for all tests, which is there only while they run; the API without a socket."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import api
from seawall.service import Service
from seawall.testing import postgres


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    with postgres(migrations="migrations") as url:
        yield url


@pytest.fixture
def client(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PORT", "8000")
    monkeypatch.setenv("METRICS_PORT", "8000")  # the API's own: no second listener
    with TestClient(Service(api)) as client:
        yield client
