"""A client that never stops asking, on connections that it keeps."""

import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit


class Load:
    """What one thread for each method and URL has seen: answers by their ``version``, and every failure in words."""

    def __init__(self) -> None:
        self.versions: Counter[int] = Counter()
        self.failures: list[str] = []
        self.stop = threading.Event()

    def ask(self, method: str, url: str) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        while not self.stop.is_set():
            try:
                connection.request(method, parts.path)
                answer = connection.getresponse()
                body = answer.read()
                if answer.status == http.HTTPStatus.OK:
                    self.versions[json.loads(body)["version"]] += 1
                else:
                    self.failures.append(f"{method} {url}: {answer.status} {body!r}")
            except (OSError, http.client.HTTPException) as error:
                self.failures.append(f"{method} {url}: {error!r}")
                connection.close()
        connection.close()


@contextmanager
def load(*asked: tuple[str, str]) -> Iterator[Load]:
    """Ask for each (method, URL) again and again, as long as the block lasts."""
    asking = Load()
    threads = [threading.Thread(target=asking.ask, args=each) for each in asked]
    for thread in threads:
        thread.start()
    try:
        yield asking
    finally:
        asking.stop.set()
        for thread in threads:
            thread.join(60)
