"""What secrets an environment has, who keeps them, and which of their values a pod sees, as files.

A value's file has the name of its variable, in the first of `contract.SECRET_FOLDERS`, and ``NAME_FILE`` says where.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import names
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given, plain
from seawall.stack import Postgres, Service
from seawall.stack.services import Workload

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import EnvVar, KeyToPath, Volume, VolumeMount, VolumeProjection

VOLUME: Final = "secrets"
FOLDER: Final = contract.SECRET_FOLDERS[0]
MODE: Final = 0o440
ROTATION: Final = "seawall.dev/sealed-secrets"  # the pods' annotation that changes with the sealed text
LOGIN: Final = contract.POSTGRES_PARTS[:3]  # of a database that is rendered; its host and port are no secret
BUCKET_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_OPERATORS_KEYS: Final = ("username", "password", "dbname")  # of CloudNativePG's own Secret
_DIGITS: Final = 16  # of a hash: enough to tell two texts apart


@dataclass(frozen=True, slots=True)
class Kept:
    """A Secret that somebody keeps for `service`: made at deploy, sealed in git, or read from a store outside.

    `name` and `keys` carry their reasons.
    """

    service: Service
    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One value that a pod sees: `key` of the Secret `secret`, both with reasons, under the plain name `variable`."""

    secret: str
    key: str
    variable: str


def kept(scope: Scope) -> tuple[Kept, ...]:
    """Every Secret that the environment needs and nothing in the cluster makes, sorted as the services are listed."""
    return tuple(each for service in scope.system.services for each in _kept(service))


def of(scope: Scope, service: Service) -> tuple[Value, ...]:
    """What a workload sees: the secrets that it names, and the logins of the databases that it uses."""
    databases = [used for used in scope.graph.uses(service) if isinstance(used, Postgres)]
    several = len(databases) > 1
    logins = (value for used in databases for value in login(used, several=several))
    return (*_own(service), *logins)


def login(database: Postgres, *, several: bool = False) -> tuple[Value, ...]:
    """The values with which a database is reached; with `several` in one pod each variable has the database's name."""
    if database.managed:
        variable = contract.database_url_variable(database.name if several else None)
        key = given(database.managed.name, database, "managed")
        return (Value(names.secret(database), key, variable),)
    prefix = contract.postgres_prefix(database.name if several else None)
    keys = _OPERATORS_KEYS if database.operator else LOGIN
    return tuple(
        Value(names.secret(database), _login_key(database, key), prefix + part)
        for key, part in zip(keys, LOGIN, strict=True)
    )


def volume(values: Sequence[Value]) -> "Volume":
    """The one volume that holds them: of each Secret only the keys that the pod may see."""
    sources: list[VolumeProjection] = [
        {"secret": {"name": group[0].secret, "items": [_item(value) for value in group]}}
        for group in (list(each) for _, each in groupby(values, key=lambda value: str(plain(value.secret))))
    ]
    name = because(VOLUME, "one volume for the secrets of all sources")
    mode = because(MODE, "0440: the process and its group read, nobody writes")
    return {"name": name, "projected": {"defaultMode": mode, "sources": sources}}


def mount() -> "VolumeMount":
    """Where a container has that volume."""
    return {
        "name": because(VOLUME, "the volume of the secrets"),
        "mountPath": because(FOLDER, "the folder whose NAME_FILE variables the launcher reads as secrets"),
        "readOnly": because(True, "nothing writes a secret"),  # noqa: FBT003 - Kubernetes' field
    }


def files(values: Iterable[Value]) -> "Iterator[EnvVar]":
    """The variables ``NAME_FILE``: where each value lies. None of them holds a secret."""
    why = "where the file of the secret lies: its value is in no variable of the pod"
    for value in values:
        name = because(f"{value.variable}{contract.SECRET_FILE_SUFFIX}", "the contract: NAME_FILE holds NAME's file")
        yield {"name": name, "value": because(f"{FOLDER}/{value.variable}", why)}


def references(values: Iterable[Value]) -> "Iterator[EnvVar]":
    """The values as variables, for a program that is not started by Seawall's launcher and reads no files."""
    for value in values:
        name = because(value.variable, "a Program reads variables, not files")
        yield {"name": name, "valueFrom": {"secretKeyRef": {"name": value.secret, "key": value.key}}}


def rotation(scope: Scope, values: Iterable[Value]) -> dict[str, str]:
    """The pods' annotation with a hash of what was sealed, so that a rotation replaces them; none if nothing was."""
    pairs = [(str(plain(value.secret)), str(plain(value.key))) for value in values]
    sealed = [(name, key, scope.sealed[name][key]) for name, key in pairs if key in scope.sealed.get(name, {})]
    if not sealed:
        return {}
    digest = sha256(repr(sealed).encode()).hexdigest()[:_DIGITS]
    return {ROTATION: because(digest, "a hash of the sealed secrets that the pod sees: a rotation replaces the pods")}


def _kept(service: Service) -> Iterator[Kept]:
    operator = service.operator if isinstance(service, Postgres) else None
    if isinstance(service, Postgres) and operator:  # it makes the login itself
        if operator.store and not operator.store.role:
            why = "a key to the bucket, by Amazon's name for it"
            yield Kept(service, names.bucket_secret(service), tuple(because(key, why) for key in BUCKET_KEYS))
        return
    values = login(service) if isinstance(service, Postgres) else _own(service)
    if values:
        yield Kept(service, names.secret(service), tuple(value.key for value in values))


def _own(service: Service) -> tuple[Value, ...]:
    if not isinstance(service, Workload):
        return ()
    return tuple(
        Value(names.secret(service), given(secret.name, service, "secrets"), secret.name) for secret in service.secrets
    )


def _login_key(database: Postgres, key: str) -> str:
    if database.operator:
        return given(key, database, "operator", "a part of the login, by CloudNativePG's name for it")
    return because(key, "a part of the login, by the name that the image of Postgres and the launcher read")


def _item(value: Value) -> "KeyToPath":
    return {"key": value.key, "path": because(value.variable, "the file's name is that of its variable")}
