"""The trace that is under way, from the log's fields and from OpenTelemetry."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, get_current_span, set_span_in_context

from seawall.runtime import logs, traces

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PARENT = f"00-{TRACE}-{SPAN}-01"


def test_there_is_none_where_nobody_began_one() -> None:
    assert traces.current() is None


def test_the_fields_of_the_log_name_it() -> None:
    token = logs.bind(trace_id=TRACE, span_id=SPAN)
    assert traces.current() == PARENT
    logs.unbind(token)


@pytest.mark.parametrize("span", [None, "0" * 16, "x", 7])
def test_a_span_is_made_up_where_only_the_trace_is_known(span: object) -> None:
    token = logs.bind(trace_id=TRACE, span_id=span)
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-01", traces.current() or "")
    logs.unbind(token)


@pytest.mark.parametrize("trace", ["", "0" * 32, "x" * 32, TRACE.upper(), 7])
def test_what_is_no_trace_is_left_alone(trace: object) -> None:
    token = logs.bind(trace_id=trace, span_id=SPAN)
    assert traces.current() is None
    logs.unbind(token)


def test_opentelemetry_knows_better() -> None:
    span = NonRecordingSpan(SpanContext(int(TRACE, 16), int(SPAN, 16), is_remote=False, trace_flags=TraceFlags(0)))
    token = logs.bind(trace_id="f" * 32)
    attached = context.attach(set_span_in_context(span))
    assert traces.current() == f"00-{TRACE}-{SPAN}-00"
    context.detach(attached)
    assert str(traces.current()).startswith("00-" + "f" * 32)
    logs.unbind(token)


def test_opentelemetry_is_not_imported_by_asking() -> None:
    code = (
        "import sys; from seawall.runtime import traces; traces.current(); "
        f"traces.detach(traces.attach('{PARENT}')); print('opentelemetry' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_opentelemetry_s_spans_continue_a_trace_until_it_is_detached() -> None:
    token = traces.attach(PARENT)
    found = get_current_span().get_span_context()
    assert (found.trace_id, found.span_id, found.is_remote) == (int(TRACE, 16), int(SPAN, 16), True)
    assert found.trace_flags.sampled
    assert traces.current() == PARENT
    bound = logs.bind(trace_id=TRACE, span_id="f" * 16)
    assert traces.current() == f"00-{TRACE}-{'f' * 16}-01"  # that continues it here
    logs.unbind(bound)
    traces.detach(token)
    assert not get_current_span().get_span_context().is_valid


@pytest.mark.parametrize("text", [None, "", "x"])
def test_where_there_is_no_trace_nothing_is_attached(text: str | None) -> None:
    assert traces.attach(text) is None
    traces.detach(None)


@pytest.mark.parametrize("text", [PARENT, f"00-{TRACE}-{SPAN}-00", f"cc-{TRACE}-{SPAN}-01-what-comes-later"])
def test_work_that_continues_a_trace_has_a_span_of_its_own(text: str) -> None:
    fields = traces.fields(text)
    assert (set(fields), fields["trace_id"]) == ({"trace_id", "span_id"}, TRACE)
    assert re.fullmatch("[0-9a-f]{16}", str(fields["span_id"]))
    assert fields["span_id"] != SPAN


@pytest.mark.parametrize(
    "text", [None, "", f"ff-{TRACE}-{SPAN}-01", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", PARENT.upper()]
)
def test_what_cannot_be_read_is_no_trace(text: str | None) -> None:
    assert traces.fields(text) == {}


@given(st.text())
def test_nothing_that_stands_there_is_an_error(text: str) -> None:
    assert traces.fields(text) == {}
