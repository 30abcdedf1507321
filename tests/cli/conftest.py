"""Fixtures of this folder."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("orders", "bin", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin" / "meilisearch").touch(0o755)
    return tmp_path / "orders"
