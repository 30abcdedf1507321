"""For applications on FastAPI: a database connection as a parameter, and errors as problem documents.

The only module that imports FastAPI.
"""

from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, cast

import asyncpg
from fastapi import Depends, FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from seawall import contract
from seawall.runtime import logs
from seawall.runtime.database import database
from seawall.service import problems

_NO_JSON: Final = "json_invalid"


async def _connection() -> AsyncIterator[asyncpg.Connection]:
    async with database().acquire() as connection:
        yield connection


# ``async def create(db: Connection)``: a connection of `DATABASE_URL`'s pool, for this request alone. With the scope
# "function" it is handed back before the response is sent: a slow client keeps no connection. Where there is none to be
# had, the request is answered with 503.
Connection = Annotated[asyncpg.Connection, Depends(_connection, scope="function")]


def answer_problems(api: FastAPI) -> None:
    """From now on what `api` refuses is answered as what the chassis refuses: as a problem document (RFC 9457).

    That is a request that is not valid: 400 where its body is no JSON, else 422, with every fault under ``errors``:
    where it is (``body``, ``query``, ...), which part of that (a JSON pointer, RFC 6901), and never what was sent. And
    an ``HTTPException`` whose detail is a text.
    """
    api.add_exception_handler(RequestValidationError, _not_valid)
    api.add_exception_handler(HTTPException, _refused)


async def _not_valid(_: Request, error: Exception) -> Response:
    faults: Sequence[Any] = error.errors() if isinstance(error, RequestValidationError) else ()
    status = 400 if any(fault["type"] == _NO_JSON for fault in faults) else 422
    return _answer(status, "The request is not valid.", errors=[_fault(fault) for fault in faults])


def _fault(fault: Any) -> dict[str, str]:  # noqa: ANN401 - FastAPI does not say what it is
    where, *path = fault["loc"]
    if fault["type"] == _NO_JSON:  # then its place is a number of characters
        return {"in": where, "pointer": "", "detail": f"not JSON at character {path[0]}: {fault['ctx']['error']}"}
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return {"in": where, "pointer": pointer, "detail": fault["msg"]}


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # it is registered for no other
    detail = cast("object", error.detail)  # FastAPI's own takes anything
    if error.status_code < HTTPStatus.BAD_REQUEST or not isinstance(detail, str):
        return await http_exception_handler(request, error)
    answer = _answer(error.status_code, detail)
    answer.headers.update(error.headers or {})
    return answer


def _answer(status: int, detail: str, **more: object) -> Response:
    request_id = str(logs.bound().get("request_id", ""))
    return Response(problems.document(status, detail, request_id, **more), status, media_type=contract.PROBLEM_JSON)
