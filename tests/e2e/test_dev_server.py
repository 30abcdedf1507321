"""`Site(dev=...)`: the site's own server behind the edge, websockets included."""

import base64
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.cluster import free_port
from tests.support.up import Running, up

STACK = """
from seawall.stack import Environment, Site, stack


@stack("studio", environments=[Environment("dev")])
def studio(env):
    return [Site("web", root="dist", dev=["python3", "-I", "-S", "server.py"])]
"""
# Answers GET with its path, and an upgrade with 101 and then whatever it is sent.
SERVER = """
import http.server, os

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Connection", "Upgrade")
            self.send_header("Upgrade", "websocket")
            self.end_headers()
            while data := self.connection.recv(1024):
                self.connection.sendall(data)
            return
        body = f"dev {self.path}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()
"""


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "stack.py").write_text(STACK)
    (tmp_path / "server.py").write_text(SERVER)
    with up(tmp_path, "--port", f"web={free_port()}") as running:
        assert running.urls
        yield running


def test_pages_come_from_its_server_at_the_edge_and_at_its_own_port(studio: Running) -> None:
    for name in ("studio", "web"):
        assert httpx.get(f"{studio.urls[name]}/a/b?c=d").text == "dev /a/b?c=d"
    assert httpx.get(f"{studio.urls['studio']}/metrics").status_code == 404


def test_a_websocket_passes(studio: Running) -> None:
    at = urlsplit(studio.urls["studio"])
    key = base64.b64encode(os.urandom(16)).decode()
    upgrade = (
        f"GET /hmr HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    address = ("127.0.0.1", at.port or 0)
    with socket.create_connection(address, timeout=20) as connection, connection.makefile("rb") as answers:
        connection.sendall(upgrade.encode())
        assert answers.readline().startswith(b"HTTP/1.1 101")
        while answers.readline().strip():
            pass
        connection.sendall(b"changed")
        assert answers.read(len(b"changed")) == b"changed"  # what is read at once may be a part of it
