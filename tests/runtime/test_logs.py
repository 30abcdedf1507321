import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from seawall.errors import Problem, SeawallError
from seawall.runtime import logs, settings

PREAMBLE = """
import logging, os, sys, threading, time, warnings
from seawall.runtime import logs, settings
logs.configure(settings.read(os.environ))
logger = logging.getLogger("shop")
"""


def start(code: str, **variables: str) -> "subprocess.Popen[bytes]":
    environ = {"PATH": os.environ["PATH"], "SEAWALL_SERVICE": "orders", **variables}
    command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(code)]
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(code: str, status: int = 0, **variables: str) -> list[dict[str, Any]]:
    """The lines that a process logged; it must end with `status` and print nothing else."""
    process = start(code, **variables)
    out, err = process.communicate(timeout=30)
    assert err == b""
    assert process.returncode == status
    return [json.loads(line) for line in out.splitlines()]


def test_the_users_own_logging_makes_the_lines() -> None:
    (line,) = run("logger.debug('no'); logger.info('order %s', 7, extra={'order_id': 7})")
    assert (line["message"], line["order_id"], line["service"]) == ("order 7", 7, "orders")


def test_the_level_is_the_settings() -> None:
    lines = run("logger.info('no'); logger.warning('yes')", LOG_LEVEL="warn")
    assert [line["message"] for line in lines] == ["yes"]


def test_warnings_are_logged() -> None:
    (line,) = run("warnings.warn('careful')")
    assert (line["logger"], line["level"]) == ("py.warnings", "warning")


def test_an_exception_that_nothing_handles_is_logged() -> None:
    (line,) = run("raise RuntimeError('postgresql://u:canary@h/d')", status=1)
    assert (line["level"], line["exception"]["type"]) == ("critical", "RuntimeError")
    assert "canary" not in json.dumps(line)


def test_an_exception_in_a_thread_is_logged() -> None:
    (line,) = run("t = threading.Thread(target=lambda: 1 / 0, name='beat'); t.start(); t.join()")
    assert line["message"] == "unhandled exception in thread beat"
    assert line["exception"]["type"] == "ZeroDivisionError"


def test_a_thread_that_exits_is_no_event() -> None:
    assert run("t = threading.Thread(target=sys.exit); t.start(); t.join()") == []


def test_uvicorn_writes_our_lines_and_no_access_log() -> None:
    lines = run(
        """
        import uvicorn.config
        import logging.config
        logging.config.dictConfig(uvicorn.config.LOGGING_CONFIG)
        logs.configure(settings.read(os.environ))
        logging.getLogger("uvicorn.error").info("Started")
        logging.getLogger("uvicorn.access").info("GET / 200")
        """
    )
    assert [(line["logger"], line["message"]) for line in lines] == [("uvicorn.error", "Started")]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_line_is_lost_however_the_process_dies(how: signal.Signals) -> None:
    process = start(
        """
        for n in range(100):
            logger.info("line", extra={"n": n})
        print("x", file=sys.stderr, flush=True)
        time.sleep(60)
        """
    )
    assert process.stderr is not None
    assert process.stderr.readline() == b"x\n"
    process.send_signal(how)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == -how
    assert [json.loads(line)["n"] for line in out.splitlines()] == list(range(100))


def test_a_reader_that_is_gone_does_not_end_the_process() -> None:
    process = start(
        """
        sys.stdin.read(1)
        logger.info("into the void")
        print("alive", file=sys.stderr)
        """
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, b"alive\n")


def test_lost_lines_are_counted_once_lines_get_through_again() -> None:
    lines = run(
        """
        out = os.dup(1)
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, 1)
        logger.info("lost"); logger.info("lost")
        os.dup2(out, 1)
        logger.info("here"); logger.info("again")
        """
    )
    assert [line["message"] for line in lines] == ["here", "2 log lines were lost", "again"]


def test_console_lines_are_for_people() -> None:
    process = start("logger.info('order placed', extra={'order_id': 7})", LOG_FORMAT="console")
    out, _ = process.communicate(timeout=30)
    assert out.decode().endswith("INFO  shop: order placed order_id=7\n")


async def test_bound_fields_belong_to_one_task() -> None:
    async def handle(request_id: str) -> dict[str, object]:
        token = logs.bind(request_id=request_id)
        await asyncio.sleep(0)
        inner = logs.bind(job_id=1)
        try:
            return dict(logs.bound())
        finally:
            logs.unbind(inner)
            logs.unbind(token)
            assert logs.bound() == {}

    assert list(await asyncio.gather(handle("a"), handle("b"))) == [
        {"request_id": "a", "job_id": 1},
        {"request_id": "b", "job_id": 1},
    ]


def test_bound_secrets_are_masked() -> None:
    token = logs.bind(authorization="canary", user="u")
    assert logs.bound() == {"authorization": "***", "user": "u"}
    logs.unbind(token)


def test_bound_fields_are_on_every_line() -> None:
    lines = run("t = logs.bind(request_id='r'); logger.info('a'); logs.unbind(t); logger.info('b')")
    assert [line.get("request_id") for line in lines] == ["r", None]


def test_why_a_process_stops_is_a_line_for_machines() -> None:
    (line,) = run(
        """
        from seawall.errors import Problem, SeawallError
        error = SeawallError(Problem("SW404", "KEY is not set", fix="set it"))
        assert logs.stop(error, settings.read(os.environ)) == 1
        """
    )
    assert (line["message"], line["problem"]["code"], line["problem"]["fix"]) == ("KEY is not set", "SW404", "set it")


def test_why_a_process_stops_is_text_for_people(capfd: pytest.CaptureFixture[str]) -> None:
    error = SeawallError(Problem("SW404", "KEY is not set"), Problem("SW405", "PORT of postgresql://u:canary@h/d"))
    assert logs.stop(error, settings.read({"LOG_FORMAT": "console"})) == 1
    written = capfd.readouterr()
    assert written.out == ""
    assert written.err == "error[SW404]: KEY is not set\nerror[SW405]: PORT of postgresql://u:***@h/d\n"


def test_a_document_is_one_json_line_on_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    logs.document({"a": 1})
    assert capfd.readouterr().out == '{"a":1}\n'
