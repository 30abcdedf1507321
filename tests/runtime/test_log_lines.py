import json
import logging
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.runtime import log_lines

OWN = {"service": "orders", "environment": "prod", "release": "3f9a"}


def record(message: str = "placed", *arguments: object, error: BaseException | None = None, **extra: object) -> Any:
    failed = (type(error), error, error.__traceback__) if error else None
    return logging.getLogger("shop").makeRecord(
        "shop", logging.INFO, "f.py", 1, message, arguments, failed, extra=extra
    )


def line(message: str = "placed", *arguments: object, bound: dict[str, object] | None = None, **rest: Any) -> Any:
    return json.loads(log_lines.json_line(record(message, *arguments, **rest), OWN, bound or {}))


def raised(error: BaseException) -> BaseException:
    def fail() -> None:
        raise error

    try:
        fail()
    except BaseException as caught:  # noqa: BLE001 - it is made to be shown
        return caught
    raise AssertionError


def test_a_line_has_the_contracts_fields_in_their_order() -> None:
    found = line("order %d", 7, bound={"request_id": "r1"}, order_id=7)
    names = ["timestamp", "level", "message", "logger", *OWN, "request_id", "order_id"]
    assert list(found) == names
    assert found["message"] == "order 7"
    assert found["level"] == "info"
    assert {key: found[key] for key in OWN} == OWN


def test_the_time_is_rfc_3339_in_utc() -> None:
    assert log_lines.timestamp(1_764_000_000.25) == "2025-11-24T16:00:00.250000Z"
    assert datetime.fromisoformat(line()["timestamp"]).tzinfo == UTC


def test_an_event_cannot_overwrite_the_contracts_fields() -> None:
    found = line(bound={"request_id": "r1"}, service="mine", request_id="mine")
    assert (found["service"], found["service_"]) == ("orders", "mine")
    assert (found["request_id"], found["request_id_"]) == ("r1", "mine")


def test_an_exception_is_shown_as_frames_without_locals() -> None:
    password = "canary"  # noqa: F841 - a local variable that must not be seen
    error = raised(ValueError("no postgresql://u:canary@h/d"))
    shown = line(error=error)["exception"]
    assert shown["type"] == "ValueError"
    assert shown["message"] == "no postgresql://u:***@h/d"
    assert shown["frames"][-1] == {"file": __file__, "line": raised.__code__.co_firstlineno + 2, "function": "fail"}
    assert "canary" not in json.dumps(line(error=error))


def test_causes_and_groups_are_shown() -> None:
    error = ExceptionGroup("two", [ValueError("a"), KeyError("b")])
    error.__cause__ = RuntimeError("why")
    shown = line(error=raised(error))["exception"]
    assert shown["cause"]["message"] == "why"
    assert [each["type"] for each in shown["exceptions"]] == ["ValueError", "KeyError"]


def test_a_context_that_was_suppressed_is_not_shown() -> None:
    error = ValueError("a")
    error.__context__ = RuntimeError("hidden")
    assert line(error=error)["exception"]["cause"]["message"] == "hidden"
    error.__suppress_context__ = True
    assert "cause" not in line(error=error)["exception"]


def test_a_chain_without_end_ends() -> None:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert json.dumps(line(error=first)).count('"type"') == 11


def test_a_deep_recursion_is_shown_by_its_innermost_frames() -> None:
    def deeper() -> None:
        deeper()

    with pytest.raises(RecursionError) as caught:
        deeper()
    assert len(line(error=caught.value)["exception"]["frames"]) == 50


def test_secrets_in_fields_are_masked() -> None:
    found = line("at %s", "postgresql://u:canary@h/d", password="canary", headers={"Cookie": "canary"}, tokens=3)
    assert "canary" not in json.dumps(found)
    assert found["tokens"] == 3


@dataclass
class Login:
    password: str


def test_secrets_in_objects_are_masked() -> None:
    found = line(login=Login("canary"), error_=ValueError("password=canary"), many=[Login("canary")])
    assert found["login"] == "Login(password=***)"
    assert "canary" not in json.dumps(found)
    assert b"canary" not in log_lines.console_line(record(login=Login("canary")), {})


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


@pytest.mark.parametrize(
    "value", [Hostile(), "\ud800", 2**80, {1: {2: "\udfff"}}, object, float("nan"), b"\xff", {Hostile(): 1}, (1, {2})]
)
def test_any_value_makes_a_line(value: object) -> None:
    assert "value" in line(value=value)


def test_a_message_that_does_not_fit_its_arguments_is_still_shown() -> None:
    assert "%d items" in line("%d items", "x")["message"]
    assert "%s" in line("%s", Hostile())["message"]
    assert line("100 %")["message"] == "100 %"


def test_a_message_without_end_is_cut() -> None:
    assert len(line("x" * 1_000_000)["message"]) < 20_000


@pytest.mark.parametrize("before", range(16 * 1024 - 30, 16 * 1024))
def test_no_half_of_a_password_is_left_at_the_cut(before: int) -> None:
    assert "can" not in line("x" * before + " postgresql://u:canary@h/d")["message"]


@given(st.text(), st.text())
def test_a_json_line_is_one_line(message: str, value: str) -> None:
    text = log_lines.json_line(record(message.replace("%", ""), value=value), OWN, {})
    assert b"\n" not in text
    assert json.loads(text)["logger"] == "shop"


def test_a_console_line_is_short_and_has_the_fields() -> None:
    shown = log_lines.console_line(record("order placed", order_id=7), {"request_id": "r1"}).decode()
    assert shown.endswith("INFO  shop: order placed request_id=r1 order_id=7")


@given(st.text())
def test_nothing_in_a_console_line_steers_the_terminal(text: str) -> None:
    shown = log_lines.console_line(record(text.replace("%", ""), value=text), {}).decode()
    assert shown.isprintable() or not any(ord(char) < 32 or 127 <= ord(char) < 160 for char in shown)
    assert "\n" not in shown


def test_control_characters_are_made_visible() -> None:
    assert log_lines.visible("a\x1b[31mb\r\n\x9b\u202e") == "a\\x1b[31mb\\r\\n\\x9b\\u202e"


def test_a_traceback_on_the_console_cannot_steer_it_either() -> None:
    error = raised(ValueError("\x1b[2J postgresql://u:canary@h/d"))
    shown = log_lines.console_line(record(error=error), {}).decode()
    assert "Traceback (most recent call last)" in shown
    assert "\x1b" not in shown
    assert "canary@" not in shown.rpartition("ValueError:")[2]


def test_a_stack_is_shown_where_it_is_asked_for() -> None:
    asked = record()
    asked.stack_info = "Stack (most recent call last):"
    assert json.loads(log_lines.json_line(asked, OWN, {}))["stack"] == "Stack (most recent call last):"
    assert "stack" not in line(error=None)
    assert sys.exc_info() == (None, None, None)
