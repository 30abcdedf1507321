from seawall.jobs import Job, Jobs

jobs = Jobs()


@jobs.job(max_attempts=3, timeout=10)
async def bake(job: Job, order: str) -> None:
    async with job.complete_in_transaction() as db:
        await db.execute("insert into ledger (entry) values ($1)", order)


@jobs.cron("*/2 * * * * *")
async def tick(job: Job) -> None:
    async with job.complete_in_transaction() as db:
        await db.execute("insert into ledger (entry) values ('tick')")
