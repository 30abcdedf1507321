"""The code blocks of the documentation: Python is imported, stacks are validated, commands and links exist.

The Python blocks of one page that begin with ``# path/name.py`` are files of one project, imported there in the order
of the page. A block without a name is a fragment: it must compile.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.cli.main import build_parser

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*/*.md")])
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"#\s+([\w./-]+\.py)\b")
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
IMPORT = "import importlib, sys; sys.path.insert(0, '.'); importlib.import_module(sys.argv[1])"
RESOLVE = """
import pathlib
from seawall.cli.load import load
from seawall.stack.validate import resolve
loaded = load("stack.py")
for environment in loaded.stack.environments:
    resolve(loaded.stack, environment.name)
"""


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(page.read_text()) if found == language]


def files(page: Path) -> Iterator[tuple[str, str]]:
    """The blocks of a page that are files, with their names; a later block of the same name replaces the earlier."""
    for text in blocks(page, "python"):
        if match := NAME.match(text):
            yield match.group(1), text


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_python_blocks_run(page: Path, tmp_path: Path) -> None:
    for text in blocks(page, "python"):
        compile(text, named(page), "exec")
    for name, text in files(page):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for name, _ in files(page):
        code = [RESOLVE] if name == "stack.py" else [IMPORT, name.removesuffix(".py").replace("/", ".")]
        done = subprocess.run(
            [sys.executable, "-c", *code], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"{named(page)}: {name}\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_commands_exist(page: Path) -> None:
    makefiles = [file.read_text() for file in (ROOT / "Makefile", page.parent / "Makefile") if file.exists()]
    targets = set(re.findall(r"^([a-z0-9-]+):", "\n".join(makefiles), re.MULTILINE))
    for line in (line for text in blocks(page, "console") for line in text.splitlines() if line.startswith("$ ")):
        words = shlex.split(line[2:], comments=True)
        if words[0] == "seawall":
            build_parser().parse_args(words[1:])
        if words[0] == "make":
            assert set(words[1:]) <= targets, line


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text()):
        assert (page.parent / target).exists(), f"{named(page)} links to {target}"
