import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local.ports import assign
from seawall.local.spec import Listener


@pytest.fixture
def held() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def unused() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_listener_gets_the_port_it_declares() -> None:
    port = unused()
    assert assign([Listener("api", port)]) == ({"api": port}, {})


def test_where_an_earlier_listener_of_the_stack_has_the_port_a_free_one_is_taken() -> None:
    port = unused()
    given, _ = assign([Listener("edge", port), Listener("web", port)])
    assert given["edge"] == port
    assert given["web"] not in {port, 0}


def test_a_port_of_another_program_is_an_error_that_names_the_holder(held: int) -> None:
    with pytest.raises(SeawallError) as caught:
        assign([Listener("api", held)])
    (problem,) = caught.value.problems
    assert problem.code == "SW302"
    assert f"port {held} for api is held by pid {os.getpid()} (" in problem.message
    assert problem.fix == f"use --port api={held + 1} or stop it"


def test_all_ports_that_are_held_are_said_at_once(held: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SeawallError) as caught:
            assign([Listener("edge", held), Listener("api", other.getsockname()[1])])
    assert [problem.code for problem in caught.value.problems] == ["SW302", "SW302"]
    assert caught.value.problems[0].fix.startswith(f"use --port {held + 1} ")


def test_a_listener_that_does_not_insist_moves_away_from_another_program(held: int) -> None:
    given, _ = assign([Listener("db", held, insist=False)])
    assert given["db"] not in {held, 0}


def test_two_listeners_for_which_a_person_chose_one_port_are_an_error() -> None:
    port = unused()
    with pytest.raises(SeawallError):
        assign([Listener("edge", port, chosen=True), Listener("api", port, chosen=True)])


def test_free_ports_differ_from_each_other_and_from_those_given() -> None:
    given, free = assign([Listener("edge", unused())], ["a", "b", "c"])
    assert len({*given.values(), *free.values()}) == 4


def test_the_ports_can_be_used_afterwards() -> None:
    given, free = assign([Listener("edge", unused())], ["a"])
    for port in (given["edge"], free["a"]):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))


def test_a_privileged_port_needs_root() -> None:
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) > 80:
        # Root without this one capability is as anybody else here.
        drop = ["setpriv", "--bounding-set=-net_bind_service"] if os.geteuid() == 0 else []
        script = (
            "from seawall.local.ports import assign\n"
            "from seawall.local.spec import Listener\n"
            "assign([Listener('api', 80)])"
        )
        done = subprocess.run([*drop, sys.executable, "-c", script], check=False, capture_output=True, text=True)
        assert "error[SW303]: port 80 for api needs root" in done.stderr
        assert "--port api=8080" in done.stderr
    else:
        pytest.skip("every port is open to everybody on this machine")
