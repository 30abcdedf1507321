"""The search for time zones over HTTP, chassis included."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import httpx
import pytest

from timezones.main import ZONES, offset_at

WINTER, SUMMER = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)


async def found(timezones: httpx.AsyncClient, **query: str) -> list[str]:
    answer = await timezones.get("/timezones", params=query)
    assert answer.status_code == 200
    return [each["name"] for each in answer.json()]


async def test_without_a_search_all_are_found_in_the_order_of_their_names(timezones: httpx.AsyncClient) -> None:
    names = await found(timezones)
    assert names == sorted(ZONES)
    assert len(names) > 400
    assert {"Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati"} <= set(names)


@pytest.mark.parametrize("text", ["new york", "NEW_YORK", " New York ", "america/new_y"])
async def test_a_search_minds_neither_case_nor_spaces(timezones: httpx.AsyncClient, text: str) -> None:
    assert await found(timezones, search=text) == ["America/New_York"]


async def test_what_is_nowhere_is_not_found(timezones: httpx.AsyncClient) -> None:
    assert await found(timezones, search="atlantis") == []


async def test_zones_of_an_offset(timezones: httpx.AsyncClient) -> None:
    assert await found(timezones, offset="8.75") == ["Australia/Eucla"]  # the same in all seasons
    assert await found(timezones, offset="8.75", search="euc") == ["Australia/Eucla"]
    assert await found(timezones, offset="0.25") == []


async def test_the_offset_is_that_of_now(timezones: httpx.AsyncClient) -> None:
    [berlin] = (await timezones.get("/timezones", params={"search": "berlin"})).json()
    assert berlin in [{"name": "Europe/Berlin", "offset": offset} for offset in (1, 2)]
    zone = ZoneInfo("Europe/Berlin")
    assert (offset_at(WINTER, zone), offset_at(SUMMER, zone)) == (1, 2)
    assert offset_at(WINTER, ZoneInfo("America/St_Johns")) == -3.5


@pytest.mark.parametrize(
    ("name", "value"), [("offset", "15"), ("offset", "-12.5"), ("offset", "x"), ("search", "x" * 101)]
)
async def test_what_is_not_valid_is_refused_with_a_problem(timezones: httpx.AsyncClient, name: str, value: str) -> None:
    answer = await timezones.get("/timezones", params={name: value})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(error["in"], error["pointer"]) for error in answer.json()["errors"]] == [("query", f"/{name}")]
