"""microstack on a real cluster, brought there by its own README, and driven as its users and operators would."""

import json
from collections.abc import Iterator
from typing import Final

import pytest

from tests.platform import kube
from tests.platform.by_readme import CONNECT, Deployed, deployed
from tests.platform.runbook import answers, run
from tests.platform.visitors import Door, visitors

pytestmark = [*kube.needed, pytest.mark.usefixtures("microstack")]
APP: Final = "app"
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


def test_strangers_are_kept_out_and_nothing_gets_out(microstack: Deployed) -> None:
    """A pod without policies reaches what pods of the system cannot, and the system not at all."""
    api = kube.got("service", "kubernetes", "--namespace", "default")["spec"]["clusterIP"]
    assert not microstack.opens("api-service", api, 443)
    image = kube.pods(APP, "api-service")[0]["spec"]["containers"][0]["image"]
    kube.kubectl("create", "namespace", "strangers")
    try:
        kube.until(lambda: kube.asked("get", "sa", "default", "-n", "strangers").returncode == 0, 30, "its account")
        command = ["python", "-c", "import time; time.sleep(3600)"]
        kube.kubectl("run", "stranger", "-n", "strangers", f"--image={image}", "--command", "--", *command)
        kube.kubectl("wait", "-n", "strangers", "--for=condition=Ready", "pod/stranger", "--timeout=60s")

        def reaches(host: str, port: int) -> bool:
            return kube.run_in("strangers", "stranger", "python", "-c", CONNECT, host, str(port)).returncode == 0

        assert reaches(api, 443)
        assert not [name for name, (_, port) in microstack.services.items() if reaches(f"{name}.{APP}.svc", port)]
    finally:
        kube.kubectl("delete", "namespace", "strangers", "--timeout=120s", within=150)


def pod(**container: object) -> str:
    container = {"name": "a", "image": "a", "securityContext": RESTRICTED, **container}
    metadata = {"name": "refused", "namespace": APP}
    return json.dumps({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}})


def test_pod_security_and_quota_bind(microstack: Deployed) -> None:
    create = ("create", "--dry-run=server", "--filename", "-")
    assert kube.asked(*create, text=pod()).returncode == 0
    refused = kube.asked(*create, text=pod(securityContext={}))
    assert 'violates PodSecurity "restricted' in refused.stderr
    (quota,) = microstack.of_kind("ResourceQuota")
    allowed = quota["spec"]["hard"]
    for resource in ("cpu", "memory"):  # all that is allowed, beside what is used
        wanted = {resource: allowed[f"requests.{resource}"]}
        refused = kube.asked(*create, text=pod(resources={"requests": wanted, "limits": wanted}))
        assert "exceeded quota: pods" in refused.stderr, wanted
    hard, used = (kube.got("resourcequota", "pods", "--namespace", APP)["status"][key] for key in ("hard", "used"))
    assert hard["pods"] == allowed["pods"]
    assert int(used["pods"]) == len([each for each in kube.items("pods", "--namespace", APP) if not ended(each)])


def ended(tree: kube.Tree) -> bool:
    return tree["status"]["phase"] in {"Succeeded", "Failed"}


def test_the_api_serves_while_the_worker_is_replaced(microstack: Deployed, public: Door) -> None:
    (before,) = microstack.ready("worker-service")
    with visitors(public, ("GET", "/"), ("GET", "/api/time")) as visits:
        kube.kubectl("delete", "pod", before, "--namespace", APP)
        microstack.wait_for("worker-service")
    assert visits.words == []
    assert microstack.ready("worker-service") != [before]


def test_a_dump_is_made_tested_and_restored(public: Door) -> None:
    """By the commands of docs/kubernetes.md, before the hour of the schedules."""
    public.json("POST", "/api/errands")
    of_postgres = {"dump-now": "backup", "test-now": "backup-test", "restore-now": "restore"}
    for job, schedule in of_postgres.items():
        kube.kubectl("--namespace", APP, "create", "job", f"--from=cronjob/postgres-{schedule}", job)
        wait = ("wait", "--for=condition=complete", f"job/{job}", "--timeout=300s")
        kube.kubectl("--namespace", APP, *wait, within=320)
    for job in ("test-now", "restore-now"):
        assert "restored ./" in kube.kubectl("--namespace", APP, "logs", f"job/{job}", "-c", "restore")


def test_the_answers_of_the_readme_can_be_typed_and_say_what_it_says(microstack: Deployed, public: Door) -> None:
    said = ""
    for block in answers(microstack.folder, "When something is wrong on a cluster"):
        said += run(block)
        for app in map(kube.name_of, microstack.of_kind("Deployment")):  # the next question is asked of a quiet system
            status = ("rollout", "status", f"deployment/{app}", "--namespace", APP, "--timeout=180s")
            kube.kubectl(*status, within=200)
    for words in ('"database":{"status":"ok"', "\nopen\n", "timed out", "ACCEPTED", "shared_buffers"):
        assert words in said
    assert public.status("/api/time") == 200
    assert microstack.sql("postgres", "show work_mem") == "8MB"


def desired(app: str) -> int:
    return int(kube.got("deployment", app, "--namespace", APP)["spec"]["replicas"])


def test_the_autoscaler_adds_pods_under_load_and_takes_them_away(microstack: Deployed, public: Door) -> None:
    before = desired("api-service")
    with visitors(public, ("GET", "/api/time"), number=8, pause=0.01) as visits:
        kube.until(lambda: desired("api-service") > before, 300, "more pods")
        wanted = desired("api-service")
        kube.until(lambda: len(microstack.ready("api-service")) >= wanted, 180, "that they are ready")
    assert visits.words == []
    kube.until(lambda: desired("api-service") == 2, 1200, "two pods again")
