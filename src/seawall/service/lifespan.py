"""The chassis' part of the ASGI lifespan protocol, around the application's own.

Order: `before`, the application's start-up, `after`; then the application's shutdown, `finish`. An application that
knows nothing of the protocol is left out. https://asgi.readthedocs.io/en/latest/specs/lifespan.html
"""

from collections.abc import Awaitable, Callable
from typing import Final

from seawall.errors import Problem, SeawallError
from seawall.runtime.asgi import App, Message, Receive, Scope, Send
from seawall.runtime.health import brief
from seawall.runtime.reference import user_place

_STARTUP: Final = "lifespan.startup"
_STARTED: Final = "lifespan.startup.complete"
_START_FAILED: Final = "lifespan.startup.failed"
_SHUTDOWN: Final = "lifespan.shutdown"
_STOPPED: Final = "lifespan.shutdown.complete"
_STOP_FAILED: Final = "lifespan.shutdown.failed"

Hook = Callable[[], Awaitable[None]]


class Lifespan:
    """One run of the protocol. `failure` is why the start-up failed, for a launcher to show."""

    def __init__(self, app: App, *, before: Hook, after: Hook, finish: Hook) -> None:
        self.failure: SeawallError | None = None
        self._app = app
        self._before = before
        self._after = after
        self._finish = finish
        self._asked = False  # the application has taken the first message: it knows the protocol
        self._refused = ""  # what the application said of its own failed start-up
        self._answered = False  # the server has been told how the start-up went
        self._stopping = False  # the server has asked for the shutdown
        self._stopped = False

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak with the server until its shutdown is complete, or the start-up has failed."""
        self._receive, self._send = receive, send
        startup = await receive()
        raised: BaseException | None = None
        try:
            await self._before()
            await self._app(scope, self._receiver(startup), self._from_app)
        except SeawallError as error:
            self.failure = error if not self._answered else self.failure
            raised = error
        except Exception as error:  # noqa: BLE001 - told to the server below, or the sign of an app without lifespan
            raised = error
        if not self._answered:
            await self._conclude_startup(raised)
        if self._answered and not self._stopped:
            if not self._stopping:
                await receive()
            await self._stop(_STOP_FAILED if self._asked and raised is not None else _STOPPED)

    async def _conclude_startup(self, raised: BaseException | None) -> None:
        """The application has ended before the server was told: it failed, or it has no lifespan."""
        if self.failure is None and self._asked and (raised is not None or self._refused):
            self.failure = _start_failed(raised or RuntimeError(self._refused))
        if self.failure is None:
            await self._started()
        if self.failure is not None:
            await self._finish()
            await self._send({"type": _START_FAILED, "message": str(self.failure)})

    def _receiver(self, startup: Message) -> Receive:
        async def receive() -> Message:
            if not self._asked:
                self._asked = True
                return startup
            if self.failure is not None:
                # Ours failed, the application's is up: it is taken down again before the server hears of it.
                return {"type": _SHUTDOWN}
            message = await self._receive()
            self._stopping = True
            return message

        return receive

    async def _from_app(self, message: Message) -> None:
        """What the application says; of its failed start-up the server is told once the exception is known, too."""
        kind = message["type"]
        if kind == _STARTED:
            await self._started()
        elif kind == _START_FAILED:
            self._refused = message.get("message") or "it says so without a reason"
        elif self._answered:
            await self._stop(kind, message.get("message", ""))

    async def _started(self) -> None:
        try:
            await self._after()
        except Exception as error:  # noqa: BLE001 - whatever it is, the server must be told
            self.failure = _start_failed(error)
            return
        self._answered = True
        await self._send({"type": _STARTED})

    async def _stop(self, kind: str, message: str = "") -> None:
        self._stopped = True
        await self._finish()
        await self._send({"type": kind, "message": message} if kind == _STOP_FAILED else {"type": kind})


def _start_failed(error: BaseException) -> SeawallError:
    """`error` as a problem at the user's own line, with `error` as its cause."""
    if isinstance(error, SeawallError):
        return error
    message = f"the application does not start: {brief(error)}"
    failure = SeawallError(Problem("SW406", message, place=user_place(error)))
    failure.__cause__ = error
    return failure
