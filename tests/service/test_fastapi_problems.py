"""What an application on FastAPI refuses, answered as problem documents."""

import logging
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

from seawall import contract
from seawall.service import Service
from seawall.service.fastapi import answer_problems
from tests.service.support import client


class Line(BaseModel):
    count: Annotated[int, Field(alias="per/day~", ge=1)]


class Order(BaseModel):
    lines: list[Line]


def api() -> FastAPI:
    app = FastAPI()
    answer_problems(app)

    @app.post("/orders/{number}")
    async def order(number: int, new: Order, limit: Annotated[int, Query(le=10)] = 1) -> int:
        return number + len(new.lines) + limit

    @app.get("/refused/{status}")
    async def refused(status: int) -> None:
        raise HTTPException(status, "not today", headers={"WWW-Authenticate": "Basic"})

    @app.get("/structured")
    async def structured() -> None:
        raise HTTPException(409, {"reason": "taken"})

    return app


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == contract.PROBLEM_JSON
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    assert found["type"] == "about:blank"
    assert found["request_id"] == answer.headers["x-request-id"]
    return found


async def test_every_fault_of_a_request_is_told_with_its_place_and_nothing_of_what_was_sent() -> None:
    async with client(Service(api())) as http:
        body = {"lines": [{"per/day~": 1}, {"per/day~": "canary"}]}
        answer = await http.post("/orders/canary", params={"limit": 11}, json=body)
    found = problem(answer)
    assert answer.status_code == 422
    assert [(each["in"], each["pointer"]) for each in found["errors"]] == [
        ("path", "/number"),
        ("query", "/limit"),
        ("body", "/lines/1/per~1day~0"),
    ]
    assert all(each["detail"] for each in found["errors"])
    assert "canary" not in answer.text


@pytest.mark.parametrize(("body", "at"), [('{"lines": [canary]}', 11), ("canary", 0)])
async def test_a_body_that_is_no_json_is_a_400_that_says_where(body: str, at: int) -> None:
    async with client(Service(api())) as http:
        answer = await http.post("/orders/1", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    (fault,) = problem(answer)["errors"]
    assert (fault["in"], fault["pointer"]) == ("body", "")
    assert fault["detail"].startswith(f"not JSON at character {at}: ")
    assert "canary" not in answer.text


@pytest.mark.parametrize(("status", "title"), [(404, "Not Found"), (418, "I'm a Teapot"), (499, "")])
async def test_what_the_application_refuses_itself_keeps_its_text_and_headers(status: int, title: str) -> None:
    async with client(Service(api())) as http:
        answer = await http.get(f"/refused/{status}")
    assert answer.status_code == status
    assert answer.headers["www-authenticate"] == "Basic"
    assert (problem(answer)["title"], problem(answer)["detail"]) == (title, "not today")


async def test_a_path_that_is_not_there_is_a_problem_too() -> None:
    async with client(Service(api())) as http:
        assert problem(await http.get("/nowhere"))["title"] == "Not Found"
        assert (await http.get("/orders/1")).headers["allow"] == "POST"


async def test_an_answer_of_another_kind_is_left_as_it_is() -> None:
    async with client(Service(api())) as http:
        assert (await http.get("/structured")).json() == {"detail": {"reason": "taken"}}
        not_modified = await http.get("/refused/304")
    assert (not_modified.status_code, not_modified.content) == (304, b"")


async def test_what_is_refused_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    async with client(Service(api())) as http:
        await http.post("/orders/x", json={})
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
