"""A second HTTP server in the same event loop, for the endpoints on `METRICS_PORT`."""

import asyncio
import socket
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime.asgi import App

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.server import ServerState

BACKLOG: Final = 128


class Listener:
    """Serves `app` on `host` and `port` until it is closed; leaves signals and logs to the main server."""

    _config: "Config"
    _state: "ServerState"

    def __init__(self, app: App, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen from now on.

        Raises:
            SeawallError: SW302 where the port cannot be had.
        """
        # Importing the server is for who serves: a third of the time that `import seawall.service` would take.
        from uvicorn import Config  # noqa: PLC0415
        from uvicorn.server import ServerState  # noqa: PLC0415

        self._state = ServerState()
        # No lifespan: the app is told of start and stop by the main server alone.
        self._config = Config(
            self._app, http="httptools", ws="none", lifespan="off", log_config=None, access_log=False,
            proxy_headers=False, server_header=False, date_header=False,
        )  # fmt: skip
        self._config.load()
        loop = asyncio.get_running_loop()
        listening = self._bind()
        try:
            self._server = await loop.create_server(self._protocol, sock=listening, backlog=BACKLOG)
        except BaseException:
            listening.close()
            raise

    async def close(self) -> None:
        """Stop listening and end the connections, each after the answer under way; no error if it is not open."""
        if self._server is not None:
            self._server.close()
            for connection in list(self._state.connections):
                connection.shutdown()
            self._server = None

    def _bind(self) -> socket.socket:
        try:
            return bind(self._host, self._port)
        except OSError as error:
            raise SeawallError(port_problem(contract.METRICS_PORT, self._host, self._port, error)) from error

    def _protocol(self) -> asyncio.Protocol:
        kind = self._config.http_protocol_class
        return kind(config=self._config, server_state=self._state, app_state={})  # type: ignore[call-arg]


def bind(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port`, for a server to listen on; raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    bound = socket.socket(family, kind, protocol)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except BaseException:
        bound.close()
        raise
    return bound


def port_problem(variable: str, host: str, port: int, error: OSError) -> Problem:
    """SW302: the port that `variable` names cannot be had."""
    message = f"cannot listen on {host} port {port} ({variable}): {error.strerror or error}"
    return Problem("SW302", message, fix=f"stop the program that has it, or set {variable} to another port")
