from fastapi import FastAPI

from bakery.jobs import bake
from seawall.service import Service
from seawall.service.fastapi import Connection

api = FastAPI()


@api.post("/api/orders", status_code=202)
async def create(name: str, db: Connection, *, roll_back: bool = False) -> dict[str, str]:
    transaction = db.transaction()
    await transaction.start()
    await bake.options(connection=db).enqueue(name)
    await (transaction.rollback() if roll_back else transaction.commit())
    return {"state": "rolled back" if roll_back else "accepted"}


@api.get("/api/ledger")
async def ledger(db: Connection) -> list[dict[str, str]]:
    rows = await db.fetch(
        "select entry, to_char(written_at, 'YYYY-MM-DD HH24:MI:SS') as second from ledger order by id"
    )
    return [dict(row) for row in rows]


app = Service(api)
