"""What a client is told of a request that is not valid: every fault and where it is, and nothing of what was sent."""

from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

NO_JSON = "json_invalid"


async def answer_invalid(_: Request, error: Exception) -> JSONResponse:
    """400 where the body is no JSON, else 422, as `application/problem+json` (RFC 9457)."""
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    status = HTTPStatus.BAD_REQUEST if any(fault["type"] == NO_JSON for fault in faults) else HTTPStatus(422)
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": "The request is not valid.",
        "errors": [{"at": "/".join(map(str, fault["loc"])), "detail": fault["msg"]} for fault in faults],
    }
    return JSONResponse(problem, status, media_type="application/problem+json")
