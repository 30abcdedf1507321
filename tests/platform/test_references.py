"""What objects say of each other is true: every name that one of them uses is another's, and every selector chooses."""

from collections.abc import Iterator

from seawall.contract import CLOSED_PATHS, HEALTH_PATH, METRICS_PATH
from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import plain
from seawall.stack import ExternalSecrets, Postgres, SealedSecrets
from tests.platform.view import Pods, Rendered, everything, matches, pods

CLOSED = "-closed"
LEVELS = {
    f"pod-security.kubernetes.io/{mode}{suffix}": value
    for mode in ("enforce", "audit", "warn")
    for suffix, value in (("", "restricted"), ("-version", "v1.37"))
}


def test_the_namespace_enforces_the_restricted_level() -> None:
    for each in everything():
        (namespace,) = each.of("Namespace").values()
        labels = namespace["metadata"]["labels"]
        assert {key: value for key, value in labels.items() if key in LEVELS} == LEVELS, str(each)


def test_everything_says_its_namespace() -> None:
    for each in everything():
        wrong = [
            tree["metadata"]["name"]
            for tree in each.printed.objects
            if tree["kind"] != "Namespace" and tree["metadata"].get("namespace") != each.system.namespace
        ]
        assert wrong == [], str(each)


def test_each_selector_chooses_the_pods_of_one_object() -> None:
    for each in pods("Deployment", "StatefulSet"):
        selector = each.tree["spec"]["selector"]
        assert [str(other) for other in each.environment.pods() if matches(selector, other.labels)] == [str(each)]


def test_services_lead_to_ports_that_pods_have() -> None:
    for each in everything():
        for name, service in each.of("Service").items():
            if name.endswith(CLOSED):
                continue  # where an Ingress sends what nobody may ask for: nothing answers there
            chosen = [pod for pod in each.pods() if matches({"matchLabels": service["spec"]["selector"]}, pod.labels)]
            assert len(chosen) == 1, (str(each), name)
            names = {port[key] for port in chosen[0].container["ports"] for key in ("name", "containerPort")}
            assert {port["targetPort"] for port in service["spec"]["ports"]} <= names, str(chosen[0])


def test_monitors_find_a_port_that_serves_metrics() -> None:
    found = 0
    for each in everything():
        for monitor in each.of("PodMonitor").values():
            (pod,) = [pod for pod in each.pods() if matches(monitor["spec"]["selector"], pod.labels)]
            names = {port["name"] for port in pod.container["ports"]}
            assert {endpoint["port"] for endpoint in monitor["spec"]["podMetricsEndpoints"]} <= names, str(pod)
            found += 1
        for monitor in each.of("ServiceMonitor").values():
            wanted = monitor["spec"]["selector"]
            (service,) = [s for s in each.of("Service").values() if matches(wanted, s["metadata"]["labels"])]
            names = {port["name"] for port in service["spec"]["ports"]}
            assert {endpoint["port"] for endpoint in monitor["spec"]["endpoints"]} <= names, str(each)
            found += 1
    assert found


def test_probes_ask_ports_that_the_container_has() -> None:
    for each in pods("Deployment", "StatefulSet"):
        names = {port["name"] for port in each.container["ports"]}
        asked = {
            each.container[probe][how]["port"]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe")
            for how in ("httpGet", "tcpSocket")
            if how in each.container[probe]
        }
        assert asked <= names, str(each)


def test_config_maps_that_pods_read_are_rendered_and_never_change() -> None:
    for each in everything():
        maps = each.of("ConfigMap")
        assert all(tree["immutable"] for tree in maps.values()), str(each)
        assert {name for pod in each.pods() for name in _config_maps(pod)} == set(maps), str(each)


def test_secrets_that_pods_read_are_kept_by_somebody_and_never_rendered() -> None:
    read = 0
    for each in everything():
        assert not each.of("Secret"), str(each)
        kept = {str(plain(secret.name)): set(plain(secret.keys)) for secret in secrets.kept(Scope(each.system))}
        operated = {
            f"{service.name}-{suffix}"
            for service in each.system.services
            if isinstance(service, Postgres) and service.operator
            for suffix in ("app", "ca")
        }
        for pod in each.pods():
            for name, keys in _secrets(pod):
                assert name in operated or keys <= kept[name], (str(pod), name)
                read += 1
    assert read


def test_their_keeper_has_all_of_them() -> None:
    looked = 0
    for each in everything():
        kept = {str(plain(secret.name)): set(plain(secret.keys)) for secret in secrets.kept(Scope(each.system))}
        keeper = each.system.environment.secrets
        sealed = {name: set(tree["spec"]["encryptedData"]) for name, tree in each.of("SealedSecret").items()}
        outside = {
            tree["spec"]["target"].get("name", name): {item["secretKey"] for item in tree["spec"]["data"]}
            for name, tree in each.of("ExternalSecret").items()
        }
        assert sealed == (kept if isinstance(keeper, SealedSecrets) else {}), str(each)
        assert outside == (kept if isinstance(keeper, ExternalSecrets) else {}), str(each)
        looked += len(sealed) + len(outside)
    assert looked


def test_a_rotation_of_sealed_secrets_rolls_the_pods_that_see_them() -> None:
    looked = 0
    for each in pods("Deployment"):
        if isinstance(each.environment.system.environment.secrets, SealedSecrets):
            sealed = each.environment.of("SealedSecret")
            sees = any(name in sealed for name, _ in _secrets(each))
            assert sees == bool(each.template["metadata"].get("annotations")), str(each)
            looked += sees
    assert looked


def test_routes_lead_to_services_and_come_in_by_a_gateway_that_is_rendered() -> None:
    looked = 0
    for each in everything():
        for route in each.of("HTTPRoute").values():
            for parent in route["spec"]["parentRefs"]:
                gateway = each.shared("Gateway")[parent["name"]]
                assert gateway["metadata"]["namespace"] == parent["namespace"], str(each)
                sections = {listener["name"] for listener in gateway["spec"]["listeners"]}
                assert parent["sectionName"] in sections, str(each)
            for rule in route["spec"]["rules"]:
                for backend in rule.get("backendRefs", ()):
                    assert backend["port"] in _ports(each, backend["name"]), (str(each), backend)
                    looked += 1
        for ingress in each.of("Ingress").values():
            for rule in ingress["spec"]["rules"]:
                for path in rule["http"]["paths"]:
                    service = path["backend"]["service"]
                    assert next(iter(service["port"].values())) in _ports(each, service["name"]), (str(each), service)
    assert looked


def test_routes_say_whose_they_are_in_the_words_of_the_server() -> None:
    looked = 0
    for each in everything():
        for route in each.of("HTTPRoute").values():
            assert route["spec"]["hostnames"] == [each.system.environment.host], str(each)
            assert all({"group", "kind"} <= parent.keys() for parent in route["spec"]["parentRefs"]), str(each)
            for rule in route["spec"]["rules"]:
                assert all({"group", "kind", "weight"} <= backend.keys() for backend in rule.get("backendRefs", ()))
                assert "timeouts" in rule or "backendRefs" not in rule, str(each)
                looked += 1
    assert looked


def test_no_route_leads_to_a_closed_path() -> None:
    for each in everything():
        for route in each.of("HTTPRoute").values():
            shown = any(getattr(service, "public_health", False) for service in each.system.services)
            closed = set(CLOSED_PATHS) - ({HEALTH_PATH} if shown else set())
            for rule in route["spec"]["rules"]:
                paths = {match["path"]["value"] for match in rule["matches"]}
                assert not (rule.get("backendRefs") and paths & closed), (str(each), paths)


def test_metrics_are_asked_where_they_are() -> None:
    endpoints = [
        endpoint
        for each in everything()
        for kind, field in (("PodMonitor", "podMetricsEndpoints"), ("ServiceMonitor", "endpoints"))
        for monitor in each.of(kind).values()
        for endpoint in monitor["spec"][field]
    ]
    assert endpoints
    assert {endpoint["path"] for endpoint in endpoints} == {METRICS_PATH}


def _ports(each: Rendered, name: str) -> set[int | str]:
    """The ports of a Service, by number and by name."""
    return {port[key] for port in each.of("Service")[name]["spec"]["ports"] for key in ("port", "name")}


def _config_maps(pod: Pods) -> Iterator[str]:
    for source in pod.container.get("envFrom", ()):
        yield source["configMapRef"]["name"]
    for volume in pod.spec["volumes"]:
        if "configMap" in volume:
            yield volume["configMap"]["name"]


def _secrets(pod: Pods) -> Iterator[tuple[str, set[str]]]:
    for variable in pod.container.get("env", ()):
        if "secretKeyRef" in variable.get("valueFrom", {}):
            reference = variable["valueFrom"]["secretKeyRef"]
            yield reference["name"], {reference["key"]}
    for volume in pod.spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", ()):
            if "secret" in source:
                yield source["secret"]["name"], {item["key"] for item in source["secret"]["items"]}
