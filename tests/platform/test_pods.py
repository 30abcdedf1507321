"""What scanners do not see of a pod: its start, its end, where it runs, and as whom."""

from math import ceil

from seawall.contract import CLOSED_PATHS, LIVE_PATH, PROBE_FAILURES, READINESS_PERIOD, grace_period
from seawall.stack import Api, Program, Resources, Site, Worker
from tests.platform.rendered import DIGEST
from tests.platform.view import SERVING, Pods, fewest_and_most, pods, without

DELAY = 5
DRAIN = 20
LOST_SECONDS = 30
USER = 10001
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
        return all(each.container[probe]["httpGet"]["path"] == LIVE_PATH for probe in ("startupProbe", "livenessProbe"))

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
        evicted = all((every["effect"], every["operator"]) == ("NoExecute", "Exists") for every in soon)
        return evicted and {toleration["key"] for toleration in soon} == LOST

    assert without(leaves, pods("Deployment")) == []


def test_a_pod_that_nothing_replaces_is_not_sent_away() -> None:
    assert without(lambda each: "tolerations" not in each.spec, pods("StatefulSet")) == []


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
        later = each.kind == "CronJob" or (each.kind in SERVING and isinstance(each.service, Worker))
        wanted = 10_000 if later else 100_000  # requests wait for migrations, too
        if each.environment.system.environment.disposable:
            wanted = -5
        return bool(classes[each.spec["priorityClassName"]]["value"] == wanted)

    assert without(ranked, pods()) == []


def test_nobody_is_root_and_nothing_is_written_but_volumes() -> None:
    confined = {
        "runAsUser": USER,
        "runAsGroup": USER,
        "runAsNonRoot": True,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert without(lambda each: all(every["securityContext"] == confined for every in each.containers), pods()) == []


def test_volumes_belong_to_the_group_of_the_process() -> None:
    shared = {
        "runAsUser": USER,
        "runAsGroup": USER,
        "runAsNonRoot": True,
        "fsGroup": USER,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert without(lambda each: each.spec["securityContext"] == shared, pods()) == []


def test_secrets_are_read_by_the_process_and_its_group_alone() -> None:
    def closed(each: Pods) -> bool:
        secret = {volume["name"] for volume in each.spec["volumes"] if "projected" in volume}
        modes = {volume["projected"]["defaultMode"] for volume in each.spec["volumes"] if "projected" in volume}
        mounts = [mount for every in each.containers for mount in every["volumeMounts"] if mount["name"] in secret]
        return modes <= {0o440} and all(mount["readOnly"] for mount in mounts)

    assert without(closed, pods()) == []


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
        resources = each.container["resources"]
        promised = resources["requests"]["memory"]
        asked = each.service.resources or Resources(memory=promised)  # type: ignore[attr-defined]
        same = resources["limits"]["memory"] == promised == asked.memory
        return bool(
            same and resources["limits"].get("cpu") == asked.cpu_limit and "ephemeral-storage" in resources["limits"]
        )

    assert without(sized, pods(*SERVING)) == []


def test_everything_that_runs_has_its_size_and_no_more_memory_than_that() -> None:
    def sized(each: Pods) -> bool:
        return all(
            every["resources"]["limits"]["memory"] == every["resources"]["requests"]["memory"]
            and {"cpu", "ephemeral-storage"} <= every["resources"]["requests"].keys()
            and "ephemeral-storage" in every["resources"]["limits"]
            for every in each.containers
        )

    assert without(sized, pods()) == []


def test_images_are_printed_by_digest() -> None:
    def pinned(each: Pods) -> bool:
        pulled = [(every["image"].partition("@")[2], every["imagePullPolicy"]) for every in each.containers]
        return set(pulled) == {(DIGEST, "IfNotPresent")}

    assert without(pinned, pods()) == []


def test_jobs_end_and_are_cleaned_up() -> None:
    def bounded(each: Pods) -> bool:
        spec = each.tree["spec"]["jobTemplate"]["spec"] if each.kind == "CronJob" else each.tree["spec"]
        wanted = {"activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"}
        return wanted <= spec.keys() and each.spec["restartPolicy"] in ("Never", "OnFailure")

    assert without(bounded, pods("Job", "CronJob")) == []


def test_cron_jobs_say_whose_time_they_mean_and_never_overlap() -> None:
    def timed(each: Pods) -> bool:
        spec = each.tree["spec"]
        return bool(spec["concurrencyPolicy"] == "Forbid" and spec["startingDeadlineSeconds"] > 0 and spec["timeZone"])

    assert without(timed, pods("CronJob")) == []


def test_the_data_of_a_database_outlives_it() -> None:
    def kept(each: Pods) -> bool:
        spec = each.tree["spec"]
        (claim,) = spec["volumeClaimTemplates"]
        retained = spec["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
        return bool(retained and spec["replicas"] == 1 and claim["spec"]["accessModes"] == ["ReadWriteOncePod"])

    assert without(kept, pods("StatefulSet")) == []


def serving() -> list[Pods]:
    return list(pods(*SERVING))


def chassis() -> list[Pods]:
    return [each for each in pods("Deployment") if isinstance(each.service, Api | Worker)]


def configuration(each: Pods) -> dict[str, str]:
    """The variables of a container that are no secrets."""
    (source,) = each.container["envFrom"]
    shared: dict[str, str] = each.environment.of("ConfigMap")[source["configMapRef"]["name"]]["data"]
    return shared | {variable["name"]: variable["value"] for variable in each.container["env"] if "value" in variable}
