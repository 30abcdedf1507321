"""Everything that keeps a worker from starting, at once."""

from seawall.jobs import Jobs, setting

jobs = Jobs()


@jobs.cron(setting("SCHEDULE"))
async def unset() -> None: ...


@jobs.cron("0 25 * * *", timezone="Europe/Berlim")
async def wrong() -> None: ...


@jobs.every(setting("INTERVAL", default="soon"))
async def often() -> None: ...
