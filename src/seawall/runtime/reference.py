"""From ``module:name`` to the object: how a launcher finds the application that it is to run."""

import difflib
import gc
import importlib
import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from seawall.errors import Place, Problem, SeawallError
from seawall.runtime.redaction import redact


def load_reference(reference: str) -> object:
    """The object that ``module:name`` names; `name` may have dots. The current folder is searched first.

    Raises:
        SeawallError: SW401 where the module raises as it is imported, at the user's own line; SW402 where there is no
            such module or name. Problems that the module itself raises as `SeawallError` pass unchanged.
    """
    module_name, separator, name = reference.partition(":")
    if not (module_name and separator and name):
        raise SeawallError(
            Problem(
                "SW402", f"{reference!r} does not name an application", wanted="MODULE:NAME, such as orders.api:app"
            )
        )
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    with _no_collection():
        target: object = _import(module_name, reference)
    for part in name.split("."):
        target = _attribute(target, part, reference)
    return target


@contextmanager
def _no_collection() -> Generator[None]:
    """Import without the garbage collector, which would look at all modules again and again and find nothing.

    FastAPI is imported in two thirds of the time. What is there afterwards stays for good: it is not looked at again.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.enable()


def _import(module: str, reference: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except (KeyboardInterrupt, SeawallError):
        raise
    except ModuleNotFoundError as error:
        # The module itself, or a package that it lies in: nothing of the user's has run that could be at fault.
        if error.name and f"{module}.".startswith(f"{error.name}.") and user_place(error) is None:
            raise SeawallError(_no_module(error.name, reference)) from None
        raise SeawallError(_import_failed(error, reference)) from error
    except BaseException as error:  # sys.exit() at import, too, would end the launcher without a word
        raise SeawallError(_import_failed(error, reference)) from error


def _attribute(target: object, name: str, reference: str) -> object:
    try:
        return getattr(target, name)
    except AttributeError:
        near = difflib.get_close_matches(name, [known for known in dir(target) if not known.startswith("_")], n=1)
        owner = target.__name__ if isinstance(target, ModuleType) else type(target).__name__
        fix = f"did you mean {near[0]!r}?" if near else ""
        raise SeawallError(Problem("SW402", f"{reference}: {owner} has no {name!r}", fix=fix)) from None


def _no_module(missing: str, reference: str) -> Problem:
    return Problem("SW402", f"{reference}: there is no module {missing!r}", saw=f"searched from {Path.cwd()}")


def _import_failed(error: BaseException, reference: str) -> Problem:
    text = redact(str(error).partition("\n")[0])
    return Problem("SW401", f"{reference}: {type(error).__name__}: {text}", place=user_place(error))


def _foreign() -> tuple[str, ...]:
    """Frames of these files are not the user's: the standard library, installed packages, and Seawall itself."""
    import sysconfig  # noqa: PLC0415  # only who made a mistake pays for it

    paths = sysconfig.get_paths()
    libraries = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    return ("<", *libraries, str(Path(__file__).parents[1]))


def user_place(error: BaseException) -> Place | None:
    """The innermost line of the user's own code on the way to `error`."""
    if isinstance(error, SyntaxError) and error.filename:
        return Place(shown_path(error.filename), error.lineno or 1, error.offset or 0)
    foreign = _foreign()
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(foreign)]
    return Place(shown_path(own[-1].filename), own[-1].lineno or 1) if own else None


def shown_path(file: str) -> str:
    """A path as the reader knows it: relative where it lies below the current folder."""
    below = os.path.relpath(file)
    return file if below.startswith("..") else below
