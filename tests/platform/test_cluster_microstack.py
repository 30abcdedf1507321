"""microstack on a real cluster, brought there by its own README, and driven as its users and operators would."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from tests.platform import kube
from tests.platform.by_readme import Deployed, deployed
from tests.platform.visitors import Door, visitors

pytestmark = [*kube.needed, pytest.mark.usefixtures("microstack")]
APP: Final = "app"
SERVICES: Final = ("api-service", "frontend-service", "worker-service")
REQUESTS: Final = (("GET", "/"), ("GET", "/api/time"), ("GET", "/api/tiers"))
# What each workload may open: all that `uses` of stack.py declares.
DECLARED: Final = {
    ("api-service", "postgres", 5432),
    ("api-service", "worker-service", 8080),
    ("frontend-service", "api-service", 3000),
    ("worker-service", "postgres", 5432),
}
PORTS: Final = {"api-service": 3000, "frontend-service": 80, "postgres": 5432, "worker-service": 8080}
PYTHON: Final = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
RESTRICTED: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@pytest.fixture(scope="module")
def microstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with deployed("microstack", tmp_path_factory.mktemp("cluster"), "first") as found:
        yield found


@pytest.fixture(scope="module")
def public(microstack: Deployed) -> Door:
    return microstack.public


def names(app: str) -> list[str]:
    return [kube.name_of(each) for each in kube.ready_pods(APP, app)]


def sql(text: str) -> str:
    script = f'PGPASSWORD="$(cat /etc/seawall/secrets/POSTGRES_PASSWORD)" psql -h 127.0.0.1 -U postgres -AtXc "{text}"'
    done = kube.run_in(APP, "postgres-0", "sh", "-c", script)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def opens(app: str, to: str, port: int) -> bool:
    """Whether a pod of a workload can open a connection; each image has another program for that."""
    (pod, *_) = names(app)
    command = {
        "frontend-service": [
            "wget",
            "--quiet",
            "--timeout=3",
            "--tries=1",
            "-O",
            "/dev/null",
            f"http://{to}:{port}/live",
        ],
        "postgres": ["timeout", "3", "bash", "-c", f"</dev/tcp/{to}/{port}"],
    }.get(app, ["python", "-c", PYTHON, to, str(port)])
    return kube.run_in(APP, pod, *command).returncode == 0


def test_declared_connections_pass_and_no_other() -> None:
    found = {(app, to, port) for app in PORTS for to, port in PORTS.items() if app != to and opens(app, to, port)}
    assert found == DECLARED


def test_strangers_are_kept_out_and_nothing_gets_out() -> None:
    """A pod without policies reaches what pods of the system cannot, and the system not at all."""
    api = kube.got("service", "kubernetes", "--namespace", "default")["spec"]["clusterIP"]
    assert not opens("api-service", api, 443)
    image = kube.pods(APP, "api-service")[0]["spec"]["containers"][0]["image"]
    kube.kubectl("create", "namespace", "strangers")
    try:
        kube.until(lambda: kube.asked("get", "sa", "default", "-n", "strangers").returncode == 0, 30, "its account")
        command = ["python", "-c", "import time; time.sleep(3600)"]
        kube.kubectl("run", "stranger", "-n", "strangers", f"--image={image}", "--command", "--", *command)
        kube.kubectl("wait", "-n", "strangers", "--for=condition=Ready", "pod/stranger", "--timeout=60s")

        def reaches(host: str, port: int) -> bool:
            return kube.run_in("strangers", "stranger", "python", "-c", PYTHON, host, str(port)).returncode == 0

        assert reaches(api, 443)
        assert {app: reaches(f"{app}.{APP}.svc", port) for app, port in PORTS.items()} == dict.fromkeys(PORTS, False)
    finally:
        kube.kubectl("delete", "namespace", "strangers", "--timeout=120s", within=150)


def pod(**container: object) -> str:
    container = {"name": "a", "image": "a", "securityContext": RESTRICTED, **container}
    metadata = {"name": "refused", "namespace": APP}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}})


def test_pod_security_and_quota_bind() -> None:
    create = ("create", "--dry-run=server", "--filename", "-")
    assert kube.asked(*create, text=pod()).returncode == 0
    refused = kube.asked(*create, text=pod(securityContext={}))
    assert 'violates PodSecurity "restricted' in refused.stderr
    for wanted in ({"cpu": "9"}, {"memory": "11Gi"}):
        refused = kube.asked(*create, text=pod(resources={"requests": wanted, "limits": wanted}))
        assert "exceeded quota: pods" in refused.stderr, wanted
    hard, used = (kube.got("resourcequota", "pods", "--namespace", APP)["status"][key] for key in ("hard", "used"))
    assert hard["pods"] == "37"
    assert int(used["pods"]) == len([each for each in kube.items("pods", "--namespace", APP) if not ended(each)])


def ended(tree: kube.Tree) -> bool:
    return tree["status"]["phase"] in {"Succeeded", "Failed"}


def test_the_api_serves_while_the_worker_is_replaced(public: Door) -> None:
    (before,) = names("worker-service")
    with visitors(public, ("GET", "/"), ("GET", "/api/time")) as visits:
        kube.kubectl("delete", "pod", before, "--namespace", APP)
        kube.until(lambda: names("worker-service"), 120, "another worker")
    assert visits.words == []
    assert names("worker-service") != [before]


def errand(public: Door) -> int:
    return int(public.json("POST", "/api/errands")["id"])


def test_what_was_asked_of_a_worker_that_is_killed_is_done(public: Door) -> None:
    (worker,) = names("worker-service")
    with ThreadPoolExecutor(1) as killer:
        first = [errand(public) for _ in range(10)]
        killed = killer.submit(kube.kubectl, "delete", "pod", worker, "--namespace", APP, "--grace-period=0", "--force")
        later = [errand(public) for _ in range(30)]
        killed.result()
    ids = ", ".join(map(str, [*first, *later]))
    done = f"select count(*) from errands where id in ({ids}) and done_at is not null"
    kube.until(lambda: sql(done) == "40", 180, "all errands")


def test_the_volume_outlives_its_pod(public: Door) -> None:
    kept = errand(public)
    before = kube.got("pod", "postgres-0", "--namespace", APP)["metadata"]["uid"]
    claim = kube.got("pvc", "data-postgres-0", "--namespace", APP)
    assert claim["spec"]["accessModes"] == ["ReadWriteOncePod"]
    kube.kubectl("delete", "pod", "postgres-0", "--namespace", APP, within=200)
    kube.until(lambda: names("postgres"), 180, "the database")
    assert kube.got("pod", "postgres-0", "--namespace", APP)["metadata"]["uid"] != before
    assert sql(f"select count(*) from errands where id = {kept}") == "1"
    kube.until(lambda: public.status("/api/time") == 200, 60, "the API, which was not restarted")
    restarts = [each["status"]["containerStatuses"][0]["restartCount"] for each in kube.pods(APP, "api-service")]
    assert {*restarts} == {0}


def test_a_dump_is_made_and_can_be_restored(public: Door) -> None:
    """By the commands of docs/kubernetes.md, before the hour of the schedules."""
    errand(public)
    for job, schedule in (("dump-now", "postgres-backup"), ("test-now", "postgres-backup-test")):
        kube.kubectl("--namespace", APP, "create", "job", f"--from=cronjob/{schedule}", job)
        wait = ("wait", "--for=condition=complete", f"job/{job}", "--timeout=300s")
        kube.kubectl("--namespace", APP, *wait, within=320)
    assert kube.kubectl("--namespace", APP, "logs", "job/test-now", "-c", "restore")


def desired(app: str) -> int:
    return int(kube.got("deployment", app, "--namespace", APP)["spec"]["replicas"])


def test_the_autoscaler_adds_pods_under_load_and_takes_them_away(public: Door) -> None:
    before = desired("api-service")
    with visitors(public, ("GET", "/api/time"), number=8, pause=0.01) as visits:
        kube.until(lambda: desired("api-service") > before, 300, "more pods")
        wanted = desired("api-service")
        kube.until(lambda: len(names("api-service")) >= wanted, 180, "that they are ready")
    assert visits.words == []
    began = time.monotonic()
    kube.until(lambda: desired("api-service") == 2, 1200, "two pods again")
    assert time.monotonic() - began > 60  # the window in which a valley is waited out is five minutes
