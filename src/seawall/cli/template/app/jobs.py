"""What the worker does."""

from seawall.jobs import Jobs
from seawall.runtime.database import database

jobs = Jobs()


@jobs.job(timeout=10)
async def count_words(note_id: int) -> None:
    async with database().acquire() as db:  # running it twice does no harm
        await db.execute(
            "update notes set words = cardinality(regexp_split_to_array(trim(text), '\\s+')) where id = $1", note_id
        )
