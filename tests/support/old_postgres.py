"""A server that speaks just enough of PostgreSQL's protocol to say which version it is.

https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_PROTOCOL_3 = 196608  # what a start-up message says; any other number asks for TLS or the like


@contextmanager
def saying(version: str) -> Iterator[int]:
    """Let everybody in and call itself `version`; yields the port."""

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self._start_up() != _PROTOCOL_3:
                self.wfile.write(b"N")  # not here
            self._send(b"R", struct.pack("!i", 0))  # let in
            self._send(b"S", f"server_version\0{version}\0".encode())
            self._send(b"K", struct.pack("!ii", 1, 1))  # for cancelling
            self._send(b"Z", b"I")  # ready, in no transaction
            self.rfile.read()  # it never hangs up first, as PostgreSQL does when the client says goodbye

        def _start_up(self) -> int:
            length, code = struct.unpack("!ii", self.rfile.read(8))
            self.rfile.read(length - 8)
            return int(code)

        def _send(self, kind: bytes, body: bytes) -> None:
            self.wfile.write(kind + struct.pack("!i", len(body) + 4) + body)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            serving.join()
