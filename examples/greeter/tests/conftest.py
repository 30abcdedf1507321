"""The two applications over HTTP without a socket: the API asks the time zones as it does in a cluster."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from app import main as greeter
from app.settings import settings
from seawall.service import Service
from timezones import main as zones

KEY = "a-made-up-key"
MESSAGE = "a made-up message"


@pytest.fixture(autouse=True)
def environ(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What `stack.py` and the secrets set, but for GREETING and TIMEZONE_OFFSET."""
    monkeypatch.setenv("DUMMY_API_KEY", KEY)
    monkeypatch.setenv("SECRET_MESSAGE", MESSAGE)
    monkeypatch.setenv("METRICS_PORT", "8000")  # the service's own: no second listener
    for name in ("GREETING", "TIMEZONE_OFFSET"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def timezones() -> AsyncIterator[httpx.AsyncClient]:
    """A client of the time zones, chassis included."""
    transport = httpx.ASGITransport(Service(zones.api))
    async with httpx.AsyncClient(transport=transport, base_url="http://timezones") as client:
        yield client


@pytest.fixture
async def client(timezones: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API, chassis included, which asks these time zones."""
    monkeypatch.setitem(greeter.api.dependency_overrides, greeter.timezones_client, lambda: timezones)
    transport = httpx.ASGITransport(Service(greeter.api))
    async with httpx.AsyncClient(transport=transport, base_url="http://greeter") as client:
        yield client
