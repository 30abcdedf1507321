"""A collector of OpenTelemetry: takes spans by OTLP over HTTP and keeps them."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Received:
    """One span. `kind` is as OTLP has it, without its prefix: SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL."""

    trace: str
    id: str
    parent: str
    service: str
    name: str
    kind: str
    attributes: dict[str, Any]
    failed: bool
    resource: dict[str, Any]


class Collector:
    """`url` is what OTEL_EXPORTER_OTLP_ENDPOINT is to be. While `status` is not 200 it takes nothing."""

    def __init__(self) -> None:
        self.spans: list[Received] = []
        self.status = 200
        self.asked = 0
        self._news = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.path == "/v1/traces"
                self.send_response(collector._take(body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def wait_for(self, wanted: Callable[[list[Received]], Any], timeout: float = 60) -> Any:
        """What `wanted` makes of the spans that are here, as soon as that is something."""
        deadline = time.monotonic() + timeout
        with self._news:
            while not (found := wanted(self.spans)):
                left = deadline - time.monotonic()
                assert left > 0, "not among " + "\n".join(map(str, self.spans[-40:]))
                self._news.wait(left)
            return found

    def wait_until_asked(self, times: int, timeout: float = 60) -> None:
        """Return once it was asked so many times, whatever it answered."""
        with self._news:
            assert self._news.wait_for(lambda: self.asked >= times, timeout)

    def _take(self, body: bytes) -> int:
        with self._news:
            self.asked += 1
            if self.status == 200:
                self.spans += _read(ExportTraceServiceRequest.FromString(body))
            self._news.notify_all()
            return self.status

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that listens as long as the context lasts."""
    running = Collector()
    running.start()
    try:
        yield running
    finally:
        running.stop()


def _read(request: Any) -> Iterator[Received]:
    for of_resource in request.resource_spans:
        resource = _attributes(of_resource.resource.attributes)
        for of_scope in of_resource.scope_spans:
            for span in of_scope.spans:
                kind = span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_")
                yield Received(
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    resource["service.name"],
                    span.name,
                    kind,
                    _attributes(span.attributes),
                    span.status.code == span.status.STATUS_CODE_ERROR,
                    resource,
                )


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
