"""Secrets that lie in git, sealed: only the controller in the cluster opens them, for one namespace and one name.

https://github.com/bitnami-labs/sealed-secrets
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from seawall.errors import Problem
from seawall.render.kubernetes import names, secrets
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, plain
from seawall.stack import Postgres, SealedSecrets
from seawall.stack.sources import Sources

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import SealedSecretSpec


def objects(scope: Scope) -> Iterator[Object]:
    """A SealedSecret for each Secret that somebody keeps, where the environment has them sealed."""
    if isinstance(scope.environment.secrets, SealedSecrets):
        for kept in secrets.kept(scope):
            metadata = scope.metadata(kept.name, kept.service)
            yield made("bitnami.com/v1alpha1", "SealedSecret", metadata, {"spec": _spec(scope, kept)})


def problems(scope: Scope, sources: Sources) -> Iterator[Problem]:
    """SW704 for each Secret of which a value is not sealed yet."""
    if not isinstance(scope.environment.secrets, SealedSecrets):
        return
    for kept in secrets.kept(scope):
        name, wanted = str(plain(kept.name)), [str(plain(key)) for key in kept.keys]
        missing = [key for key in wanted if key not in scope.sealed.get(name, {})]
        if missing:
            message = f"{', '.join(missing)} of the Secret {name} not sealed for {scope.environment.name}"
            where = f"its text below {name}: in secrets/{scope.environment.name}.yaml"
            fix = f"kubeseal --raw --namespace {scope.system.namespace} --name {name} --from-file=FILE"
            yield Problem("SW704", message, sources.argument(kept.service, _argument(kept)), wanted=where, fix=fix)


def _spec(scope: Scope, kept: secrets.Kept) -> "SealedSecretSpec":
    sealed = scope.sealed.get(str(plain(kept.name)), {})
    why = "sealed text: only the controller in this cluster opens it, and only for this namespace and name"
    data = {key: because(sealed[key], why) for key in map(str, map(plain, kept.keys)) if key in sealed}
    return {
        "encryptedData": data,
        "template": {
            "metadata": {"name": kept.name, "namespace": scope.namespace, "labels": scope.labels(kept.service)},
            "type": because("Opaque", "its keys are the stack's own"),
        },
    }


def _argument(kept: secrets.Kept) -> str:
    """The argument of the service because of which there is the Secret."""
    if not isinstance(kept.service, Postgres):
        return "secrets"
    if kept.name == names.bucket_secret(kept.service):
        return "operator"
    return "managed" if kept.service.managed else "name"
