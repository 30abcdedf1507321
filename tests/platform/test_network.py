"""Who may talk to whom: what the stack says and nothing else."""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any

from seawall.stack import Api, Cidr, Internet, Postgres, Worker
from seawall.stack.graph import Graph
from tests.platform.view import Pods, everything, matches, pods

METADATA = "169.254.169.254"  # where a cloud gives credentials to whoever asks
NODE_LOCAL_DNS = "169.254.20.10/32"
PRIVATE = ("10.1.2.3", "172.20.0.1", "192.168.1.1", "100.64.0.1", METADATA)
BOTH = {"Ingress", "Egress"}


def test_whatever_is_not_allowed_is_denied_in_both_directions() -> None:
    for each in everything():
        denials = [
            policy
            for policy in each.of("NetworkPolicy").values()
            if policy["spec"]["podSelector"] == {} and set(policy["spec"]["policyTypes"]) == BOTH
        ]
        assert len(denials) == 1, str(each)
        assert not denials[0]["spec"].keys() & {"ingress", "egress"}, str(each)


def test_each_pod_has_a_policy_of_its_own_for_both_directions() -> None:
    for each in pods():
        if each.kind != "CronJob":  # a dump goes to a database, its test restores within the pod: nothing is allowed
            own = [policy for policy in policies(each) if policy["podSelector"]]
            assert len(own) == 1, str(each)
            assert set(own[0]["policyTypes"]) == BOTH, str(each)


def test_every_pod_can_ask_the_cluster_for_names() -> None:
    for each in pods():
        asked = {
            (port["protocol"], str(peer["namespaceSelector"]["matchLabels"]), str(peer["podSelector"]["matchLabels"]))
            for rule in egress(each)
            for peer in rule["to"]
            for port in rule["ports"]
            if port["port"] == 53 and "namespaceSelector" in peer
        }
        dns = (str({"kubernetes.io/metadata.name": "kube-system"}), str({"k8s-app": "kube-dns"}))
        assert asked == {("UDP", *dns), ("TCP", *dns)}, str(each)


def test_each_edge_is_open_at_both_of_its_ends() -> None:
    opened = 0
    for each in everything():
        running = {pod.name: pod for pod in each.pods("Deployment", "StatefulSet")}
        for edge in Graph(each.system.services).edges():
            if edge.source.name in running and edge.target.name in running:
                source, target = running[edge.source.name], running[edge.target.name]
                assert any(reaches(rule, "to", target, edge.port) for rule in egress(source)), (str(each), edge)
                assert any(reaches(rule, "from", source, edge.port) for rule in ingress(target)), (str(each), edge)
                opened += 1
    assert opened


def test_no_other_edge_is() -> None:
    for each in everything():
        edges = {(edge.source.name, edge.target.name) for edge in Graph(each.system.services).edges()}
        running = list(each.pods("Deployment", "StatefulSet"))
        for source in running:
            for target in running:
                if (source.name, target.name) not in edges:
                    assert not any(chosen(rule, "to", target) for rule in egress(source)), (str(source), str(target))
                    if getattr(target.service, "service_type", "ClusterIP") == "ClusterIP":  # others are for everybody
                        assert not any(chosen(rule, "from", source) for rule in ingress(target)), (source, target)


def test_gateways_and_prometheus_come_in_where_they_have_something_to_ask() -> None:
    for each in everything():
        way_in, monitoring = each.system.way_in, each.system.environment.monitoring
        for pod in each.pods("Deployment"):
            let_in = {
                peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
                for rule in ingress(pod)
                for peer in rule.get("from", ())
                if "namespaceSelector" in peer
            }
            assert way_in is None or (way_in.namespace in let_in) >= (pod.service in each.system.public), str(pod)
            measured = isinstance(pod.service, Api | Worker)
            assert monitoring is None or (monitoring.namespace in let_in) >= measured, str(pod)


def test_the_internet_is_reached_only_by_what_says_so_and_never_the_metadata() -> None:
    for each in pods("Deployment"):
        said = getattr(each.service, "egress", ())
        wanted = {str(ip_network(every.block)) for every in said if isinstance(every, Cidr)}
        if any(isinstance(every, Internet) for every in said):
            wanted |= {"0.0.0.0/0", "::/0"}
        found = {block["cidr"] for block in blocks(each)} - {NODE_LOCAL_DNS}
        assert found == wanted or (_speaks_to_unknown_addresses(each) and wanted <= found), str(each)
        given = {every.block for every in said if isinstance(every, Cidr)}
        assert [b for b in blocks(each) if b["cidr"] not in given and _holds(b, METADATA)] == [], str(each)


def test_the_public_internet_leaves_private_addresses_out() -> None:
    looked = 0
    for each in pods("Deployment"):
        said = getattr(each.service, "egress", ())
        if {type(every) for every in said} == {Internet} and not _speaks_to_unknown_addresses(each):
            looked += 1
            for block in blocks(each):
                assert [address for address in PRIVATE if _holds(block, address)] == [], (str(each), block)
    assert looked


def test_databases_reach_nothing_outside() -> None:
    for each in pods("StatefulSet"):
        assert [block for block in blocks(each) if block["cidr"] != NODE_LOCAL_DNS] == [], str(each)


def policies(each: Pods) -> Iterator[dict[str, Any]]:
    """The policies that choose these pods."""
    for policy in each.environment.of("NetworkPolicy").values():
        if matches(policy["spec"]["podSelector"], each.labels):
            yield dict(policy["spec"])


def egress(each: Pods) -> list[dict[str, Any]]:
    return [rule for policy in policies(each) for rule in policy.get("egress", ())]


def ingress(each: Pods) -> list[dict[str, Any]]:
    return [rule for policy in policies(each) for rule in policy.get("ingress", ())]


def reaches(rule: dict[str, Any], side: str, other: Pods, port: int) -> bool:
    """Whether a rule lets other pods of the namespace through to a port."""
    return chosen(rule, side, other) and any(each["port"] == port for each in rule["ports"])


def chosen(rule: dict[str, Any], side: str, other: Pods) -> bool:
    """Whether a rule speaks of other pods of the namespace: without a side it speaks of all."""
    return side not in rule or any(
        "namespaceSelector" not in peer and "podSelector" in peer and matches(peer["podSelector"], other.labels)
        for peer in rule[side]
    )


def blocks(each: Pods) -> Iterator[dict[str, Any]]:
    """The ranges of addresses that pods may reach."""
    for rule in egress(each):
        assert rule.get("to"), f"{each} reaches everything"
        yield from (peer["ipBlock"] for peer in rule["to"] if "ipBlock" in peer)


def _holds(block: dict[str, Any], address: str) -> bool:
    network, found = ip_network(block["cidr"]), ip_address(address)
    return found in network and not any(found in ip_network(each) for each in block.get("except", ()))


def _speaks_to_unknown_addresses(each: Pods) -> bool:
    """Kubernetes' API and somebody else's database may be anywhere."""
    used = Graph(each.environment.system.services).uses(each.service)
    managed = any(isinstance(database, Postgres) and database.managed for database in used)
    return managed or bool(getattr(each.service, "permissions", ()))
