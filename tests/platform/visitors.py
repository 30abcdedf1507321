"""Visitors of a deployed system: they come through the Gateway, by its public name, a few requests a second each."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tests.platform import kube

SECONDS: Final = 30.0  # for one request
HTTPS: Final = 443

Request = tuple[str, str]  # method and path


@dataclass(frozen=True)
class Door:
    """Where the Gateway is, and the name that visitors ask it for."""

    address: str
    host: str

    def connection(self) -> http.client.HTTPSConnection:
        return _Connection(self)

    def answer(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Status and body of one request on a connection of its own."""
        status, _, content = self.whole(method, path, body)
        return status, content

    def whole(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, str], bytes]:
        connection = self.connection()
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()


class _Connection(http.client.HTTPSConnection):
    def __init__(self, door: Door) -> None:
        # Nobody signed the certificate; that it is the rendered Gateway's for this name is asked by a test.
        self._unverified = ssl.create_default_context()
        self._unverified.check_hostname = False
        self._unverified.verify_mode = ssl.CERT_NONE
        super().__init__(door.host, timeout=SECONDS, context=self._unverified)
        self._door = door

    def connect(self) -> None:
        plain = socket.create_connection((self._door.address, HTTPS), SECONDS)
        self.sock = self._unverified.wrap_socket(plain, server_hostname=self._door.host)


def door(gateway: str, namespace: str, host: str) -> Door:
    """That of a Gateway, once it has an address."""

    def address() -> str:
        found = kube.got("gateway", gateway, "--namespace", namespace)
        addresses = found.get("status", {}).get("addresses", ())
        return addresses[0]["value"] if addresses else ""

    return Door(kube.until(address, 60, f"the address of {gateway}"), host)


class Visits:
    """What visitors saw: how many answers, and each failure in words with its moment."""

    def __init__(self) -> None:
        self.answered = 0
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

    def visit(self, to: Door, requests: Sequence[Request], pause: float, *, keep: bool) -> None:
        """One visitor, who keeps the connection or takes a new one for each request."""
        connection = to.connection()
        number = 0
        while not self.stop.wait(pause):
            method, path = requests[number % len(requests)]
            number += 1
            try:
                connection.request(method, path, headers={} if keep else {"Connection": "close"})
                answer = connection.getresponse()
                body = answer.read()
                failed = "" if answer.status < http.HTTPStatus.BAD_REQUEST else f"{answer.status} {body[:200]!r}"
            except (OSError, http.client.HTTPException) as error:
                failed = repr(error)
                connection.close()
            with self._lock:
                if failed:
                    self.failures.append((time.monotonic(), f"{method} {path}: {failed}"))
                else:
                    self.answered += 1
        connection.close()


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
