"""The worker of the shop: it has the inventory put aside what was ordered, and ends the order."""

import logging
from uuid import UUID

from peers import client
from seawall.jobs import Job, Jobs
from seawall.runtime.database import database

SOLD_OUT = 409

logger = logging.getLogger(__name__)
jobs = Jobs()


@jobs.job(timeout=10)
async def fulfil(job: Job, order: UUID) -> None:
    async with database().acquire() as db:
        row = await db.fetchrow("select sku, quantity from orders where id = $1", order)
    if row is None:  # taken back before anybody came to it
        return
    async with client("INVENTORY_URL") as inventory:
        # By the order's own id: when this is tried again, nothing is taken twice.
        answer = await inventory.post("/picks", json={"order": str(order), **row})
    if answer.status_code != SOLD_OUT:
        answer.raise_for_status()
    state = "sold out" if answer.status_code == SOLD_OUT else "shipped"
    # The effect and the job's completion commit together.
    async with job.complete_in_transaction() as db:
        await db.execute("update orders set state = $2, ended_at = clock_timestamp() where id = $1", order, state)
    logger.info("order %s", state, extra={"order": order})
