import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from seawall.errors import Problem, SeawallError
from seawall.local.ports import HIGHEST, PRIVILEGED, assign
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
    (other,) = re.findall(r"^use --port api=(\d+) or stop it$", problem.fix)
    assert int(other) > held


def test_all_ports_that_are_held_are_said_at_once(held: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(SeawallError) as caught:
            assign([Listener("edge", held), Listener("api", other.getsockname()[1])])
    assert [problem.code for problem in caught.value.problems] == ["SW302", "SW302"]
    assert re.match(r"use --port \d+ or ", caught.value.problems[0].fix)


def proposed(problems: Iterable[Problem]) -> list[int]:
    return [int(port) for problem in problems for port in re.findall(r"--port \w+=(\d+)", problem.fix)]


def test_no_port_is_proposed_twice_nor_one_that_is_taken_or_asked_for(held: int) -> None:
    with ExitStack() as others:
        with suppress(OSError):  # somebody else has it: as good
            others.enter_context(socket.create_server(("127.0.0.1", held + 1)))
        wanted = [Listener("a", held), Listener("b", held), Listener("c", held + 2)]
        with pytest.raises(SeawallError) as caught:
            assign(wanted)
        ports = proposed(caught.value.problems)
        assert len(ports) == len(set(ports)) >= 2
        assert {held, held + 1, held + 2}.isdisjoint(ports)
        for port in ports:
            with socket.create_server(("127.0.0.1", port)):
                pass


def test_the_last_port_has_none_behind_it_and_still_another_is_proposed() -> None:
    with socket.create_server(("127.0.0.1", 65535)), pytest.raises(SeawallError) as caught:
        assign([Listener("a", 65535)])
    (port,) = proposed(caught.value.problems)
    assert PRIVILEGED <= port < HIGHEST


def test_a_listener_that_does_not_insist_moves_away_from_another_program(held: int) -> None:
    given, _ = assign([Listener("db", held, insist=False)])
    assert given["db"] not in {held, 0}


def test_two_listeners_for_which_a_person_chose_one_port_are_an_error() -> None:
    port = unused()
    with pytest.raises(SeawallError) as caught:
        assign([Listener("edge", port, chosen=True), Listener("api", port, chosen=True)])
    (problem,) = caught.value.problems
    assert problem.code == "SW210"
    assert problem.message == f"--port {port} and --port api={port} give one port to two"
    assert proposed([problem]) > [port]


def test_a_port_that_was_chosen_twice_and_is_held_names_its_holder_once(held: int) -> None:
    with pytest.raises(SeawallError) as caught:
        assign([Listener("edge", held, chosen=True), Listener("api", held, chosen=True)])
    assert [problem.code for problem in caught.value.problems] == ["SW302", "SW210"]


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
        assert re.search(r"--port api=8\d{3}\b", done.stderr)  # 8080, unless somebody has it
    else:
        pytest.skip("every port is open to everybody on this machine")
