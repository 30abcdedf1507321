from collections.abc import Iterator, Sequence

import pytest

from seawall.render.kubernetes import environment, network_policy
from seawall.render.kubernetes.scope import Scope
from seawall.stack import (
    Api,
    Backup,
    Cidr,
    CloudNativePG,
    Gateway,
    Ingress,
    Internet,
    LetsEncrypt,
    Mesh,
    Monitoring,
    ObjectStore,
    Permission,
    Postgres,
    Program,
    Secret,
    Service,
    Site,
    System,
    Worker,
)
from seawall.stack.graph import listens_on
from tests.platform.rendered import sealed, systems
from tests.platform.stacks import thirty
from tests.render.kubernetes.network import End, Tree, allowed, lets_in, lets_out
from tests.render.kubernetes.systems import scope, trees

HERE = "shop-prod"
PUBLIC = End(address="93.184.216.34")
PUBLIC_6 = End(address="2606:2800:21f::1")
PRIVATE = [End(address=each) for each in ("10.0.0.7", "172.16.3.4", "192.168.1.1", "100.64.0.9", "fd12::1", "fe80::1")]
METADATA = [End(address="169.254.169.254"), End(address="fd00:ec2::254")]


def policies(within: Scope) -> list[Tree]:
    return list(trees(network_policy.objects(within)).values())


def pod(name: str, namespace: str = HERE) -> End:
    return End(namespace, {"app": name, "app.kubernetes.io/part-of": "shop"})


def instance(name: str) -> End:
    return End(HERE, {"cnpg.io/cluster": name})


def test_nothing_is_allowed_but_dns() -> None:
    found = policies(scope(Api("api", app="a:b", egress=[]), Api("other", app="a:b")))
    dns = End("kube-system", {"k8s-app": "kube-dns"})
    assert allowed(found, pod("api"), dns, 53)
    assert allowed(found, pod("anything"), dns, 53, "UDP")
    refused = (pod("other"), 8000), (End("kube-system", {"k8s-app": "other"}), 53), (PUBLIC, 443), (dns, 443)
    assert not any(allowed(found, pod("api"), target, port) for target, port in refused)
    assert not allowed(found, End("elsewhere"), pod("api"), 8000)
    assert not allowed(found, pod("anything"), PUBLIC, 443)


def test_dns_of_the_node() -> None:
    cache = End(address="169.254.20.10")
    assert not allowed(policies(scope(Api("api", app="a:b"))), pod("api"), cache, 53, "UDP")
    assert allowed(policies(scope(Api("api", app="a:b"), node_local_dns=True)), pod("api"), cache, 53, "UDP")


def test_who_uses_what() -> None:
    db = Postgres("db")
    worker = Worker("worker", jobs="a:b", uses=[db], metrics_port=9000)
    api = Api("api", app="a:b", uses=[db, worker], port=3000)
    found = policies(scope(db, worker, api, Site("web", root="web", uses=["api"])))
    assert allowed(found, pod("web"), pod("api"), 3000)
    assert allowed(found, pod("api"), pod("worker"), 9000)
    assert allowed(found, pod("worker"), pod("db"), 5432)
    refused = ("web", "db", 5432), ("api", "web", 8080), ("db", "api", 3000), ("api", "db", 5433), ("api", "worker", 80)
    assert not any(allowed(found, pod(source), pod(target), port) for source, target, port in refused)
    assert not allowed(found, pod("api", "another"), pod("db"), 5432)
    assert not allowed(found, pod("db"), PUBLIC, 443)


def test_the_jobs_of_a_database() -> None:
    db = Postgres("db", migrations="migrations", backup=Backup())
    queue = Postgres("queue")
    found = policies(scope(db, queue, Api("api", app="a:b", uses=[db]), Worker("w", jobs="a:b", uses=[queue])))
    assert allowed(found, pod("db-migrate"), pod("db"), 5432)
    assert allowed(found, pod("db-backup"), pod("db"), 5432)
    assert allowed(found, pod("queue-migrate"), pod("queue"), 5432)
    assert not allowed(found, pod("db-migrate"), pod("queue"), 5432)
    assert allowed(found, pod("db-restore"), pod("db"), 5432)
    assert not allowed(found, pod("db-backup"), PUBLIC, 443)
    assert not allowed(found, pod("db-backup-test"), pod("db"), 5432)


def test_a_database_that_somebody_else_runs() -> None:
    db = Postgres("db", managed=Secret("URL"), managed_port=25060, migrations="m")
    found = policies(scope(db, Api("api", app="a:b", uses=[db])))
    for source in (pod("api"), pod("db-migrate")):
        assert allowed(found, source, PRIVATE[0], 25060)
        assert allowed(found, source, PUBLIC, 25060)
        assert not any(allowed(found, source, each, 25060) for each in METADATA)
        assert not allowed(found, source, PUBLIC, 5432)
    assert not [each for each in found if each["metadata"]["name"] == "db"]


def test_a_database_that_an_operator_runs() -> None:
    store = ObjectStore("s3://backups/orders", endpoint="http://minio.example:9000")
    db = Postgres("db", operator=CloudNativePG(store=store))
    found = policies(scope(db, Api("api", app="a:b", uses=[db]), monitoring=Monitoring()))
    assert allowed(found, pod("api"), instance("db"), 5432)
    for port in (5432, 8000):
        assert allowed(found, instance("db"), instance("db"), port)
        assert allowed(found, End("cnpg-system"), instance("db"), port)
    assert allowed(found, End("monitoring"), instance("db"), 9187)
    assert allowed(found, instance("db"), PRIVATE[0], 6443)
    assert allowed(found, instance("db"), PRIVATE[0], 9000)
    assert not allowed(found, instance("other"), instance("db"), 5432)
    assert not allowed(found, instance("db"), PRIVATE[0], 80)


@pytest.mark.parametrize(
    ("store", "port"),
    [
        (None, None),
        (ObjectStore("s3://backups/orders"), 443),
        (ObjectStore("s3://backups/orders", endpoint="http://minio.example"), 80),
        (ObjectStore("s3://backups/orders", endpoint="https://minio.example"), 443),
    ],
)
def test_where_its_backups_go(store: ObjectStore | None, port: int | None) -> None:
    found = policies(scope(Postgres("db", operator=CloudNativePG(store=store))))
    # Kubernetes' API is on 443, too: the rule of the bucket is the one after it.
    (rules,) = (each["spec"]["egress"] for each in found if each["metadata"]["name"] == "db")
    assert [each["port"] for rule in rules[2:] for each in rule["ports"]] == ([] if port is None else [port])


def test_the_internet() -> None:
    found = policies(
        scope(Api("api", app="a:b", egress=[Internet()]), Worker("w", jobs="a:b", uses=["db"]), Postgres("db"))
    )
    for source in (pod("api"), pod("w")):
        assert allowed(found, source, PUBLIC, 443)
        assert allowed(found, source, PUBLIC_6, 443)
        assert not allowed(found, source, PUBLIC, 80)
        assert not any(allowed(found, source, each, 443) for each in (*PRIVATE, *METADATA))


def test_a_range_of_addresses() -> None:
    program = Program("p", command=["p"], image="p", port=7700, egress=[Cidr("10.9.0.0/16", ports=[25, 587])])
    found = policies(scope(program))
    assert [allowed(found, pod("p"), End(address="10.9.1.1"), port) for port in (25, 587, 443)] == [True, True, False]
    assert not allowed(found, pod("p"), End(address="10.8.1.1"), 25)
    assert not allowed(found, pod("p"), PUBLIC, 443)


@pytest.mark.parametrize(
    ("way_in", "namespace"),
    [
        (None, "envoy-gateway-system"),
        (Gateway("istio", namespace="istio-ingress"), "istio-ingress"),
        (Ingress("traefik", namespace="kube-system"), "kube-system"),
    ],
)
def test_the_way_in(way_in: Gateway | Ingress | None, namespace: str) -> None:
    services = Api("api", app="a:b", path="/", port=3000, uses=["inner"]), Api("inner", app="a:b")
    found = policies(scope(*services, host="shop.example.com", way_in=way_in))
    assert allowed(found, End(namespace), pod("api"), 3000)
    assert not allowed(found, End(namespace), pod("inner"), 8000)
    assert not allowed(found, End("elsewhere"), pod("api"), 3000)
    assert allowed(found, End(namespace), pod("api"), 9) == isinstance(way_in, Ingress)


def test_without_a_host_nobody_comes_in() -> None:
    found = policies(scope(Api("api", app="a:b", path="/")))
    assert not allowed(found, End("envoy-gateway-system"), pod("api"), 8000)


def test_a_service_on_every_node() -> None:
    found = policies(scope(Site("web", root="web", service_type="NodePort"), Site("other", root="web", path="/o")))
    assert allowed(found, PUBLIC, pod("web"), 8080)
    assert not allowed(found, PUBLIC, pod("web"), 8081)
    assert not allowed(found, PUBLIC, pod("other"), 8080)


def test_prometheus_and_traces() -> None:
    services = Api("api", app="a:b", traced=True), Api("quiet", app="a:b", metrics_port=8000), Site("web", root="web")
    found = policies(scope(*services, monitoring=Monitoring(namespace="watch", traces=True)))
    assert allowed(found, End("watch"), pod("api"), 9091)
    assert not allowed(found, End("watch"), pod("api"), 8000)
    assert allowed(found, End("watch"), pod("quiet"), 8000)
    assert not allowed(found, End("watch"), pod("web"), 8080)
    assert allowed(found, pod("api"), End("watch"), 4318)
    assert not allowed(found, pod("quiet"), End("watch"), 4318)


def test_without_monitoring_nobody_asks() -> None:
    found = policies(scope(Api("api", app="a:b", traced=True)))
    assert not allowed(found, End("monitoring"), pod("api"), 9091)
    assert not allowed(found, pod("api"), End("monitoring"), 4318)


def test_permissions_need_the_api_server() -> None:
    services = (
        Api("api", app="a:b", egress=[], permissions=[Permission(["get"], ["pods"])]),
        Api("b", app="a:b", egress=[]),
    )
    found = policies(scope(*services))
    assert [allowed(found, pod("api"), PRIVATE[0], port) for port in (443, 6443, 80)] == [True, True, False]
    assert not any(allowed(found, pod("api"), each, 443) for each in METADATA)
    assert not allowed(found, pod("b"), PRIVATE[0], 6443)


def test_challenges_of_lets_encrypt_reach_their_pod_through_an_ingress() -> None:
    solver = End(HERE, {"acme.cert-manager.io/http01-solver": "true"})
    tls = LetsEncrypt("ops@example.com")
    way_in = Ingress("traefik", namespace="traefik")
    api = Api("api", app="a:b", path="/")
    found = policies(scope(api, host="shop.example.com", tls=tls, way_in=way_in))
    assert allowed(found, End("traefik"), solver, 8089)
    assert not allowed(found, End("elsewhere"), solver, 8089)
    for surroundings in ({"way_in": way_in}, {"tls": tls}):
        found = policies(scope(api, host="shop.example.com", **surroundings))
        assert not allowed(found, End("traefik"), solver, 8089)


def test_the_tunnel_of_ambient_mode() -> None:
    services = Api("api", app="a:b", uses=["inner"], egress=[]), Api("inner", app="a:b", egress=[])
    found = policies(scope(*services, mesh=Mesh()))
    probes = End(address="169.254.7.127")
    assert allowed(found, pod("api"), pod("inner"), 15008)
    assert allowed(found, probes, pod("inner"), 8000)
    assert not allowed(found, pod("inner"), pod("api"), 15008)
    assert not allowed(found, pod("api"), PUBLIC, 15008)
    found = policies(scope(*services, mesh=Mesh(mode="sidecar")))
    assert not allowed(found, pod("api"), pod("inner"), 15008)
    assert not allowed(found, probes, pod("inner"), 8000)


def test_generated_stacks_allow_their_edges_and_no_others() -> None:
    """Between the pods as they are labelled by what runs them."""
    scopes = [Scope(each, sealed(each)) for stack in thirty() for each in systems(stack) if not _shared(each)]
    seen: set[bool] = set()
    for within in scopes:
        made = trees(environment.objects(within))
        found = [tree for name, tree in made.items() if name.startswith("NetworkPolicy/")]
        pods = dict(_pods(within, made))
        for source, target in _pairs(within, pods):
            edge = target in within.graph.uses(source)
            connection = (pods[source.name], pods[target.name], listens_on(target))
            assert lets_out(found, *connection) == edge, (source, target)
            assert lets_in(found, *connection) == edge, (source, target)
            seen.add(edge)
    assert seen == {True, False}


def _shared(system: System) -> bool:
    """Whether Prometheus or the gateway is in the same namespace: then all pods there may do what those may."""
    monitoring, way_in = system.environment.monitoring, system.way_in
    others = (monitoring and monitoring.namespace, way_in and way_in.namespace)
    return system.namespace in others


def _pods(within: Scope, made: dict[str, dict[str, object]]) -> Iterator[tuple[str, End]]:
    for service in within.system.services:
        if isinstance(service, Postgres) and service.operator:
            yield service.name, End(within.system.namespace, {"cnpg.io/cluster": service.name})
        for kind in ("Deployment", "StatefulSet"):
            tree: Tree = made.get(f"{kind}/{service.name}", {})
            if tree:
                yield service.name, End(within.system.namespace, tree["spec"]["template"]["metadata"]["labels"])


def _pairs(within: Scope, pods: dict[str, End]) -> Iterator[Sequence[Service]]:
    """Two services that have pods here; a target that anybody may reach says nothing of edges."""
    services = [each for each in within.system.services if each.name in pods]
    for target in services:
        if getattr(target, "service_type", "ClusterIP") == "ClusterIP":
            yield from ((source, target) for source in services if source is not target)
