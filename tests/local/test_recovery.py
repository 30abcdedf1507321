from seawall.local.events import Event, Noticed, Output
from seawall.local.recovery import Recovery

READY = "LOG:  database system is ready to accept connections"
KILLED = "LOG:  all server processes terminated; reinitializing"


def said(*lines: tuple[str, str]) -> list[Event]:
    events: list[Event] = []
    recovery = Recovery(["db"], events.append)
    for name, line in lines:
        recovery(Output(name, "stderr", line))
    assert [event for event in events if isinstance(event, Output)] == [Output(name, "stderr", s) for name, s in lines]
    return [event for event in events if isinstance(event, Noticed)]


def test_the_beginning_and_the_end_of_a_recovery_are_said_once() -> None:
    first, last = said(("db", READY), ("db", KILLED), ("db", READY), ("db", READY))
    assert first == Noticed("db", "a server process was killed; PostgreSQL ends all connections and recovers")
    assert last == Noticed("db", "recovered; nothing that was committed is lost")


def test_an_ordinary_start_and_what_others_print_are_no_recovery() -> None:
    assert said(("db", READY), ("api", KILLED), ("api", READY)) == []
