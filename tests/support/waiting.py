"""Waiting for a condition rather than for a time."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(holds: Callable[[], Awaitable[object]], within: float = 30.0) -> None:
    """Ask again and again until `holds` does; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while not await holds():
        assert time.monotonic() < deadline, f"still not after {within:g} s"
        await asyncio.sleep(0.01)
