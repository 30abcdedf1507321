"""The worker of agnos: it makes the reports that the API takes orders for."""

import logging
import re
from collections import Counter
from typing import Final

from seawall.jobs import Backoff, Discard, Job, Jobs

logger = logging.getLogger(__name__)
jobs = Jobs()

MOST_USED: Final = 5  # words


# What fails is tried again after about 5, 10, 20 and 40 seconds, and then left for a person: never without end.
@jobs.job(max_attempts=5, backoff=Backoff(first=5, maximum=300), timeout=20)
async def make_report(job: Job, report_id: int) -> None:
    # The report and the job's completion commit together: it is made exactly once, whoever is killed when.
    async with job.complete_in_transaction() as db:
        text = await db.fetchval("select text from reports where id = $1", report_id)
        if text is None:
            raise Discard("the report was deleted")
        words = re.findall(r"\w+", text.casefold())
        await db.execute(
            "update reports set lines = $2, words = $3, most_used = $4, made_at = clock_timestamp() where id = $1",
            report_id,
            len(text.splitlines()),
            len(words),
            [word for word, _ in Counter(words).most_common(MOST_USED)],
        )
    logger.info("made a report", extra={"report": report_id, "words": len(words)})
