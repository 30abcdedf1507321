"""Runs a `Service` under uvicorn, with what is measured to be fastest and nothing that the chassis does itself."""

import logging
import math
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import uvicorn

from seawall import contract
from seawall.errors import SeawallError
from seawall.runtime.drain import SIGNALS
from seawall.runtime.listener import bind, port_problem
from seawall.service.app import Service

# Longer than a proxy in front keeps an idle connection (Envoy: an hour): else it sends a request into one that closes.
# https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts
KEEP_ALIVE_SECONDS: Final = 3605


class Server(uvicorn.Server):
    """uvicorn's server, but for the signal that it raises again at its end: status 0 says that all went well."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Handle signals while the block runs."""
        saved = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in saved.items():
                signal.signal(number, handler)


def run(service: Service) -> None:
    """Serve until SIGTERM or SIGINT, and return when what was in flight is done.

    Raises:
        SeawallError: SW302, a port is taken; or why the application does not start.
    """
    listening = _bind(service)
    server = Server(_config(service))
    # uvicorn tells people five times what happens at start and stop; the chassis has one line for each.
    theirs = logging.getLogger("uvicorn.error")
    theirs.setLevel(max(logging.WARNING, service.settings.log_level))
    theirs.addFilter(lambda _record: not service.failed)
    try:
        server.run(sockets=[listening])
    except SystemExit:  # its way to say that the start-up failed
        if not service.failed:
            raise
    finally:
        listening.close()
    service.raise_failure()


def _bind(service: Service) -> socket.socket:
    host, port = service.settings.host, service.settings.port
    try:
        return bind(host, port)
    except OSError as error:
        raise SeawallError(port_problem(contract.PORT, host, port, error)) from error


def _config(service: Service) -> uvicorn.Config:
    return uvicorn.Config(
        service,
        http="httptools",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        # The chassis gives up what is in flight in time; this is for what does not end even then.
        timeout_graceful_shutdown=math.ceil(service.settings.drain_timeout) + 1,
    )
