"""`python -m seawall.service MODULE:APP` runs a service; `--describe` prints what it says of itself."""

import argparse
import inspect
import logging
import os
import sys
from typing import TYPE_CHECKING, Final, cast

from seawall import contract
from seawall.errors import Problem, SeawallError
from seawall.runtime import logs, settings, traces
from seawall.service.app import Service
from seawall.service.server import run

if TYPE_CHECKING:
    from seawall.runtime.asgi import App

logger: Final = logging.getLogger(__name__)


def main() -> int:
    """The command; returns its exit status."""
    arguments = _parser().parse_args()
    here: settings.Settings | None = None
    try:
        settings.load_secrets(os.environ)
        os.environ.setdefault(contract.SERVICE, arguments.reference.partition(":")[0])
        here = settings.read(os.environ)
        if not arguments.describe:
            logs.configure(here)
            traces.setup(here, os.environ)  # before the application is imported, which may make spans of its own
        service = _load(arguments.reference)
        if arguments.describe:
            from seawall.service.describe import describe  # noqa: PLC0415  # a service that runs does not pay for it

            logs.document(describe(arguments.reference, service))
        else:
            service.prepare()
            run(service)
    except SeawallError as error:
        if error.__cause__ is not None and here is not None and here.log_format == "json" and not arguments.json:
            logger.exception("why the application cannot be imported", exc_info=error.__cause__)  # frames, not text
        return logs.stop(error, None if arguments.describe else here, as_json=arguments.json)
    return 0


def _load(reference: str) -> Service:
    """The service that `reference` names; a plain ASGI application becomes one."""
    found = settings.load_reference(reference)
    if isinstance(found, Service):
        return found
    if _is_asgi(found):
        return Service(cast("App", found))
    kind = f"a {'class' if inspect.isclass(found) else type(found).__name__}"
    raise SeawallError(
        Problem(
            "SW402",
            f"{reference} is not an ASGI application",
            saw=kind,
            wanted="an application, or Service(application)",
        )
    )


def _is_asgi(found: object) -> bool:
    if not callable(found) or inspect.isclass(found):
        return False
    try:
        inspect.signature(found).bind("scope", "receive", "send")
    except (TypeError, ValueError):  # a function of no arguments that makes an application is not one itself
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m seawall.service", description="Run an ASGI application.")
    parser.add_argument("reference", metavar="MODULE:APP", help="such as orders.api:app")
    parser.add_argument("--describe", action="store_true", help="print what the application says of itself, as JSON")
    parser.add_argument("--json", action="store_true", help="print errors as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
