"""`Service(app)`: everything that runs around an ASGI application in production, in one class.

One class and not a stack of middlewares: each of those costs a request 10 to 130 microseconds, all of these together
about as much as one (`bench/service.py`).
"""

import asyncio
import inspect
import logging
import os
from collections.abc import Callable
from typing import Final

from seawall import contract
from seawall.errors import Place, SeawallError, raise_all
from seawall.runtime import logs, metrics, settings, traces
from seawall.runtime.asgi import App, Receive, Scope, Send
from seawall.runtime.drain import Drain
from seawall.runtime.endpoints import PATHS, Endpoints
from seawall.runtime.health import CheckFunction, Health, brief
from seawall.runtime.listener import Listener
from seawall.runtime.reference import shown_path
from seawall.service import problems, routes
from seawall.service.exchange import CLIENT_GONE, Exchange
from seawall.service.identity import Identity
from seawall.service.lifespan import Lifespan
from seawall.service.limits import BodyLimit, InFlight
from seawall.service.metrics import IN_FLIGHT, declare
from seawall.service.record import Recorder

logger: Final = logging.getLogger(__name__)

DATABASE_CHECK: Final = "database"
MIGRATIONS_CHECK: Final = "migrations"
TRACES_CHECK: Final = "traces"


class Service:
    """An ASGI application with what production asks of it: the contract's endpoints, limits, logs, metrics, draining.

    ``app = Service(api)``. All numbers come from the environment, see `seawall.runtime.settings`. Where `DATABASE_URL`
    is set there is a critical check named ``database``; an application that adds one of that name has its own instead.

    Raises:
        SeawallError: SW405, SW501: a variable cannot be read.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.settings = settings.read(os.environ)
        self.health = Health(self.settings.service, self.settings.release)
        self._lifespan: Lifespan | None = None
        self._place = _caller()  # the line that SW403 shows beside the route's
        self._table: routes.Table | None = None
        self._drain: Drain | None = None
        self._giving_up: asyncio.Task[None] | None = None
        shared_port = self.settings.port == self.settings.metrics_port
        self._endpoints = Endpoints(self.health, with_metrics=shared_port)
        self._listener = None if shared_port else self._make_listener()
        self._in_flight = InFlight(self.settings.request_concurrency, self.settings.request_timeout)
        self._identity = Identity(self.settings.trusted_hops)
        self._body = BodyLimit(self.settings.request_body_limit)
        own = {"service": self.settings.service, "environment": self.settings.environment}
        self._recorder = Recorder({**own, "release": self.settings.release})
        # What a request passes on its way in, in this order; what returns a refusal ends its way there.
        self._inward = (
            self._identity.establish,  # request id, client's address; from here on in the log's context
            self._in_flight.admit,  # 503: too many at once; from here on the clock runs
            self._body.check,  # 413: too large
        )

    def check(
        self, name: str, *, critical: bool = True, timeout: float = 2.0
    ) -> Callable[[CheckFunction], CheckFunction]:
        """Add a health check: see `Health.add`."""
        return self.health.check(name, critical=critical, timeout=timeout)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. What is neither HTTP nor lifespan, such as a websocket, passes untouched."""
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        if scope["path"] in PATHS:
            await self._endpoints(scope, receive, send)
            return
        if self._table is None:
            self._start_without_lifespan()
        exchange = Exchange(scope, receive, send, self.health)
        IN_FLIGHT.value += 1
        try:
            for step in self._inward:
                refusal = step(exchange)
                if refusal is not None:
                    await exchange.refuse(refusal)
                    return
            await self.app(scope, receive if exchange.body_limit is None else exchange.receive, exchange.send)
            if not exchange.complete:
                await self._finish(exchange)
        except asyncio.CancelledError:
            if not exchange.expired:
                raise
            await exchange.settle()
        except Exception as error:  # noqa: BLE001 - the last resort for whatever the application raises
            await self._failed(exchange, error)
        finally:
            IN_FLIGHT.value -= 1
            self._in_flight.leave(exchange)
            self._record(exchange)

    async def _other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._lifespan = Lifespan(self.app, before=self._open, after=self._started, finish=self._close)
            await self._lifespan.run(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def prepare(self) -> None:
        """Read the application's routes, and make the series of each.

        Raises:
            SeawallError: SW403: it routes paths of the contract.
        """
        found = routes.declared(self.app)
        raise_all(routes.reserved(found, self._place))
        declare(found, self.settings)
        self._table = routes.Table(found)

    @property
    def failed(self) -> bool:
        """Whether the start-up has failed."""
        return self._lifespan is not None and self._lifespan.failure is not None

    def raise_failure(self) -> None:
        """Raise why the start-up failed, if it did.

        Raises:
            SeawallError: SW406, or what the application itself raised.
        """
        if self._lifespan is not None and self._lifespan.failure is not None:
            raise self._lifespan.failure

    async def _finish(self, exchange: Exchange) -> None:
        """The application has returned and owes something: what was held back, or any answer at all."""
        await exchange.finish()
        if not exchange.status and not exchange.disconnected:
            logger.error("the application returned without an answer")
            await exchange.refuse(exchange.refusal or problems.FAILED)

    async def _failed(self, exchange: Exchange, error: Exception) -> None:
        """Answer for the application, which raised; where its answer has begun, the server cuts the connection."""
        if exchange.disconnected and not exchange.status:
            return
        refusal = exchange.refusal or problems.refusal_of(error)
        if refusal is problems.FAILED and not exchange.expired:
            logger.error("unhandled exception", exc_info=error)
        elif refusal is problems.NO_DATABASE and (outage := problems.outage_in(error)) is not None:
            logger.warning("%s", outage.text, extra={"error": brief(error)})
        if not exchange.status:
            await exchange.refuse(refusal)

    def _record(self, exchange: Exchange) -> None:
        """What a request passes on its way out: metrics and the access log, its span, the log's context."""
        exchange.status = exchange.status or CLIENT_GONE
        route = self._table.find(exchange.scope) if self._table is not None else None
        self._recorder.record(exchange, contract.UNMATCHED_ROUTE if route is None else route.template)
        if exchange.span is not None:
            exchange.span.answer(route.template if route else None, exchange.status)
            exchange.span.end()
        if exchange.token is not None:
            logs.unbind(exchange.token)

    # --- Start and stop ---------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        """Before the application starts: probes may ask from now on, and are told that it is starting."""
        if not logs.configured():
            logs.configure(self.settings)
        traces.setup(self.settings, os.environ)
        metrics.attach()
        if self._listener is not None:
            await self._listen(self._listener)

    async def _listen(self, listener: Listener) -> None:
        try:
            await listener.open()
        except SeawallError as error:
            if os.environ.get(contract.METRICS_PORT):
                raise
            # Nobody asked for this port: two applications side by side on a laptop, or a test, go on without it.
            logger.warning("%s", error.problems[0].message)

    async def _started(self) -> None:
        """After the application has started."""
        self.prepare()
        self._add_database_check()
        self._add_traces_check()
        self._drain = Drain(
            delay=self.settings.drain_delay, timeout=self.settings.drain_timeout, on_signal=self._begin_draining
        )
        self._drain.install()
        self._giving_up = asyncio.create_task(self._give_up(self._drain))
        self.health.started = True
        logger.info("started")

    async def _close(self) -> None:
        """After the application has stopped, or has failed to start."""
        self.health.draining = True
        if self._drain is not None:
            self._drain.uninstall()
        if self._giving_up is not None:
            self._giving_up.cancel()
        if self.settings.database_url is not None:
            from seawall.runtime.database import close_all  # noqa: PLC0415 - see `_add_database_check`

            await close_all()
        if self._listener is not None:
            await self._listener.close()
        if traces.maker() is not None:
            await asyncio.to_thread(traces.close)

    def _begin_draining(self) -> None:
        self.health.draining = True

    async def _give_up(self, drain: Drain) -> None:
        await drain.expired.wait()
        self._in_flight.expire_all()

    def _start_without_lifespan(self) -> None:
        """The first request of a server, or a test client, that does not speak the lifespan protocol."""
        traces.setup(self.settings, os.environ)
        self.prepare()
        self._add_database_check()
        self._add_traces_check()
        self.health.started = True

    def _add_database_check(self) -> None:
        if self.settings.database_url is None or DATABASE_CHECK in self.health.checks:
            return
        from seawall.runtime.database import database  # noqa: PLC0415 - the driver is for those who have a database

        async def ping() -> None:
            await database().ping()

        self.health.add(DATABASE_CHECK, ping)
        if self.settings.database_migrations is not None:
            from seawall.service.migrated import Migrated  # noqa: PLC0415 - the same

            url = self.settings.database_direct_url or self.settings.database_url
            self.health.add(MIGRATIONS_CHECK, Migrated(url, self.settings.database_migrations, self.settings.service))

    def _add_traces_check(self) -> None:
        spans = traces.maker()
        if spans is None or TRACES_CHECK in self.health.checks:
            return

        async def state() -> dict[str, object]:
            return spans.state()

        self.health.add(TRACES_CHECK, state, critical=False)

    def _make_listener(self) -> Listener:
        return Listener(Endpoints(self.health), self.settings.host, self.settings.metrics_port)


def _caller() -> Place | None:
    """The line of the user's code that makes the service."""
    frame = inspect.currentframe()
    for _ in range(2):
        frame = frame.f_back if frame else None
    return Place(shown_path(frame.f_code.co_filename), frame.f_lineno) if frame else None
