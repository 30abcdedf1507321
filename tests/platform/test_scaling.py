"""How many pods there are, and what may take some away."""

from seawall.stack import Api, Autoscale, Site, Worker
from seawall.stack.services import Workload
from tests.platform.view import Rendered, everything, fewest_and_most, matches, pods, without


def test_replicas_are_left_to_the_autoscaler_where_there_is_one() -> None:
    for each in pods("Deployment"):
        scaled = each.name in each.environment.of("HorizontalPodAutoscaler")
        assert scaled == isinstance(getattr(each.service, "scale", None), Autoscale), each
        assert scaled == ("replicas" not in each.tree["spec"]), each
        assert scaled or each.tree["spec"]["replicas"] == fewest_and_most(each.service)[0], each


def test_autoscalers_go_up_fast_and_down_slowly() -> None:
    up = {
        "stabilizationWindowSeconds": 0,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Percent", "value": 100, "periodSeconds": 15},
            {"type": "Pods", "value": 4, "periodSeconds": 15},
        ],
    }
    down = {
        "stabilizationWindowSeconds": 300,
        "selectPolicy": "Max",
        "policies": [{"type": "Percent", "value": 25, "periodSeconds": 60}],
    }
    scalers = [tree for each in everything() for tree in each.of("HorizontalPodAutoscaler").values()]
    assert scalers
    assert [tree for tree in scalers if tree["spec"]["behavior"] != {"scaleUp": up, "scaleDown": down}] == []


def test_autoscalers_follow_what_the_stack_says() -> None:
    scaled = [each for each in pods("Deployment") if isinstance(getattr(each.service, "scale", None), Autoscale)]
    assert scaled
    for each in scaled:
        assert isinstance(each.service, Api | Site)
        assert isinstance(each.service.scale, Autoscale)
        spec = each.environment.of("HorizontalPodAutoscaler")[each.name]["spec"]
        signals = {
            metric["containerResource"]["name"]: metric["containerResource"]["target"]["averageUtilization"]
            for metric in spec["metrics"]
        }
        wanted = {"cpu": each.service.scale.cpu, "memory": each.service.scale.memory}
        assert signals == {key: value for key, value in wanted.items() if value}, each
        assert (spec["minReplicas"], spec["maxReplicas"]) == fewest_and_most(each.service), each
        assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": each.name}


def test_a_budget_from_two_replicas_on_and_never_for_one() -> None:
    for each in pods():
        chosen = [
            budget["spec"]
            for budget in each.environment.of("PodDisruptionBudget").values()
            if matches(budget["spec"]["selector"], each.labels)
        ]
        several = each.kind == "Deployment" and fewest_and_most(each.service)[0] > 1
        assert len(chosen) == int(several), each
        for spec in chosen:
            assert (spec["maxUnavailable"], spec["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow"), each
            assert "minAvailable" not in spec


def test_every_budget_has_pods() -> None:
    found = [(each, tree) for each in everything() for tree in each.of("PodDisruptionBudget").values()]
    assert found
    assert [
        f"{each}: {tree['metadata']['name']}"
        for each, tree in found
        if not any(matches(tree["spec"]["selector"], pod.labels) for pod in each.pods("Deployment"))
    ] == []


def test_never_two_of_a_singleton_and_never_less_of_anything_else() -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}}
    for each in pods("Deployment"):
        single = isinstance(each.service, Worker) and each.service.singleton
        assert each.tree["spec"]["strategy"] == ({"type": "Recreate"} if single else rolling), each
    assert any(isinstance(each.service, Worker) and each.service.singleton for each in pods("Deployment"))


def test_a_release_that_hangs_fails_and_can_be_taken_back() -> None:
    def bounded(spec: dict[str, int]) -> bool:
        return spec["progressDeadlineSeconds"] >= 120 and spec["minReadySeconds"] == spec["revisionHistoryLimit"] == 5

    assert without(lambda each: bounded(each.tree["spec"]), pods("Deployment")) == []


def test_vertical_autoscalers_never_change_what_a_horizontal_one_looks_at() -> None:
    found = [(each, tree["spec"]) for each in everything() for tree in each.of("VerticalPodAutoscaler").values()]
    assert found
    for each, spec in found:
        name = spec["targetRef"]["name"]
        scaled = name in each.of("HorizontalPodAutoscaler")
        mode = spec["updatePolicy"]["updateMode"]
        assert mode == "Off" if scaled else mode in ("Off", "InPlaceOrRecreate"), (str(each), name)
        for policy in spec["resourcePolicy"]["containerPolicies"]:
            assert policy["controlledValues"] == "RequestsAndLimits", "or memory can only shrink"
            assert {"minAllowed", "maxAllowed"} <= policy.keys(), (str(each), name)
        assert spec["targetRef"]["name"] in each.of(spec["targetRef"]["kind"]), (str(each), name)


def test_a_quota_has_room_for_all_replicas_and_brings_no_limit_of_cpu() -> None:
    found = [each for each in everything() if each.system.environment.quota]
    assert found
    for each in everything():
        quotas = list(each.of("ResourceQuota").values())
        assert len(quotas) == int(each.system.environment.quota), str(each)
        for quota in quotas:
            hard = quota["spec"]["hard"]
            assert all(every.resources.cpu_limit for every in _running(each)) or "limits.cpu" not in hard, str(each)
            most = sum(fewest_and_most(every)[1] for every in _running(each))
            assert "pods" not in hard or int(hard["pods"]) >= most, str(each)


def test_containers_without_a_size_get_one_but_no_limit_of_cpu() -> None:
    for each in everything():
        (limits,) = each.of("LimitRange").values()
        (item,) = limits["spec"]["limits"]
        assert item["type"] == "Container", str(each)
        assert {"memory", "ephemeral-storage"} <= item["default"].keys(), str(each)
        assert {"cpu", "memory", "ephemeral-storage"} <= item["defaultRequest"].keys(), str(each)
        assert "cpu" not in item["default"], str(each)


def _running(each: Rendered) -> list[Workload]:
    return [service for service in each.system.services if isinstance(service, Workload)]
