"""The time zones of the world, each with its offset now."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo, available_timezones

from fastapi import FastAPI, Query
from pydantic import BaseModel

from seawall.service import Service
from seawall.service.fastapi import answer_problems

HOUR: Final = timedelta(hours=1)
# Those called Area/City: others, such as EST, are old names or not zones at all.
ZONES: Final = {name: ZoneInfo(name) for name in sorted(available_timezones()) if "/" in name}

api = FastAPI(title="timezones", version="0.1.0")
answer_problems(api)


class Timezone(BaseModel):
    """`offset` is in hours, and that of now: with daylight saving where there is some."""

    name: str
    offset: float


@api.get("/timezones")
async def search(
    search: Annotated[str, Query(max_length=100)] = "",
    offset: Annotated[float | None, Query(ge=-12, le=14)] = None,
) -> list[Timezone]:
    """Those whose name has the searched text in it, in any case, and a space for an underscore."""
    now = datetime.now(UTC)
    text = search.strip().casefold().replace(" ", "_")
    found = (
        Timezone(name=name, offset=offset_at(now, zone)) for name, zone in ZONES.items() if text in name.casefold()
    )
    return [each for each in found if offset is None or each.offset == offset]


def offset_at(moment: datetime, zone: ZoneInfo) -> float:
    """Hours east of UTC."""
    return (moment.astimezone(zone).utcoffset() or timedelta()) / HOUR


app = Service(api)
