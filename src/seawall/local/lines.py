"""Cuts what a child writes into lines."""

import asyncio
import codecs
from collections.abc import Callable, Iterator
from typing import Final

LINE_LIMIT: Final = 64 * 1024  # characters; a longer line comes in pieces, so that no child can fill the memory


class Lines(asyncio.Protocol):
    """Passes each line to `on_line`, without its end. What is not UTF-8 is replaced. `ended` is done after the last."""

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self._on_line = on_line
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Pass on the lines that are complete."""
        self._take(self._decoder.decode(data))

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes it by position
        """Pass on what is left, without a line end."""
        try:
            self._take(self._decoder.decode(b"", final=True))
            if self._rest:
                self._on_line(self._rest)
        finally:
            self.ended.set_result(None)

    def _take(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            for piece in _pieces(line.removesuffix("\r")):
                self._on_line(piece)
        while len(self._rest) > LINE_LIMIT:
            self._on_line(self._rest[:LINE_LIMIT])
            self._rest = self._rest[LINE_LIMIT:]


def _pieces(line: str) -> Iterator[str]:
    yield line[:LINE_LIMIT]
    for start in range(LINE_LIMIT, len(line), LINE_LIMIT):
        yield line[start : start + LINE_LIMIT]
