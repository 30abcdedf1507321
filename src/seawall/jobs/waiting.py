"""Waiting for several things at once, and for the end of tasks."""

import asyncio
from collections.abc import Iterable
from typing import Any


async def first_of(
    *events: asyncio.Event, tasks: Iterable[asyncio.Task[Any]] | None = None, seconds: float | None = None
) -> None:
    """Wait until one of `events` is set, or all `tasks` have ended, or `seconds` have passed (None: no limit)."""
    if any(event.is_set() for event in events) or (seconds is not None and seconds <= 0):
        return
    waits: set[asyncio.Task[Any]] = {asyncio.ensure_future(event.wait()) for event in events}
    if tasks is not None:
        waits.add(asyncio.ensure_future(_ended(tasks)))
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


async def end(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks`, and wait until they have ended; what they raise is theirs to tell."""
    for task in tasks:
        task.cancel()
    await _ended(tasks)


async def _ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    waiting = {task for task in tasks if not task.done()}
    if waiting:
        await asyncio.wait(waiting)
