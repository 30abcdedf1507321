"""The API of orion: what runs here, and the records."""

import os
from datetime import datetime
from typing import Annotated, Final

from fastapi import FastAPI, Query
from pydantic import BaseModel, StringConstraints

from seawall.service import Service
from seawall.service.fastapi import Connection, answer_problems

BIGGEST_ID: Final = 2**63 - 1
LONGEST_TEXT: Final = 500
LARGEST_PAGE: Final = 100

api = FastAPI(title="orion", version="0.1.0")
answer_problems(api)


class Info(BaseModel):
    name: str
    version: str
    environment: str
    release: str


class NewRecord(BaseModel):
    """PostgreSQL keeps any text but one with a NUL."""

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")
    ]


class Record(BaseModel):
    id: int
    text: str
    created_at: datetime
    stamped_at: datetime | None


class Page(BaseModel):
    """The newest records first; `next` is the `before` of the next page, None on the last one."""

    records: list[Record]
    next: int | None


@api.get("/")
async def info() -> Info:
    return Info(
        name=api.title,
        version=api.version,
        environment=os.environ.get("APP_ENV") or "development",
        release=app.settings.release,
    )


@api.get("/records")
async def newest(
    db: Connection,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = 20,
    before: Annotated[int, Query(ge=1, le=BIGGEST_ID)] = BIGGEST_ID,
) -> Page:
    rows = await db.fetch(
        "select id, text, created_at, stamped_at from records where id < $1 order by id desc limit $2",
        before,
        limit + 1,  # one more says whether there is another page
    )
    records = [Record(**row) for row in rows[:limit]]
    return Page(records=records, next=records[-1].id if len(rows) > limit else None)


@api.post("/records", status_code=201)
async def post(record: NewRecord, db: Connection) -> Record:
    [row] = await db.fetch(
        "insert into records (text) values ($1) returning id, text, created_at, stamped_at", record.text
    )
    return Record(**row)


app = Service(api)
