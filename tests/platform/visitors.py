"""Visitors of a deployed system: they come through the Gateway, by its public name, a few requests a second each."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from tests.platform import kube

SECONDS: Final = 30.0  # for one request

Request = tuple[str, str] | tuple[str, str, dict[str, object]]  # method, path, and what is sent as JSON
JSON: Final = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Door:
    """Where the Gateway is, the name that visitors ask it for, whether by https, and the seconds that they wait."""

    address: str
    host: str
    tls: bool
    patience: float = SECONDS

    def connection(self) -> http.client.HTTPConnection:
        return _Secure(self) if self.tls else _Plain(self)

    def answer(self, method: str, path: str, sent: object = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request on a connection of its own."""
        connection = self.connection()
        try:
            body, headers = (json.dumps(sent).encode(), JSON) if sent is not None else (None, {})
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def status(self, path: str) -> int:
        return self.answer("GET", path)[0]

    def json(self, method: str, path: str, sent: object = None) -> Any:
        """What a request is answered, which must succeed."""
        status, _, body = self.answer(method, path, sent)
        assert status < http.HTTPStatus.BAD_REQUEST, body
        return json.loads(body)


class _Plain(http.client.HTTPConnection):
    def __init__(self, door: Door) -> None:
        super().__init__(door.host, timeout=door.patience)
        self._door = door

    def connect(self) -> None:
        self.sock = socket.create_connection((self._door.address, http.client.HTTP_PORT), self._door.patience)


class _Secure(http.client.HTTPSConnection):
    def __init__(self, door: Door) -> None:
        # Nobody issued the certificate: only its name could be asked, and SNI has asked for it.
        self._unverified = ssl.create_default_context()
        self._unverified.check_hostname = False
        self._unverified.verify_mode = ssl.CERT_NONE
        super().__init__(door.host, timeout=door.patience, context=self._unverified)
        self._door = door

    def connect(self) -> None:
        plain = socket.create_connection((self._door.address, http.client.HTTPS_PORT), self._door.patience)
        self.sock = self._unverified.wrap_socket(plain, server_hostname=self._door.host)


def door(gateway: kube.Tree, host: str) -> Door:
    """That of a rendered Gateway, once it has an address."""
    where = (kube.name_of(gateway), "--namespace", gateway["metadata"]["namespace"])

    def address() -> str:
        addresses = kube.got("gateway", *where).get("status", {}).get("addresses", ())
        return addresses[0]["value"] if addresses else ""

    tls = any(each["protocol"] == "HTTPS" for each in gateway["spec"]["listeners"])
    return Door(kube.until(address, 60, f"the address of {where[0]}"), host, tls)


class Visits:
    """What visitors saw: how many answers, what was answered to POST, and each failure in words with its moment."""

    def __init__(self) -> None:
        self.answered = 0
        self.posted: list[dict[str, Any]] = []
        self.failures: list[tuple[float, str]] = []
        self.stop = threading.Event()
        self._lock = threading.Lock()

    @property
    def all(self) -> int:
        with self._lock:
            return self.answered + len(self.failures)

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.failures]

    def wait_for(self, number: int) -> None:
        """Until there were so many of them."""
        kube.until(lambda: self.all >= number, 900, f"{number:,} requests")

    def visit(self, to: Door, requests: Sequence[Request], pause: float, *, keep: bool) -> None:
        """One visitor, who keeps the connection or takes a new one for each request."""
        connection = to.connection()
        number = 0
        while not self.stop.wait(pause):
            method, path, *sent = requests[number % len(requests)]
            number += 1
            body = json.dumps(sent[0]).encode() if sent else None
            headers = ({} if keep else {"Connection": "close"}) | (JSON if sent else {})
            try:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                self._note(method, path, answer.status, answer.read())
            except (OSError, http.client.HTTPException) as error:
                self._failed(f"{method} {path}: {error!r}")
                connection.close()
        connection.close()

    def _note(self, method: str, path: str, status: int, body: bytes) -> None:
        if status >= http.HTTPStatus.BAD_REQUEST:
            self._failed(f"{method} {path}: {status} {body[:200]!r}")
            return
        with self._lock:
            self.answered += 1
            if method == "POST":
                self.posted.append(json.loads(body))

    def _failed(self, words: str) -> None:
        with self._lock:
            self.failures.append((time.monotonic(), words))


@contextmanager
def visitors(to: Door, *requests: Request, number: int = 4, pause: float = 0.2) -> Iterator[Visits]:
    """Visitors who come as long as the block lasts; every second one keeps the connection."""
    visits = Visits()
    threads = [
        threading.Thread(target=visits.visit, args=(to, requests, pause), kwargs={"keep": bool(each % 2)})
        for each in range(number)
    ]
    for thread in threads:
        thread.start()
    try:
        yield visits
    finally:
        visits.stop.set()
        for thread in threads:
            thread.join(2 * SECONDS)
