from seawall.jobs import Jobs

jobs = Jobs()


@jobs.job()
async def sweep() -> None:
    pass
