"""What a set of NetworkPolicies allows: https://kubernetes.io/docs/concepts/services-networking/network-policies/."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Tree = Mapping[str, Any]
NAME = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod by its namespace and labels, or anything else by its address alone.

    A pod's address is in no range: which ones pods have is the cluster's affair.
    """

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    address: str = ""


def allowed(policies: Sequence[Tree], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether the policies let `source` open a connection to `target`: its own side and the other one must."""
    return lets_out(policies, source, target, port, protocol) and lets_in(policies, source, target, port, protocol)


def lets_out(policies: Sequence[Tree], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether the side of `source` allows it."""
    return _any(_rules(policies, "Egress", source), source, target, (port, protocol))


def lets_in(policies: Sequence[Tree], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Whether the side of `target` allows it."""
    return _any(_rules(policies, "Ingress", target), target, source, (port, protocol))


def _rules(policies: Sequence[Tree], kind: str, end: End) -> list[Tree] | None:
    """The rules of one direction that hold for an end; None where no policy speaks of it, and all is allowed."""
    found = [
        policy["spec"].get(kind.lower(), [])
        for policy in policies
        if policy["metadata"]["namespace"] == end.namespace
        and kind in policy["spec"]["policyTypes"]
        and _selects(policy["spec"]["podSelector"], end.labels)
    ]
    return [rule for each in found for rule in each] if found else None


def _any(rules: list[Tree] | None, here: End, there: End, port: tuple[int, str]) -> bool:
    return rules is None or any(_fits(rule, here, there, port) for rule in rules)


def _fits(rule: Tree, here: End, there: End, port: tuple[int, str]) -> bool:
    peers = rule.get("from", rule.get("to"))
    ports = {(each["port"], each["protocol"]) for each in rule["ports"]}
    return port in ports and (peers is None or any(_is(peer, here, there) for peer in peers))


def _is(peer: Tree, here: End, there: End) -> bool:
    if "ipBlock" in peer:
        block = peer["ipBlock"]
        return _within(there.address, [block["cidr"]]) and not _within(there.address, block.get("except", ()))
    wanted = peer["namespaceSelector"]["matchLabels"][NAME] if "namespaceSelector" in peer else here.namespace
    return wanted == there.namespace and _selects(peer.get("podSelector", {}), there.labels)


def _selects(selector: Tree, labels: Mapping[str, str]) -> bool:
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    return wanted.items() <= labels.items()


def _within(address: str, blocks: Iterable[str]) -> bool:
    return bool(address) and any(ip_address(address) in ip_network(block) for block in blocks)
