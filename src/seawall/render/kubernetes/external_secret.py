"""Secrets that lie in a store outside the cluster: the External Secrets Operator makes them from there.

https://external-secrets.io/latest/api/externalsecret/
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given, plain
from seawall.stack import ExternalSecrets

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import ExternalSecretSpec, ExternalSecretSpecData

_REFRESH: Final = "1h0m0s"
_DEFAULT: Final = "the operator's default, written down: Argo CD compares what is in a list as it is"


def objects(scope: Scope) -> Iterator[Object]:
    """An ExternalSecret for each Secret that somebody keeps, where the environment has them in a store."""
    keeper = scope.environment.secrets
    if isinstance(keeper, ExternalSecrets):
        for kept in secrets.kept(scope):
            metadata = scope.metadata(kept.name, kept.service)
            yield made("external-secrets.io/v1", "ExternalSecret", metadata, {"spec": _spec(keeper, kept)})


def _spec(keeper: ExternalSecrets, kept: secrets.Kept) -> "ExternalSecretSpec":
    return {
        "refreshInterval": because(_REFRESH, "how soon a new value is in the cluster; a restart brings it to the pods"),
        "secretStoreRef": {
            "name": given(keeper.store, keeper, "store"),
            "kind": because("SecretStore", "of this namespace: no other environment reads through it"),
        },
        "target": {
            "name": kept.name,
            "creationPolicy": because("Owner", "the Secret goes with this object"),
            "deletionPolicy": because("Retain", "a store that has lost a value takes none from what runs"),
        },
        "data": [_item(keeper, kept, key) for key in kept.keys],
    }


def _item(keeper: ExternalSecrets, kept: secrets.Kept, key: str) -> "ExternalSecretSpecData":
    entry = f"{keeper.prefix}{plain(kept.name)}"
    return {
        "secretKey": key,
        "remoteRef": {
            "key": given(entry, keeper, "prefix", "the prefix and the Secret's name: one entry of the store for each"),
            "property": because(str(plain(key)), "the value of this name in that entry"),
            "conversionStrategy": because("Default", _DEFAULT),
            "decodingStrategy": because("None", _DEFAULT),
            "metadataPolicy": because("None", _DEFAULT),
        },
    }
