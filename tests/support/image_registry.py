"""A registry of images on this machine: as much of the OCI distribution specification as a push and a pull need.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_UPLOAD = re.compile(r"/v2/(?P<name>.+)/blobs/uploads/(?P<id>[^/]*)")
_BLOB = re.compile(r"/v2/(?P<name>.+)/blobs/(?P<digest>sha256:[0-9a-f]{64})")
_MANIFEST = re.compile(r"/v2/(?P<name>.+)/manifests/(?P<reference>[^/]+)")


@dataclass
class Registry:
    """What was pushed: blobs by digest, manifests by name and reference (tag or digest) with their types."""

    port: int = 0
    refuses: bool = False
    blobs: dict[str, bytes] = field(default_factory=dict)
    manifests: dict[tuple[str, str], tuple[str, bytes]] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def digest(self, name: str, tag: str) -> str:
        """The digest of what a tag names."""
        return _digest(self.manifests[name, tag][1])


@contextmanager
def registry() -> Iterator[Registry]:
    """A registry on a free port, without TLS, which engines allow on this address."""
    found = Registry()

    class Handler(_Handler):
        state = found

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Registry

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/v2/":
            self._answer(200)
        elif (blob := _BLOB.fullmatch(path)) and blob["digest"] in self.state.blobs:
            self._answer(200, self.state.blobs[blob["digest"]], {"Docker-Content-Digest": blob["digest"]})
        elif (asked := _MANIFEST.fullmatch(path)) and (asked["name"], asked["reference"]) in self.state.manifests:
            kind, content = self.state.manifests[asked["name"], asked["reference"]]
            self._answer(200, content, {"Content-Type": kind, "Docker-Content-Digest": _digest(content)})
        else:
            self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        found = _UPLOAD.fullmatch(urlsplit(self.path).path)
        if self.state.refuses or found is None:
            self._body()
            self._answer(403, b'{"errors": [{"code": "DENIED", "message": "requested access is denied"}]}')
            return
        identity = uuid.uuid4().hex
        self.state.uploads[identity] = self._body()
        self._answer(202, headers={"Location": f"/v2/{found['name']}/blobs/uploads/{identity}", "Range": "0-0"})

    def do_PATCH(self) -> None:
        found = _UPLOAD.fullmatch(urlsplit(self.path).path)
        assert found is not None
        self.state.uploads[found["id"]] += self._body()
        size = len(self.state.uploads[found["id"]])
        self._answer(202, headers={"Location": urlsplit(self.path).path, "Range": f"0-{max(size - 1, 0)}"})

    def do_PUT(self) -> None:
        split = urlsplit(self.path)
        body = self._body()
        if upload := _UPLOAD.fullmatch(split.path):
            (digest,) = parse_qs(split.query)["digest"]
            content = self.state.uploads.pop(upload["id"]) + body
            assert _digest(content) == digest
            self.state.blobs[digest] = content
        else:
            pushed = _MANIFEST.fullmatch(split.path)
            assert pushed is not None
            digest = _digest(body)
            for reference in (pushed["reference"], digest):
                self.state.manifests[pushed["name"], reference] = (self.headers["Content-Type"], body)
        self._answer(201, headers={"Location": split.path, "Docker-Content-Digest": digest})

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"
