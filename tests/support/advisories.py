"""A database of advisories that Trivy takes for its own, with what a test puts in: nothing has to be downloaded.

Trivy's is a file of bbolt, https://github.com/etcd-io/bbolt/tree/main/internal/common (pages, checked by FNV-1a), with
the buckets of https://github.com/aquasecurity/trivy-db/blob/main/pkg/db/db.go.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Bucket: TypeAlias = "dict[str, Bucket | bytes]"

_PAGE: Final = 4096
_LEAF, _META, _FREE = 0x02, 0x04, 0x10
_MAGIC, _VERSION = 0xED0CDAED, 2
_FIRST: Final = 3  # after two pages that say where the root is, and one that lists free pages
_HEADER: Final = struct.Struct("<QHHI")
_ELEMENT: Final = struct.Struct("<IIII")


@dataclass(frozen=True)
class Advisory:
    """One on a source package of Debian 13: how bad it is, and the version that mends it, if one does."""

    name: str
    severity: str
    mended: str
    package: str = "zlib"


def written(folder: Path, advisory: Advisory) -> None:
    """Write the database into Trivy's `folder`."""
    system = "debian 13"
    source = {"ID": "debian", "Name": "test", "URL": "https://example.com"}
    fixed = {"FixedVersion": advisory.mended} if advisory.mended else {}
    tree: Bucket = {
        "data-source": {system: _json(source)},
        system: {advisory.package: {advisory.name: _json(fixed)}},
        "vulnerability": {advisory.name: _json({"Title": "made up", "Severity": advisory.severity})},
    }
    (folder / "db").mkdir(parents=True)
    (folder / "db" / "trivy.db").write_bytes(_file(tree))
    times = dict.fromkeys(("NextUpdate", "UpdatedAt", "DownloadedAt"), "2999-01-01T00:00:00Z")
    (folder / "db" / "metadata.json").write_bytes(_json({"Version": 2, **times}))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _file(tree: Bucket) -> bytes:
    pages: list[bytes] = []
    root = _added(tree, pages)
    free = _HEADER.pack(2, _FREE, 0, 0).ljust(_PAGE, b"\0")
    metas = [_meta(number, root, _FIRST + len(pages)) for number in (0, 1)]
    return b"".join((*metas, free, *pages))


def _meta(number: int, root: int, end: int) -> bytes:
    body = struct.pack("<IIIIQQQQQ", _MAGIC, _VERSION, _PAGE, 0, root, 0, 2, end, number)
    return (_HEADER.pack(number, _META, 0, 0) + body + struct.pack("<Q", _fnv(body))).ljust(_PAGE, b"\0")


def _added(bucket: Bucket, pages: list[bytes]) -> int:
    """Add the page of a bucket after those of the buckets in it; returns its number."""
    content: list[tuple[bytes, int, bytes]] = []
    for name, value in sorted(bucket.items()):
        if isinstance(value, bytes):
            content.append((name.encode(), 0, value))
        else:
            content.append((name.encode(), 1, struct.pack("<QQ", _added(value, pages), 0)))
    number, elements, data = _FIRST + len(pages), b"", b""
    for at, (key, is_bucket, value) in enumerate(content):
        position = (len(content) - at) * _ELEMENT.size + len(data)
        elements += _ELEMENT.pack(is_bucket, position, len(key), len(value))
        data += key + value
    page = _HEADER.pack(number, _LEAF, len(content), 0) + elements + data
    assert len(page) <= _PAGE
    pages.append(page.ljust(_PAGE, b"\0"))
    return number


def _fnv(data: bytes) -> int:
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 % 2**64
    return found
