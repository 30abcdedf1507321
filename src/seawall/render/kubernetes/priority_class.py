"""The PriorityClasses: what answers requests stays, when a node is full, before what works in the background."""

from collections.abc import Iterator

from seawall.render.kubernetes import names
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import MANAGED_BY, Platform
from seawall.render.reason import because


def objects(_: Platform) -> Iterator[Object]:
    """Three classes for a whole cluster. They belong to no stack: every stack's are the same."""
    yield _made(
        names.SERVING,
        100_000,
        "far above the default of 0, far below what the cluster itself runs",
        "Answers requests, or holds data that such a service needs.",
        {"preemptionPolicy": because("PreemptLowerPriority", "it may take the place of background work")},
    )
    yield _made(
        names.BATCH,
        10_000,
        "below what answers requests",
        "Works in the background: it can wait for room.",
        {"preemptionPolicy": because("Never", "it waits for room, and takes nobody's place")},
    )
    yield _made(
        names.DISPOSABLE,
        -5,
        "below pods without a class, which have 0; from -10 down the Cluster Autoscaler adds no node for a pod",
        "Of an environment that may be hurt: everything else comes first.",
        {"preemptionPolicy": because("Never", "it waits for room, and takes nobody's place")},
    )


def _made(name: str, value: int, why: str, description: str, body: dict[str, str]) -> Object:
    labels = {MANAGED_BY: because("seawall", "what made the object: Kubernetes' recommended label")}
    metadata = {"name": because(name, "the same in every stack"), "labels": labels}
    default = because(value=False, why="a pod that names no class is none of Seawall's")
    text = because(description, "for people who look at it")
    fields = {"value": because(value, why), "globalDefault": default, **body, "description": text}
    return made("scheduling.k8s.io/v1", "PriorityClass", metadata, fields)
