"""Hearing the doorbell: one connection that listens, and comes back by itself.

A pooler in transaction mode takes LISTEN and delivers nothing, without an error. So the listener rings for itself once,
through another connection; while it does not hear that, jobs are found by looking once a second.
"""

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.jobs.stores.trouble import TROUBLE
from seawall.jobs.waiting import first_of
from seawall.runtime.connect import connect

if TYPE_CHECKING:
    from asyncpg import Connection

logger: Final = logging.getLogger(__name__)

PROOF_SECONDS: Final = 5.0
AGAIN_SECONDS: Final = (0.5, 1.0, 2.0, 5.0)  # between tries to connect; the last for ever
DEAF_SECONDS: Final = 60.0


class Listening:
    """Calls `heard` with what each ring says.

    `ring` rings with a text, by way of the connections that others enqueue with.
    """

    def __init__(self, url: str, heard: Callable[[str], None], ring: Callable[[str], Awaitable[None]]) -> None:
        self._url = url
        self._heard = heard
        self._ring = ring
        self._token = uuid.uuid4().hex
        self._proved = asyncio.Event()
        self._ended = asyncio.Event()
        self._said = False

    async def run(self) -> None:
        """Go on until cancelled."""
        failures = 0
        while True:
            try:
                wait = await self._listen()
                failures = 0
            except TROUBLE as error:
                logger.debug("no connection to listen on: %s", type(error).__name__)
                wait = AGAIN_SECONDS[min(failures, len(AGAIN_SECONDS) - 1)]
                failures += 1
            await asyncio.sleep(wait)

    async def _listen(self) -> float:
        """Listen until the connection ends; returns how many seconds to wait before the next."""
        connection = await connect(self._url, name="seawall listen")
        self._proved, self._ended = asyncio.Event(), asyncio.Event()
        try:
            connection.add_termination_listener(self._end)
            await connection.add_listener(contract.JOBS_CHANNEL, self._hear)
            await self._ring(self._token)
            await first_of(self._proved, self._ended, seconds=PROOF_SECONDS)
            if not self._proved.is_set() and not self._ended.is_set():
                self._say_deaf()
                return DEAF_SECONDS
            self._heard("")  # what was enqueued while nobody listened
            await self._ended.wait()
        finally:
            connection.terminate()
        return AGAIN_SECONDS[0]

    def _say_deaf(self) -> None:
        if not self._said:
            self._said = True
            fix = f"set {contract.DATABASE_DIRECT_URL} to an address that bypasses the pooler"
            logger.warning("LISTEN unavailable, polling every %g s; %s", contract.POLL_SECONDS, fix)

    def _hear(self, _connection: "Connection", _pid: int, _channel: str, payload: object) -> None:
        if payload == self._token:
            self._proved.set()
        else:
            self._heard(str(payload))

    def _end(self, _connection: "Connection") -> None:
        self._ended.set()
