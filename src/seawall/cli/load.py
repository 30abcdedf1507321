"""Finding ``stack.py``, running it, and getting the one stack that it holds."""

import importlib
import os
import sys
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import seawall
from seawall.errors import Place, Problem, SeawallError, UsageError
from seawall.stack import Stack, System
from seawall.stack.faults.calls import call_problem, said
from seawall.stack.sources import Sources
from seawall.stack.validate import resolve, resolve_all

STACK_FILE: Final = "stack.py"
_MODULE: Final = "seawall_user_stack"  # not "stack": a project may have a package of that name


@dataclass(frozen=True)
class Loaded:
    """A stack, the file that holds it, that file's folder, and how its files are shown in errors."""

    stack: Stack
    file: Path
    folder: Path
    sources: Sources
    modules: dict[str, ModuleType] = field(repr=False)

    def resolve(self, environment: str | None = None) -> System:
        """The validated stack in one environment, the first where no name is given.

        Raises:
            SeawallError: SW106, or everything that is wrong in any environment.
        """
        with _hiding_secrets(), _importing_from(self.folder, self.modules):
            return resolve(self.stack, environment, self.sources)

    def resolve_all(self) -> tuple[System, ...]:
        """The validated stack in each of its environments.

        Raises:
            SeawallError: everything that is wrong in any environment.
        """
        with _hiding_secrets(), _importing_from(self.folder, self.modules):
            return resolve_all(self.stack, self.sources)


def load(file: str | None = None) -> Loaded:
    """The stack of `file` (a file, or the folder of a ``stack.py``), or of the nearest ``stack.py`` upward from here.

    Raises:
        UsageError: SW101, there is no such file.
        SeawallError: SW102, SW103 or SW105, the file does not run or does not hold exactly one stack.
    """
    path = locate(file)
    folder = path.parent
    shown = _shown(str(path))
    sources = Sources(_shown, _read, lambda name: _is_users(name, folder))
    module = ModuleType(_MODULE)
    module.__file__ = str(path)
    modules: dict[str, ModuleType] = {_MODULE: module}
    with _hiding_secrets(), _importing_from(folder, modules):
        try:
            exec(_compiled(path, shown), vars(module))  # noqa: S102 - running the user's stack.py is what is asked for
        except (Exception, SystemExit) as error:
            problem = call_problem(error, sources) or Problem("SW102", said(error), Place(shown, 1))
            raise SeawallError(problem) from error
    return Loaded(_only_stack(module, shown, sources), path, folder, sources, modules)


def locate(file: str | None = None) -> Path:
    """The stack file that `load` would run, for who only wants its folder.

    Raises:
        UsageError: SW101, there is no such file.
    """
    return _find(Path.cwd()) if file is None else _given(Path(file))


def _find(here: Path) -> Path:
    for folder in (here, *here.parents):
        if (folder / STACK_FILE).is_file():
            return folder / STACK_FILE
    message = f"no {STACK_FILE} in {here.name or here}/ or its parents"
    raise UsageError(Problem("SW101", message, fix="seawall init, or pass --file PATH"))


def _given(path: Path) -> Path:
    file = path / STACK_FILE if path.is_dir() else path
    if not file.is_file():
        raise UsageError(Problem("SW101", f"no file {path}", fix=f"--file PATH/{STACK_FILE}"))
    return file.parent.resolve() / file.name


def _compiled(path: Path, shown: str) -> CodeType:
    """The code, under the name that the reader knows: the values it makes have their places in it."""
    return compile(path.read_bytes(), shown, "exec", dont_inherit=True)


@contextmanager
def _importing_from(folder: Path, modules: dict[str, ModuleType]) -> Generator[None]:
    """Let imports find the project's modules first, and take them away afterwards, so that two stacks do not mix.

    `modules` are the project's modules so far; those that are imported meanwhile are added. No bytecode is written.
    """
    path, writes_nothing = list(sys.path), sys.dont_write_bytecode
    hidden = {name: sys.modules[name] for name in modules if name in sys.modules}
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    sys.modules.update(modules)
    before = set(sys.modules)
    importlib.invalidate_caches()
    try:
        yield
    finally:
        new = {name: module for name, module in sys.modules.items() if name not in before}
        modules.update({name: module for name, module in new.items() if _lies_in(module, folder)})
        for name in modules:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)
        sys.path[:] = path
        sys.dont_write_bytecode = writes_nothing


@contextmanager
def _hiding_secrets() -> Generator[None]:
    """What the user's own code says and is may hold a URL with its password."""
    try:
        yield
    except SeawallError as error:
        from seawall.runtime.redaction import redact  # noqa: PLC0415  # only who made a mistake pays for it

        first, *more = (
            replace(each, message=redact(each.message), saw=redact(each.saw), excerpt=tuple(map(redact, each.excerpt)))
            for each in error.problems
        )
        error.problems = (first, *more)
        raise


def _lies_in(module: ModuleType, folder: Path) -> bool:
    places = [getattr(module, "__file__", None) or "", *getattr(module, "__path__", [])]
    return any(place and _is_users(str(place), folder) for place in places)


def _is_users(file: str, folder: Path) -> bool:
    """Whether a file is the project's: in its folder, and not of a library that is installed there."""
    path = Path(file).absolute()
    libraries = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries.append(Path(seawall.__file__).parent)
    frozen = file.startswith("<")
    return not frozen and path.is_relative_to(folder) and not any(path.is_relative_to(each) for each in libraries)


def _shown(file: str) -> str:
    """The file relative to where the reader stands, if one of the two lies above the other."""
    here, path = Path.cwd(), Path(file).absolute()
    near = path.is_relative_to(here) or here.is_relative_to(path.parent)
    return os.path.relpath(path, here) if near else str(path)


def _read(file: str) -> str:
    import tokenize  # noqa: PLC0415  # only who explains or made a mistake pays for it

    try:
        with tokenize.open(file) as text:  # in the encoding that the file declares
            return text.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""


def _only_stack(module: ModuleType, shown: str, sources: Sources) -> Stack:
    stacks = {id(value): (name, value) for name, value in vars(module).items() if isinstance(value, Stack)}
    if len(stacks) == 1:
        return next(iter(stacks.values()))[1]
    if stacks:
        names = " and ".join(f"{name} ({sources.place(stack)})" for name, stack in stacks.values())
        raise SeawallError(Problem("SW103", f"{shown} holds {len(stacks)} stacks: {names}", fix="one file for each"))
    message = f"{shown} holds no stack"
    raise SeawallError(
        Problem(
            "SW103",
            message,
            Place(shown, 1),
            fix='@stack("name", environments=[Environment("dev")]) above the function',
        )
    )
