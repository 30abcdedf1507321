"""The API of agnos: it takes orders for reports, and shows what became of each."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import FastAPI, HTTPException, Path, Response
from pydantic import BaseModel, StringConstraints

from agnos.jobs import make_report
from seawall.jobs.states import State
from seawall.service import Service
from seawall.service.fastapi import Connection, answer_problems

BIGGEST_ID: Final = 2**63 - 1
LONGEST_TEXT: Final = 20_000

api = FastAPI(title="agnos", version="0.1.0")
answer_problems(api)


class Order(BaseModel):
    """What a report is to be about: any text but one with a NUL, which PostgreSQL does not keep."""

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")
    ]


class Result(BaseModel):
    lines: int
    words: int
    most_used: list[str]


class Report(BaseModel):
    """`state` is that of its job: ready, running, done, dead or cancelled; `result` is None until it is done."""

    id: int
    state: str
    asked_at: datetime
    made_at: datetime | None = None
    result: Result | None = None


@api.post("/reports", status_code=202)
async def order(new: Order, response: Response, db: Connection) -> Report:
    async with db.transaction():  # the report and its job are written together, or neither is
        [row] = await db.fetch("insert into reports (text) values ($1) returning id, asked_at", new.text)
        job = await make_report.options(connection=db).enqueue(row["id"])
        await db.execute("update reports set job = $2 where id = $1", row["id"], job)
    response.headers["Location"] = f"/reports/{row['id']}"
    return Report(**row, state=State.READY.label)


@api.get("/reports/{report_id}")
async def show(report_id: Annotated[int, Path(ge=1, le=BIGGEST_ID)], db: Connection) -> Report:
    row = await db.fetchrow(
        """
        select reports.id, asked_at, made_at, lines, words, most_used, jobs.state
        from reports left join seawall.jobs on jobs.id = reports.job
        where reports.id = $1
        """,
        report_id,
    )
    if row is None:
        raise HTTPException(404, "There is no such report.")
    found = {"id": row["id"], "asked_at": row["asked_at"], "made_at": row["made_at"]}
    if row["made_at"] is not None:
        return Report(**found, state=State.DONE.label, result=Result(**row))
    # The queue keeps what is not over; a report that is neither there nor made was given up by somebody.
    return Report(**found, state=State.CANCELLED.label if row["state"] is None else State(row["state"]).label)


app = Service(api)
