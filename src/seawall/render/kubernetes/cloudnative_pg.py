"""A database that CloudNativePG runs: its Cluster.

The operator makes the pods, the Services, the disruption budget and the login.
https://cloudnative-pg.io/docs/current/cloudnative-pg.v1/
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import capacity, container, names, object_store, pod, spread, stateful_set
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import CloudNativePG, Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        ClusterSpec,
        ClusterSpecAffinity,
        ClusterSpecBootstrap,
        ClusterSpecPostgresql,
        ClusterSpecTopologySpreadConstraints,
    )

CLUSTER_LABEL: Final = "cnpg.io/cluster"
IMAGE: Final = "ghcr.io/cloudnative-pg/postgresql:{version}-minimal-trixie"
_ROLE: Final = "eks.amazonaws.com/role-arn"
_SMART_SECONDS: Final = 10
_STANDBYS: Final = 2  # from which on the loss of one stops no commit


def objects(scope: Scope) -> Iterator[Object]:
    """A Cluster for each database with that operator."""
    for database in scope.databases:
        if database.operator:
            metadata = scope.metadata(names.own(database), database)
            yield made(
                "postgresql.cnpg.io/v1", "Cluster", metadata, {"spec": _cluster(scope, database, database.operator)}
            )


def _cluster(scope: Scope, database: Postgres, operator: CloudNativePG) -> "ClusterSpec":
    several, asked = operator.instances > 1, capacity.resources(scope, database)
    spec: ClusterSpec = {
        "instances": given(operator.instances, operator, "instances", "a primary, and standbys that can take over"),
        "imageName": _image(database),
        "imagePullPolicy": because(container.PULL, "what a node has is the same"),
        "inheritedMetadata": {"labels": scope.selector(database)},
        "bootstrap": _bootstrap(database),
        "enableSuperuserAccess": because(value=False, why="services own their database and nothing else"),
        "enablePDB": because(several, "one instance at a time may go" if several else "it would block every drain"),
        "primaryUpdateStrategy": because("unsupervised", "a change reaches the primary without a person, last"),
        "primaryUpdateMethod": because("switchover" if several else "restart", "the shortest time without a primary"),
        "postgresql": _postgresql(scope, database, operator),
        "storage": {"size": given(database.storage, database, "storage", "an expandable StorageClass lets it grow")},
        "walStorage": {"size": given(operator.wal_storage, operator, "wal_storage", "the log has a disk of its own")},
        "resources": capacity.requirements(scope, database),
        "ephemeralVolumesSizeLimit": {
            "shm": capacity.memory(scope, database, "the container's memory is the limit"),
            "temporaryData": given(asked.ephemeral_storage, asked, "ephemeral_storage", "no more than in all"),
        },
        "affinity": _affinity(),
        "topologySpreadConstraints": [_over_zones(database)],
        "priorityClassName": pod.ranked(scope, pod.priority(database)),
        "seccompProfile": {"type": because("RuntimeDefault", "restricted Pod Security")},
        "smartShutdownTimeout": because(_SMART_SECONDS, "pools keep their connections: to wait for them is in vain"),
        "stopDelay": because(stateful_set.GRACE_SECONDS, "a fast shutdown writes a checkpoint first"),
    }
    if database.storage_class:
        of_class = stateful_set.storage_class(database.storage_class, database)
        spec["storage"]["storageClass"] = spec["walStorage"]["storageClass"] = of_class
    if operator.store:
        archive = because(value=True, why="every change goes to the bucket, not only base backups")
        store = {"barmanObjectName": names.backup(database)}
        spec["plugins"] = [{"name": object_store.plugin(), "isWALArchiver": archive, "parameters": store}]
        if operator.store.role:
            role = given(operator.store.role, operator.store, "role", "the pods reach the bucket as this role")
            spec["serviceAccountTemplate"] = {"metadata": {"annotations": {_ROLE: role}}}
    return spec


def _image(database: Postgres) -> str:
    why = "CloudNativePG's own image: it replaces the instances one by one, so kustomization.yaml has no part in it"
    return given(IMAGE.format(version=database.version), database, "version", why)


def _bootstrap(database: Postgres) -> "ClusterSpecBootstrap":
    name = given(
        database.name.replace("-", "_"), database, "name", "of the database and its owner; '-' needs quotes in SQL"
    )
    checksums = because(value=True, why="a damaged page is an error, and not wrong data")
    return {"initdb": {"database": name, "owner": name, "dataChecksums": checksums}}


def _postgresql(scope: Scope, database: Postgres, operator: CloudNativePG) -> "ClusterSpecPostgresql":
    settings = capacity.settings(scope, database)
    found: ClusterSpecPostgresql = {"parameters": {name: because(value, why) for name, value, why in settings}}
    if operator.instances > 1:
        safe = operator.instances > _STANDBYS
        found["synchronous"] = {
            "method": because("any", "whichever standby answers first"),
            "number": because(1, "a commit is on two disks before it is acknowledged"),
            "dataDurability": because(
                "required" if safe else "preferred",
                "with two standbys the loss of one stops no commit" if safe else "the only standby may be away",
            ),
        }
    return found


def _affinity() -> "ClusterSpecAffinity":
    return {
        "enablePodAntiAffinity": because(value=True, why="two instances on one node are lost with it"),
        "podAntiAffinityType": because("preferred", "where there is only one node, all of them run there"),
        "topologyKey": because(spread.NODE, "over nodes: the loss of one leaves the others"),
        "tolerations": pod.tolerations(),
    }


def _over_zones(database: Postgres) -> "ClusterSpecTopologySpreadConstraints":
    return {
        "maxSkew": because(1, "as even as it can be: the loss of one zone leaves the most instances"),
        "topologyKey": because(spread.ZONE, "over zones: the loss of one leaves the others"),
        "whenUnsatisfiable": because("ScheduleAnyway", "where there is only one zone, an instance runs there"),
        "nodeTaintsPolicy": because("Honor", "nodes on which the pod may not run do not count"),
        "labelSelector": {"matchLabels": {CLUSTER_LABEL: names.own(database)}},
    }
