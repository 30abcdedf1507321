"""The process' logs: one line an event on standard output; the standard library's `logging` stays the user's API.

``logging.getLogger(__name__).info("order placed", extra={"order_id": 42})`` is all that an application writes. Fields
that belong to the request or job under way are bound with `bind` and appear on every line until `unbind`.
"""

import logging
import sys
import threading
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Final

from seawall.errors import SeawallError
from seawall.runtime import log_lines
from seawall.runtime.log_output import Output
from seawall.runtime.redaction import redact, redact_field
from seawall.runtime.settings import Settings

logger: Final = logging.getLogger("seawall")

STDOUT: Final = 1
STDERR: Final = 2

_bound: ContextVar[dict[str, object]] = ContextVar("seawall_log_fields")
_NOTHING: Final[dict[str, object]] = {}


def configure(settings: Settings, descriptor: int = STDOUT) -> None:
    """Send every log line of this process to `descriptor`, in the settings' format and from their level on.

    Replaces the root logger's handlers and those of uvicorn, whose access log is switched off: the chassis writes its
    own. Warnings and exceptions that nothing handled are logged too. May be called again.
    """
    root = logging.getLogger()
    root.handlers[:] = [LineHandler(settings, Output(descriptor))]
    root.setLevel(settings.log_level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        theirs = logging.getLogger(name)
        theirs.handlers.clear()
        theirs.propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_unhandled
    threading.excepthook = _log_unhandled_in_thread


def bind(**fields: object) -> Token[dict[str, object]]:
    """Put `fields`, such as ``request_id``, on every line that this context and what it starts log from now on."""
    return bind_plain({name: redact_field(name, value) for name, value in fields.items()})


def bind_plain(fields: dict[str, object]) -> Token[dict[str, object]]:
    """As `bind`, of fields that are known to hold no secret: they are not looked at."""
    outer = _bound.get(_NOTHING)
    return _bound.set({**outer, **fields} if outer else fields)


def unbind(token: Token[dict[str, object]]) -> None:
    """Take away what the `bind` that gave this `token` added."""
    _bound.reset(token)


def bound() -> dict[str, object]:
    """The fields of the request or job under way. Not to be changed."""
    return _bound.get(_NOTHING)


def direct() -> "LineHandler | None":
    """What writes every line of this process as JSON; None where records go elsewhere, too, or to a terminal.

    For one line a request: made of fixed parts it costs a tenth of a `logging.LogRecord`.
    """
    handlers = logging.root.handlers
    only = handlers[0] if len(handlers) == 1 else None
    return only if isinstance(only, LineHandler) and only.as_json else None


def configured() -> bool:
    """Whether `configure` decides where this process' lines go."""
    return any(isinstance(handler, LineHandler) for handler in logging.getLogger().handlers)


def stop(error: SeawallError, settings: Settings | None = None, *, as_json: bool = False) -> int:
    """Tell why the process ends, and return its exit status.

    As one document where that was asked for (`as_json`); as log lines where the settings ask for JSON, one for each
    problem; for people, and before there are settings, as text on standard error.
    """
    if as_json:
        document({"errors": [problem.as_dict() for problem in error.problems]})
    elif settings is not None and settings.log_format == "json":
        for problem in error.problems:
            logger.critical(problem.message, extra={"problem": problem.as_dict()})
    else:
        Output(STDERR).write(redact(str(error)).encode(errors="backslashreplace"))
    return error.exit_status


def document(value: dict[str, object]) -> None:
    """Write `value` as the one JSON line that a command with ``--json`` prints on standard output."""
    Output(STDOUT).write(log_lines.dump(value))


class LineHandler(logging.Handler):
    """Makes one line of each record and hands it to an `Output`."""

    def __init__(self, settings: Settings, output: Output) -> None:
        super().__init__()
        self.as_json = settings.log_format == "json"
        self.own = {"service": settings.service, "environment": settings.environment, "release": settings.release}
        self._output = output

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record's line; never raises."""
        try:
            line = self._line(record)
        except Exception as error:  # noqa: BLE001 - a line that cannot be made must not take the caller down
            line = log_lines.dump({"level": "error", "logger": __name__, "message": f"log line lost: {error!r}"})
        self.write(line)

    def write(self, line: bytes) -> None:
        """Write a line that is made already."""
        if self._output.write(line) and self._output.dropped and (lost := self._output.taken()):
            self.emit(logger.makeRecord(__name__, logging.WARNING, "", 0, "%d log lines were lost", (lost,), None))

    def _line(self, record: logging.LogRecord) -> bytes:
        bound_fields = _bound.get(_NOTHING)
        if self.as_json:
            return log_lines.json_line(record, self.own, bound_fields)
        return log_lines.console_line(record, bound_fields)


def _log_unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logger.critical("unhandled exception", exc_info=(kind, error, trace))


def _log_unhandled_in_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None and not issubclass(failed.exc_type, SystemExit):
        name = failed.thread.name if failed.thread else "unknown"
        failure = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        logger.critical("unhandled exception in thread %s", name, exc_info=failure)
