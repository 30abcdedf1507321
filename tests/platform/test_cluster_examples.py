"""The examples on a real cluster: each brought there by its own README, visited, disturbed and released again."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final

import httpx
import pytest

from tests.platform import kube
from tests.platform.by_readme import (
    ENVIRONMENT,
    UNLIKE_ANYWHERE,
    UNLIKE_PRODUCTION,
    Deployed,
    deployed,
    held_otherwise,
    unattended,
)
from tests.platform.on_cluster import EXAMPLES, Example
from tests.platform.visitors import visitors

logger = logging.getLogger(__name__)
pytestmark = kube.needed
REQUESTS: Final = 2000
APPLIED: Final = "select floor(extract(epoch from max(applied_at))) from seawall.migrations"
SLEEPING: Final = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
ORPHAN: Final = "sh -c 'sleep 1; kill -KILL $$' &"
CLOSED: Final = ("/live", "/ready", "/metrics", "/metrics/")


@pytest.fixture(scope="module", params=EXAMPLES)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed(request.param, tmp_path_factory.mktemp("cluster"), "first") as found:
        yield found


@pytest.fixture
def example(system: Deployed) -> Example:
    return EXAMPLES[system.name]


def test_every_pod_is_ready_and_none_had_to_be_started_twice(system: Deployed) -> None:
    for app in system.least:
        system.wait_for(app)
    found = kube.pods(system.namespace)
    assert {each["metadata"]["labels"]["app"] for each in found} == {*system.least}
    assert system.restarts() == 0, system.state()


def test_pods_were_admitted_as_restricted(system: Deployed) -> None:
    labels = kube.got("namespace", system.namespace)["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_cluster_holds_what_is_rendered_but_for_listed_differences(system: Deployed, example: Example) -> None:
    assert held_otherwise(system) == {each.place for each in system.changes}
    assert {each.why for each in system.changes} <= UNLIKE_PRODUCTION
    assert unattended(system) == example.unattended
    for words in sorted({each.why for each in system.changes} | UNLIKE_ANYWHERE):
        logger.info("%s, unlike production: %s", system.name, words)
    logger.info("%s: nobody acts on %s", system.name, ", ".join(sorted(example.unattended)) or "nothing")


def test_migrations_ran_before_anything_was_ready(system: Deployed) -> None:
    for app in (kube.name_of(each) for each in system.of_kind("Deployment")):
        if database := system.variables(app).get("POSTGRES_HOST"):
            applied = int(system.sql(database, APPLIED))
            for pod in kube.pods(system.namespace, app):
                ready = datetime.fromisoformat(kube.condition(pod, "Ready")["lastTransitionTime"])
                assert ready.timestamp() >= applied, app


def test_it_answers_through_the_gateway_and_keeps_what_is_not_for_the_public(
    system: Deployed, example: Example
) -> None:
    for method, path, *sent in example.requests:
        assert system.public.answer(method, path, *sent)[0] < 300, path
    for path in CLOSED:
        assert system.public.status(path) in {404, 500}, path


def test_http_leads_to_https(system: Deployed) -> None:
    if not system.public.tls:
        pytest.skip("the stack asks for no TLS")
    host = {"Host": system.host}
    led = httpx.get(f"http://{system.public.address}/a?b=c", headers=host, follow_redirects=False, trust_env=False)
    assert (led.status_code, led.headers["location"]) == (301, f"https://{system.host}/a?b=c")


def test_it_answers_by_port_forward(system: Deployed, example: Example) -> None:
    for service, port, path in example.forwards:
        with kube.forwarded(system.namespace, f"svc/{service}", port) as url:
            assert httpx.get(f"{url}{path}", timeout=30, trust_env=False).status_code == 200, path


def test_workloads_may_ask_kubernetes_nothing(system: Deployed) -> None:
    accounts = [kube.name_of(each) for each in system.of_kind("ServiceAccount")]
    assert accounts
    for account in accounts:
        who = (f"--as=system:serviceaccount:{system.namespace}:{account}", "--namespace", system.namespace)
        for verb, kind in (("get", "secrets"), ("list", "pods"), ("create", "pods"), ("get", "configmaps")):
            assert kube.asked("auth", "can-i", verb, kind, *who).stdout.strip() == "no", f"{account} {verb} {kind}"
    for pod in kube.pods(system.namespace):
        assert "kube-api-access" not in str(pod["spec"]["volumes"])


def test_declared_connections_pass_and_no_other(system: Deployed, example: Example) -> None:
    found = {
        (app, service)
        for app in system.least
        for service, (own, port) in system.services.items()
        if app != own and system.opens(app, service, port)
    }
    assert found == example.connections


def test_what_ends_badly_in_a_databases_pod_ends_no_session(system: Deployed) -> None:
    """Such as what a probe or a person started there, who went away: it is not PostgreSQL's to look after."""
    for database in system.databases:
        with ThreadPoolExecutor(1) as other:
            session = other.submit(system.sql, database, "select pg_sleep(10)")
            kube.until(lambda: system.sql(database, SLEEPING) == "1", 30, "the session")  # noqa: B023 - asked at once
            kube.run_in(system.namespace, f"{database}-0", "sh", "-c", ORPHAN)
            session.result()


def test_what_was_asked_of_workers_that_are_killed_is_done(system: Deployed, example: Example) -> None:
    database, undone = example.undone
    if not undone:
        pytest.skip("its users ask its worker for nothing")
    (order,) = [each for each in example.requests if each[0] == "POST"]
    workers = [name for app in system.workers for name in system.ready(app)]
    assert workers
    with ThreadPoolExecutor(1) as killer:
        for _ in range(10):
            system.public.json(*order)
        words = ("delete", "pod", *workers, "--namespace", system.namespace, "--grace-period=0", "--force")
        killed = killer.submit(kube.kubectl, *words)
        for _ in range(20):
            system.public.json(*order)
        killed.result()
    kube.until(lambda: system.sql(database, undone) == "0", 180, "that all is done")


def test_volumes_outlive_their_pods_and_services_the_absence_of_databases(system: Deployed, example: Example) -> None:
    for database in system.databases:
        system.sql(database, "create table kept as select 42 as n")
        kube.kubectl("delete", "pod", f"{database}-0", "--namespace", system.namespace, within=200)
        system.wait_for(database)
        assert system.sql(database, "table kept") == "42"
    for app in system.least:
        system.wait_for(app)
    for method, path, *sent in example.requests:
        kube.until(lambda: system.public.answer(method, path, *sent)[0] < 300, 60, path)  # noqa: B023 - asked at once
    assert system.restarts() == 0, system.state()


def test_nobody_notices_that_a_pod_is_deleted(system: Deployed, example: Example) -> None:
    """Each pod of what there are two of, one after another; and a worker, whose absence no visitor sees."""
    with visitors(system.public, *example.requests) as visits:
        for app, least in system.least.items():
            if app in system.databases or (least < 2 and app in system.serving):
                continue
            for name in system.ready(app):
                kube.kubectl("delete", "pod", name, "--namespace", system.namespace)
                system.wait_for(app)
            visits.wait_for(visits.all + 50)
    assert visits.words == []


def test_a_release_fails_no_request(system: Deployed, example: Example) -> None:
    system.release("second")
    with visitors(system.public, *example.requests) as visits:
        assert len(system.follow_release()) == 2
        visits.wait_for(REQUESTS)
    assert visits.words == []
    apps = {kube.name_of(each) for each in system.of_kind("Deployment")}
    images = {each["spec"]["containers"][0]["image"] for app in apps for each in kube.pods(system.namespace, app)}
    assert {each.rpartition(":")[2] for each in images} == {"second"}
    assert kube.pods(system.namespace)[0]["metadata"]["labels"]["app.kubernetes.io/instance"] == ENVIRONMENT
