"""Backups of a database that CloudNativePG runs, by the Barman Cloud plugin: where they go, and when one is taken.

https://cloudnative-pg.io/plugin-barman-cloud/docs/usage/
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import names, secrets
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import ObjectStore, Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        ObjectStoreSpec,
        ObjectStoreSpecConfiguration,
        ObjectStoreSpecConfigurationS3Credentials,
        ObjectStoreSpecInstanceSidecarConfiguration,
        ScheduledBackupSpec,
    )

_PLUGIN: Final = "barman-cloud.cloudnative-pg.io"


def objects(scope: Scope) -> Iterator[Object]:
    """An ObjectStore and a ScheduledBackup for each database whose operator has a store."""
    for database in scope.databases:
        if database.operator and database.operator.store:
            yield from _backups(scope, database, database.operator.store)


def plugin() -> str:
    """What a Cluster and its backups call the plugin."""
    return because(_PLUGIN, "the Barman Cloud plugin")


def _backups(scope: Scope, database: Postgres, store: ObjectStore) -> Iterator[Object]:
    metadata = scope.metadata(names.backup(database), database)
    yield made("barmancloud.cnpg.io/v1", "ObjectStore", metadata, {"spec": _store(database, store)})
    spec: ScheduledBackupSpec = {
        "schedule": given(f"0 {store.schedule}", store, "schedule", "the operator's has a field for seconds in front"),
        "cluster": {"name": names.own(database)},
        "method": because("plugin", "what the operator has built in for this is deprecated"),
        "pluginConfiguration": {"name": plugin()},
        "target": because("prefer-standby", "the primary has its own work"),
        "immediate": because(value=True, why="the first one at once: from then on there is something to restore"),
        "backupOwnerReference": because("cluster", "the list of backups goes with the Cluster, the bucket stays"),
    }
    yield made("postgresql.cnpg.io/v1", "ScheduledBackup", metadata, {"spec": spec})


def _store(database: Postgres, store: ObjectStore) -> "ObjectStoreSpec":
    small = "files are small in the bucket and quick on their way"
    configuration: ObjectStoreSpecConfiguration = {
        "destinationPath": given(store.destination, store, "destination"),
        "wal": {"compression": because("gzip", small)},
        "data": {"compression": because("gzip", small)},
        "s3Credentials": _credentials(database, store),
    }
    if store.endpoint:
        configuration["endpointURL"] = given(store.endpoint, store, "endpoint")
    kept = given(f"{store.keep_days}d", store, "keep_days", "any moment of these days can be restored")
    return {"retentionPolicy": kept, "configuration": configuration, "instanceSidecarConfiguration": _sidecar()}


def _sidecar() -> "ObjectStoreSpecInstanceSidecarConfiguration":
    memory = because("256Mi", "what packing and sending takes; the limit is the request")
    requests = {"cpu": because("100m", "it works now and then"), "memory": memory}
    return {"resources": {"requests": requests, "limits": {"memory": memory}}}


def _credentials(database: Postgres, store: ObjectStore) -> "ObjectStoreSpecConfigurationS3Credentials":
    if store.role:
        return {"inheritFromIAMRole": given(value=True, owner=store, argument="role")}
    name, (key, secret) = names.bucket_secret(database), secrets.BUCKET_KEYS
    return {
        "accessKeyId": {"name": name, "key": because(key, "Amazon's name for it")},
        "secretAccessKey": {"name": name, "key": because(secret, "Amazon's name for it")},
    }
