from typing import Any

import pytest

from seawall.render.kubernetes import pod, secrets
from seawall.render.reason import plain
from seawall.stack import Api, Autoscale, Environment, Permission, Postgres, Program, Secret, Site, Worker
from seawall.stack.services import Workload
from tests.render.kubernetes.made import scope

DB = Postgres("db")
EACH = [
    Api("a", app="a:b", uses=[DB], secrets=[Secret("KEY")]),
    Worker("a", jobs="a:b", uses=[DB]),
    Site("a", root="web"),
    Program("a", port=80, image="i", uses=[DB]),
]


def of(workload: Workload, sealed: dict[str, dict[str, str]] | None = None) -> dict[str, Any]:
    return dict(plain(pod.template(scope(DB, workload, sealed=sealed), workload)))


@pytest.mark.parametrize(
    ("workload", "seconds"),
    [
        (Api("a", app="a:b"), 5 + 20 + 5),
        (Api("a", app="a:b", drain=0.5), 11),
        (Worker("a", jobs="a:b", uses=[DB]), 25 + 5),
        (Worker("a", jobs="a:b", uses=[DB], drain=600), 605),
        (Site("a", root="web"), 30),
        (Program("a", port=80, image="i"), 30),
    ],
)
def test_the_grace_period_covers_delay_and_drain(workload: Workload, seconds: int) -> None:
    assert of(workload)["spec"]["terminationGracePeriodSeconds"] == seconds


@pytest.mark.parametrize("workload", EACH)
def test_it_is_confined(workload: Workload) -> None:
    spec = of(workload)["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert spec["serviceAccountName"] == "a"
    for context in (spec["securityContext"], spec["containers"][0]["securityContext"]):
        assert context["runAsNonRoot"] is True
        assert context["runAsUser"] == context["runAsGroup"] == 10001
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}
    context = spec["containers"][0]["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["readOnlyRootFilesystem"] is True
    assert context["capabilities"] == {"drop": ["ALL"]}


@pytest.mark.parametrize("workload", EACH)
def test_a_lost_node_is_left_soon(workload: Workload) -> None:
    found = of(workload)["spec"]["tolerations"]
    assert {each["key"]: each["tolerationSeconds"] for each in found} == {
        "node.kubernetes.io/not-ready": 30,
        "node.kubernetes.io/unreachable": 30,
    }
    assert {(each["operator"], each["effect"]) for each in found} == {("Exists", "NoExecute")}


@pytest.mark.parametrize("workload", [*EACH, Api("a", app="a:b", permissions=[Permission(["get"], ["pods"])])])
def test_every_volume_is_mounted_and_only_tmp_can_be_written_to(workload: Workload) -> None:
    spec = of(workload)["spec"]
    mounts = spec["containers"][0]["volumeMounts"]
    assert [each["name"] for each in mounts] == [each["name"] for each in spec["volumes"]]
    assert [each["mountPath"] for each in mounts if not each.get("readOnly")] == ["/tmp"]
    assert spec["volumes"][0] == {"name": "tmp", "emptyDir": {"sizeLimit": "256Mi"}}


def test_a_token_is_there_only_for_permissions_and_expires() -> None:
    spec = of(Api("a", app="a:b", permissions=[Permission(["get"], ["pods"])]))["spec"]
    assert spec["automountServiceAccountToken"] is False
    token, certificate, namespace = spec["volumes"][-1]["projected"]["sources"]
    assert token == {"serviceAccountToken": {"path": "serviceaccount/token", "expirationSeconds": 3600}}
    assert certificate["configMap"]["name"] == "kube-root-ca.crt"
    assert namespace["downwardAPI"]["items"][0]["fieldRef"] == {"fieldPath": "metadata.namespace"}
    assert spec["containers"][0]["volumeMounts"][-1]["mountPath"] == "/var/run/secrets/kubernetes.io"


@pytest.mark.parametrize(
    ("workload", "spread"),
    [
        (Api("a", app="a:b"), False),
        (Api("a", app="a:b", scale=2), True),
        (Api("a", app="a:b", scale=Autoscale(1, 5)), True),
        (Api("a", app="a:b", scale=Autoscale(1, 1)), False),
        (Site("a", root="web", scale=3), True),
        (Worker("a", jobs="a:b", uses=[DB], replicas=2), True),
        (Worker("a", jobs="a:b", uses=[DB], singleton=True), False),
        (Program("a", port=80, image="i", replicas=2), True),
    ],
)
def test_several_replicas_are_spread_over_zones_and_nodes(workload: Workload, spread: bool) -> None:
    found = of(workload)["spec"].get("topologySpreadConstraints", [])
    keys = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"] if spread else []
    assert [each["topologyKey"] for each in found] == keys
    for each in found:
        assert (each["maxSkew"], each["whenUnsatisfiable"], each["nodeTaintsPolicy"]) == (1, "ScheduleAnyway", "Honor")
        assert each["matchLabelKeys"] == ["pod-template-hash"]
        assert each["labelSelector"]["matchLabels"]["app"] == "a"


def test_zones_are_kept_even_where_the_environment_insists() -> None:
    api = Api("a", app="a:b", scale=2)
    found = plain(pod.template(scope(api, environment=Environment("prod", strict_zones=True)), api))
    zone, node = found["spec"]["topologySpreadConstraints"]
    assert (zone["whenUnsatisfiable"], node["whenUnsatisfiable"]) == ("DoNotSchedule", "ScheduleAnyway")


def test_users_of_the_pod_are_nobody_on_the_node_where_the_environment_says_that_it_can() -> None:
    api = Api("a", app="a:b")
    found = plain(pod.template(scope(api, environment=Environment("prod", user_namespaces=True)), api))
    assert found["spec"]["hostUsers"] is False
    assert "hostUsers" not in of(api)["spec"]


def test_background_work_makes_room_for_what_answers_requests() -> None:
    classes = [of(workload)["spec"]["priorityClassName"] for workload in EACH]
    assert classes == ["seawall-serving", "seawall-batch", "seawall-serving", "seawall-serving"]


def test_a_disposable_environment_makes_room_for_the_others() -> None:
    dev = scope(*EACH, environment=Environment("dev", disposable=True))
    classes = {plain(pod.template(dev, each))["spec"]["priorityClassName"] for each in EACH}
    assert classes == {"seawall-disposable"}


def test_a_secret_that_is_sealed_anew_replaces_the_pods() -> None:
    before = of(EACH[0], {"a-secrets": {"KEY": "one"}})["metadata"]["annotations"]
    after = of(EACH[0], {"a-secrets": {"KEY": "two"}})["metadata"]["annotations"]
    assert before.keys() == after.keys() == {secrets.ROTATION}
    assert before != after
    assert "annotations" not in of(EACH[0])["metadata"]
