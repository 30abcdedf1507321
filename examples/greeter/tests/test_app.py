"""The API over HTTP, chassis included."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import ValidationError

from app.main import api, lifespan, timezones_client
from tests.conftest import KEY, MESSAGE

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(("offset", "hours"), [(None, 0.0), ("0", 0.0), ("-3.5", -3.5), ("14", 14.0)])
async def test_the_greeting_has_the_time_at_the_offset(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, offset: str | None, hours: float
) -> None:
    if offset is not None:
        monkeypatch.setenv("TIMEZONE_OFFSET", offset)
    answer = await client.get("/")
    assert answer.status_code == 200
    time = datetime.fromisoformat(answer.json()["time"])
    assert time.utcoffset() == timedelta(hours=hours)
    assert abs(time - datetime.now(UTC)) < timedelta(minutes=1)


async def test_the_greeting_is_configured(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREETING", "Grüß Gott")
    assert (await client.get("/")).json()["greeting"] == "Grüß Gott"


async def test_the_greeting_is_hello_unless_it_is_configured(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).json()["greeting"] == "Hello"


async def test_the_secret_is_for_those_who_have_the_key(client: httpx.AsyncClient) -> None:
    answer = await client.get("/secret", headers={"X-API-Key": KEY})
    assert (answer.status_code, answer.json()) == (200, {"message": MESSAGE})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("key", [None, "", "x", KEY[:-1], KEY + "x", KEY.upper(), "ключ"])
async def test_nobody_else_is_told(client: httpx.AsyncClient, key: str | None) -> None:
    answer = await client.get("/secret", headers=[] if key is None else [(b"X-API-Key", key.encode())])
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
    assert answer.headers["www-authenticate"] == "ApiKey"
    assert MESSAGE not in answer.text
    assert KEY not in answer.text


async def test_a_key_need_not_be_ascii(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUMMY_API_KEY", "ключ")
    assert (await client.get("/secret", headers=[(b"X-API-Key", "ключ".encode())])).status_code == 200


async def test_places_are_those_with_the_time_of_the_greeting(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMEZONE_OFFSET", "8.75")
    answer = await client.get("/places")
    assert (answer.status_code, answer.json()) == (200, ["Australia/Eucla"])


@pytest.mark.parametrize("status", [None, 500, 503])
async def test_without_the_time_zones_there_are_no_places_and_still_a_greeting(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, status: int | None
) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        if status is None:
            raise httpx.ConnectError("nobody listens", request=request)
        return httpx.Response(status)

    async with httpx.AsyncClient(transport=httpx.MockTransport(away), base_url="http://timezones") as timezones:
        monkeypatch.setitem(api.dependency_overrides, timezones_client, lambda: timezones)
        answer = await client.get("/places")
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
        assert answer.headers["retry-after"] == "1"
        assert (await client.get("/")).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DUMMY_API_KEY", None),
        ("DUMMY_API_KEY", ""),
        ("SECRET_MESSAGE", None),
        ("GREETING", ""),
        ("TIMEZONE_OFFSET", "14.5"),
        ("TIMEZONE_OFFSET", "nan"),
        ("TIMEZONE_OFFSET", "east"),
    ],
)
async def test_what_is_wrong_in_the_environment_stops_the_start_and_shows_no_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    monkeypatch.setenv("TIMEZONES_URL", "http://timezones")
    if value is None:
        monkeypatch.delenv(name)
    else:
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=name) as caught:
        async with lifespan(api):
            pass
    assert KEY not in str(caught.value)
    assert MESSAGE not in str(caught.value)
