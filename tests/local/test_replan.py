"""Planning a system again: what it has, it keeps."""

import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from seawall.errors import SeawallError
from seawall.local import replan
from seawall.local.plan import listeners, replica_names
from seawall.local.ports import assign
from seawall.local.reload import outdated, scope
from seawall.local.up import Up, planned
from seawall.stack import Api, Postgres, Program, Secret, Service, Site, Worker
from tests.support.cluster import free_port
from tests.support.systems import system

ENVIRON: Mapping[str, str] = {}


def running(folder: Path, *services: Service, chosen: Mapping[str, int] | None = None) -> Up:
    (folder / "web").mkdir(exist_ok=True)
    described = system(*services)
    given, replicas = assign(listeners(described, chosen or {}), replica_names(described))
    return planned(described, folder / "stack.py", ENVIRON, given, replicas, chosen=chosen or {})


def api(name: str, port: int, **more: object) -> Api:
    return replace(Api(name, app="a:app", port=port), **more)  # type: ignore[arg-type]


def test_what_is_as_it_was_keeps_its_ports_and_is_not_replaced(tmp_path: Path) -> None:
    one, two = api("one", free_port()), api("two", free_port())
    up = running(tmp_path, one, two)
    now = replan.again(up, system(one, two, api("three", free_port())), ENVIRON)
    assert {**now.host.ports, **up.host.ports} == now.host.ports
    assert {**now.host.replicas, **up.host.replicas} == now.host.replicas
    before = {spec.name: spec for spec in up.specs}
    assert [spec.name for spec in now.specs if spec.name not in before or replan.differs(before[spec.name], spec)] == [
        "three"
    ]


def test_a_service_that_asks_for_another_port_gets_it_and_is_not_replaced(tmp_path: Path) -> None:
    old, new = free_port(), free_port()
    up = running(tmp_path, api("one", old))
    now = replan.again(up, system(api("one", new)), ENVIRON)
    assert now.host.ports == {"one": new}
    assert not replan.differs(up.specs[0], now.specs[0])
    assert replan.changes(up, now, {}) == (f"one: port {old} -> {new}",)


def test_two_services_can_swap_the_ports_that_the_edge_holds(tmp_path: Path) -> None:
    port, other = free_port(), free_port()
    up = running(tmp_path, api("one", port), api("two", other))
    with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", other)):  # the edge
        now = replan.again(up, system(api("one", other), api("two", port)), ENVIRON)
    assert now.host.ports == {"one": other, "two": port}


def test_a_port_of_another_service_of_the_stack_is_not_an_error_but_moves_the_newcomer(tmp_path: Path) -> None:
    port = free_port()
    up = running(tmp_path, api("one", port))
    with socket.create_server(("127.0.0.1", port)):  # the edge
        now = replan.again(up, system(api("one", port), api("two", port)), ENVIRON)
    assert now.host.ports["one"] == port
    assert now.host.ports["two"] != port


def test_a_port_of_another_program_is_an_error(tmp_path: Path) -> None:
    up = running(tmp_path, api("one", free_port()))
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(SeawallError) as caught:
        replan.again(up, system(api("one", other.getsockname()[1])), ENVIRON)
    assert [problem.code for problem in caught.value.problems] == ["SW302"]


def test_a_port_that_a_person_chose_stays(tmp_path: Path) -> None:
    chosen = {"one": free_port()}
    up = running(tmp_path, api("one", 3000), chosen=chosen)
    assert replan.again(up, system(api("one", 3001)), ENVIRON).host.ports == chosen


def test_a_secret_of_another_value_is_a_difference_and_a_commit_is_none(tmp_path: Path) -> None:
    described = system(api("one", free_port(), secrets=[Secret("KEY")]))
    (tmp_path / ".env").write_text("KEY=old\n")
    up = running(tmp_path, *described.services)
    (spec, _) = up.specs
    committed = replace(spec, environment={**spec.environment, "SEAWALL_RELEASE": "abc"}, after=("db",))
    assert not replan.differs(spec, committed)
    (tmp_path / ".env").write_text("KEY=new\n")
    assert replan.differs(spec, replan.again(up, described, ENVIRON).specs[0])


def test_what_is_missing_is_said_and_nothing_is_planned(tmp_path: Path) -> None:
    up = running(tmp_path, api("one", free_port()))
    with pytest.raises(SeawallError) as caught:
        replan.again(up, system(api("one", 3000, source="nowhere"), Site("web", root="no")), ENVIRON)
    assert [problem.code for problem in caught.value.problems] == ["SW310", "SW310"]


def test_a_site_that_comes_or_goes_is_said_though_no_process_runs_it(tmp_path: Path) -> None:
    without = running(tmp_path, one := api("one", free_port()))
    web = Site("web", root="web", port=free_port())
    now = running(tmp_path, one, web)
    assert replan.changes(without, now, {"edge": "new routes"}) == (
        f"web: served on 127.0.0.1:{web.port}",
        "edge: new routes",
    )
    assert replan.changes(now, without, {}) == ("web: no longer served",)


@pytest.fixture
def project(tmp_path: Path) -> Up:
    for folder in ("api", "jobs", "sql"):
        (tmp_path / folder).mkdir()
    db = Postgres("db", migrations="sql")
    return running(
        tmp_path,
        db,
        api("api", free_port(), source="api"),
        api("all", free_port()),
        Worker("jobs", jobs="a:jobs", source="jobs", uses=[db], metrics_port=free_port()),
        Program("shell", command=["sh"], port=free_port()),
        Site("web", root="web", port=free_port()),
    )


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("api/main.py", {"api", "all"}),
        ("jobs/deep/work.py", {"jobs", "all"}),
        ("common.py", {"all"}),
        ("stack.py", set[str]()),
        (".env", set[str]()),
        ("sql/0001_a.sql", {"db-migrate"}),
        ("api/query.sql", set[str]()),
    ],
)
def test_a_file_is_code_of_those_whose_source_holds_it(project: Up, tmp_path: Path, file: str, stale: set[str]) -> None:
    assert outdated({tmp_path / file}, project) == stale


def test_sites_are_not_looked_at_and_sources_elsewhere_are(project: Up, tmp_path: Path) -> None:
    (tmp_path.parent / "shared").mkdir(exist_ok=True)
    up = running(tmp_path, api("far", free_port(), source="../shared"), *project.system.services[5:])
    found = scope(up)
    assert found.folders == (tmp_path, tmp_path.parent / "shared")
    assert found.without == {tmp_path / "web"}
