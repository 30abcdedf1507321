import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from seawall.local.watch import Scope, Watch, look

Change = Callable[[], object]


def scope(folder: Path, without: Path | None = None) -> Scope:
    return Scope((folder,), (folder / ".env",), frozenset({without} if without else set()))


def project(folder: Path, *files: str) -> None:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("1\n")


def test_only_what_belongs_to_services_is_looked_at(tmp_path: Path) -> None:
    wanted = {"stack.py", "api/main.py", "migrations/0001_a.sql", ".env"}
    left_out = (
        "api/__pycache__/main.py",
        ".seawall/x.py",
        ".venv/lib/y.py",
        "env/pyvenv.cfg",
        "env/lib/z.py",
        "tests/test_api.py",
        "api/tests/test_main.py",
        "web/app.py",
        "web/node_modules/gyp.py",
        "README.md",
        "api/notes.txt",
    )
    project(tmp_path, *wanted, *left_out)
    found = look(scope(tmp_path, tmp_path / "web"))
    assert {str(path.relative_to(tmp_path)) for path in found} == wanted


def rename(file: Path) -> None:
    new = file.with_name("main.py.new")
    new.write_text("2\n")
    new.replace(file)


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda folder: (folder / "main.py").write_text("changed\n"),
    "replaced by an editor": lambda folder: rename(folder / "main.py"),
    "removed": lambda folder: (folder / "main.py").unlink(),
    "made": lambda folder: (folder / "new.py").write_text("new\n"),
}


@asynccontextmanager
async def waiting(watch: Watch) -> AsyncIterator[Callable[[], Awaitable[set[Path]]]]:
    changes = asyncio.create_task(watch.changes())

    async def get() -> set[Path]:
        async with asyncio.timeout(10):
            return await changes

    try:
        yield get
    finally:
        changes.cancel()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_a_file_that_is_not_as_it_was_is_told(tmp_path: Path, change: Callable[[Path], object]) -> None:
    project(tmp_path, "main.py", "other.py")
    watch = Watch(lambda: scope(tmp_path), interval=0.01)
    change(tmp_path)
    async with waiting(watch) as changes:
        assert {path.name for path in await changes()} in ({"main.py"}, {"new.py"})


async def test_nothing_is_told_while_files_go_on_changing(tmp_path: Path) -> None:
    project(tmp_path, "a.py")
    watch = Watch(lambda: scope(tmp_path), interval=0.1)
    async with waiting(watch) as changes:
        for number in range(20):
            (tmp_path / f"new{number}.py").write_text("1\n")
            await asyncio.sleep(0.01)
        told = await changes()
    assert len(told) == 20


async def test_a_folder_that_comes_into_view_has_not_changed(tmp_path: Path) -> None:
    project(tmp_path, "one/a.py", "two/b.py")
    folders = [tmp_path / "one"]
    watch = Watch(lambda: Scope(tuple(folders), (), frozenset()), interval=0.01)
    folders.append(tmp_path / "two")
    async with waiting(watch) as changes:
        (tmp_path / "one" / "a.py").write_text("changed\n")
        assert {path.name for path in await changes()} == {"a.py"}
