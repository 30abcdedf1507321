"""What scanners do not see of a pod: its start, its end, where it runs, and as whom."""

from math import ceil

from seawall.contract import CLOSED_PATHS, LIVE_PATH, PROBE_FAILURES, READINESS_PERIOD, grace_period
from seawall.stack import Api, Program, Site, Worker
from tests.platform.view import SERVING, Pods, fewest_and_most, pods, without

DELAY = 5
DRAIN = 20
LOST_SECONDS = 30
LOST = {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}


def test_each_serving_container_has_its_three_probes() -> None:
    assert (
        without(lambda each: {"startupProbe", "livenessProbe", "readinessProbe"} <= each.container.keys(), serving())
        == []
    )


def test_a_slow_start_has_a_minute() -> None:
    def shielded(each: Pods) -> bool:
        probe = each.container["startupProbe"]
        return bool(probe["periodSeconds"] * probe["failureThreshold"] >= 60)

    assert without(shielded, serving()) == []


def test_liveness_asks_nothing_that_a_database_can_break() -> None:
    def live(each: Pods) -> bool:
        return bool(each.container["livenessProbe"]["httpGet"]["path"] == LIVE_PATH)

    assert without(live, chassis()) == []


def test_readiness_asks_what_the_stack_says_and_takes_a_pod_out_soon() -> None:
    def ready(each: Pods) -> bool:
        probe, service = each.container["readinessProbe"], each.service
        assert isinstance(service, Api | Worker)
        soon = probe["periodSeconds"] == READINESS_PERIOD and probe["failureThreshold"] == PROBE_FAILURES
        return bool(soon and probe["httpGet"]["path"] == service.readiness in CLOSED_PATHS)

    assert without(ready, chassis()) == []


def test_a_chassis_service_drains_itself_and_has_no_hook() -> None:
    def drains(each: Pods) -> bool:
        variables, service = configuration(each), each.service
        assert isinstance(service, Api | Worker)
        delay = variables.get("DRAIN_DELAY") == (str(DELAY) if isinstance(service, Api) else None)
        return delay and float(variables["DRAIN_TIMEOUT"]) == service.drain and "lifecycle" not in each.container

    assert without(drains, chassis()) == []


def test_whatever_does_not_drain_itself_waits_before_it_stops() -> None:
    waiting = {"preStop": {"sleep": {"seconds": DELAY}}}
    others = [each for each in pods("Deployment") if isinstance(each.service, Site | Program)]
    assert without(lambda each: each.container["lifecycle"] == waiting, others) == []


def test_the_grace_period_is_computed() -> None:
    def computed(each: Pods) -> bool:
        match each.service:
            case Api(drain=drain):
                wanted = grace_period(drain, DELAY)
            case Worker(drain=drain):
                wanted = grace_period(drain)
            case _:
                wanted = grace_period(DRAIN, DELAY)
        return bool(each.spec["terminationGracePeriodSeconds"] == ceil(wanted))

    assert without(computed, pods("Deployment")) == []
    assert without(lambda each: each.spec["terminationGracePeriodSeconds"] == 120, pods("StatefulSet")) == []


def test_replicas_are_spread_over_zones_and_nodes_from_two_on() -> None:
    def spread(each: Pods) -> bool:
        _, most = fewest_and_most(each.service)
        constraints = each.spec.get("topologySpreadConstraints", ())
        keys = [constraint["topologyKey"] for constraint in constraints]
        if most < 2:
            return keys == []
        strict = each.environment.system.environment.strict_zones
        hard = [constraint["whenUnsatisfiable"] == "DoNotSchedule" for constraint in constraints]
        if hard != [strict, False]:
            return False
        return keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"] and all(
            constraint["matchLabelKeys"] == ["pod-template-hash"]
            and constraint["nodeTaintsPolicy"] == "Honor"
            and constraint["labelSelector"] == each.tree["spec"]["selector"]
            for constraint in constraints
        )

    assert without(spread, pods("Deployment")) == []


def test_a_pod_leaves_a_lost_node_soon() -> None:
    def leaves(each: Pods) -> bool:
        soon = [
            toleration for toleration in each.spec["tolerations"] if toleration["tolerationSeconds"] <= LOST_SECONDS
        ]
        return {toleration["key"] for toleration in soon} == LOST

    assert without(leaves, pods()) == []


def test_pods_have_no_token_and_no_links() -> None:
    def closed(each: Pods) -> bool:
        return each.spec["automountServiceAccountToken"] is False and each.spec["enableServiceLinks"] is False

    assert without(closed, pods()) == []


def test_only_permissions_give_a_token() -> None:
    def given(each: Pods) -> bool:
        sources = [
            source for volume in each.spec["volumes"] for source in volume.get("projected", {}).get("sources", ())
        ]
        has = any("serviceAccountToken" in source for source in sources)
        return has == bool(getattr(each.service, "permissions", ()))

    assert without(given, pods("Deployment")) == []
    assert any(getattr(each.service, "permissions", ()) for each in pods("Deployment"))


def test_each_has_a_service_account_of_its_own_that_is_rendered() -> None:
    def own(each: Pods) -> bool:
        account = each.environment.of("ServiceAccount")[each.spec["serviceAccountName"]]
        named = getattr(each.service, "service_account", None) if each.kind in SERVING else None
        return account["automountServiceAccountToken"] is False and account["metadata"]["name"] == (named or each.name)

    assert without(own, pods()) == []


def test_their_priority_classes_are_rendered_for_the_cluster() -> None:
    def ranked(each: Pods) -> bool:
        classes = each.environment.shared("PriorityClass")
        wanted = 10_000 if each.kind not in SERVING or isinstance(each.service, Worker) else 100_000
        return bool(classes[each.spec["priorityClassName"]]["value"] == wanted)

    assert without(ranked, pods()) == []


def test_nobody_is_root_and_nothing_is_written_but_volumes() -> None:
    def confined(each: Pods) -> bool:
        pod, container = each.spec["securityContext"], each.container["securityContext"]
        ids = {pod[key] for key in ("runAsUser", "runAsGroup", "fsGroup")} | {container["runAsUser"]}
        return bool(
            ids == {10001}
            and pod["runAsNonRoot"]
            and container["readOnlyRootFilesystem"]
            and pod["seccompProfile"] == {"type": "RuntimeDefault"}
            and container["capabilities"] == {"drop": ["ALL"]}
            and not container["allowPrivilegeEscalation"]
        )

    assert without(confined, pods()) == []


def test_users_are_mapped_only_where_the_environment_says_that_its_nodes_can() -> None:
    def mapped(each: Pods) -> bool:
        wanted = False if each.environment.system.environment.user_namespaces else None
        return each.spec.get("hostUsers") is wanted

    assert without(mapped, pods()) == []


def test_folders_that_are_written_to_have_a_limit() -> None:
    def limited(each: Pods) -> bool:
        return all("sizeLimit" in volume["emptyDir"] for volume in each.spec["volumes"] if "emptyDir" in volume)

    assert without(limited, pods()) == []


def test_memory_is_promised_once_and_cpu_has_a_limit_only_where_the_stack_says_so() -> None:
    def sized(each: Pods) -> bool:
        resources, asked = each.container["resources"], each.service.resources  # type: ignore[attr-defined]
        same = resources["limits"]["memory"] == resources["requests"]["memory"] == asked.memory
        return bool(
            same and resources["limits"].get("cpu") == asked.cpu_limit and "ephemeral-storage" in resources["limits"]
        )

    assert without(sized, pods(*SERVING)) == []


def test_images_are_printed_by_digest() -> None:
    assert without(lambda each: "@sha256:" in each.container["image"], pods()) == []
    assert without(lambda each: each.container["imagePullPolicy"] == "IfNotPresent", pods()) == []


def serving() -> list[Pods]:
    return list(pods(*SERVING))


def chassis() -> list[Pods]:
    return [each for each in pods("Deployment") if isinstance(each.service, Api | Worker)]


def configuration(each: Pods) -> dict[str, str]:
    """The variables of a container that are no secrets."""
    (source,) = each.container["envFrom"]
    shared: dict[str, str] = each.environment.of("ConfigMap")[source["configMapRef"]["name"]]["data"]
    return shared | {variable["name"]: variable["value"] for variable in each.container["env"] if "value" in variable}
