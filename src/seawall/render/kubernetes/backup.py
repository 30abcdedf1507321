"""Dumps of a database of the stack's own: a CronJob that makes them, and one that restores the newest.

A restore that succeeds has read every row of the dump and proved each key and constraint. A dump is one moment of one
database: what was written since is lost with the disk. Who may lose less has CloudNativePG run it, with a store.
A dump holds no roles, so none are restored: neither whose a table is nor who else may read it.
https://www.postgresql.org/docs/current/app-pgdump.html
"""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import TYPE_CHECKING, Final

from seawall import contract
from seawall.render.kubernetes import (
    capacity,
    container,
    database,
    job,
    names,
    secrets,
    security,
    service_account,
    stateful_set,
    volumes,
)
from seawall.render.kubernetes.object import Object, made
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Backup, Postgres
from seawall.stack.cron import longest_wait

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import (
        Container,
        CronJobSpec,
        EnvVar,
        PersistentVolumeClaimTemplate,
        Volume,
        VolumeMount,
    )

FOLDER: Final = "/backups"
DUMP: Final = """\
set -eu
umask 077
cd "$BACKUPS"
rm -f -- *.part
export PGUSER="$(cat "$POSTGRES_USER_FILE")" PGDATABASE="$(cat "$POSTGRES_DB_FILE")"
export PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
name="$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --file="$name.part"
pg_restore --list "$name.part" > /dev/null
sync "$name.part"
mv -- "$name.part" "$name"
find . -maxdepth 1 -name '*.dump' -mtime "+$KEEP_DAYS" ! -name "$name" -delete
echo "dumped $PGDATABASE to $name: $(wc -c < "$name") bytes; dumps kept: $(ls -- *.dump | wc -l)"
"""
RESTORE: Final = """\
set -eu
cd "$BACKUPS"
newest="$(find . -maxdepth 1 -name '*.dump' -mmin "-$((MOST_HOURS * 60))" | sort | tail -n 1)"
test -n "$newest" || { echo "no dump of the last $MOST_HOURS hours to restore" >&2; exit 1; }
pg_restore --exit-on-error --no-owner --no-acl --dbname="$PGDATABASE" "$newest"
psql -AtXqc 'analyze'
psql -AtXF ' ' -c "select 'restored $newest:', count(*), 'tables, about', coalesce(sum(n_live_tup), 0), 'rows'
  from pg_stat_user_tables"
"""
_CLAIM: Final = "backups"
_RESTORED: Final = "restored"
_ROLE: Final = "postgres"
_RETRIES: Final = 1
_DEADLINE: Final = 4 * job.HOUR
_HISTORY: Final = 3
_MISSED: Final = 2
_MINUTES: Final = 60  # of an hour


def objects(scope: Scope) -> Iterator[Object]:
    """For each database with a `backup` the claim that holds its dumps, and both CronJobs."""
    for service in scope.databases:
        if service.backup:
            yield _claim(scope, service, service.backup)
            dump, restore = names.backup(service), names.restore_test(service)
            yield service_account.of(scope, dump, service)
            yield service_account.of(scope, restore, service)
            schedule = given(service.backup.schedule, service.backup, "schedule", "when few are there")
            yield _cron_job(scope, service, dump, schedule, _dump(scope, service, service.backup))
            schedule = given(service.backup.test, service.backup, "test", "a dump that nobody restored is a hope")
            yield _cron_job(scope, service, restore, schedule, _restore(scope, service, service.backup))


def _claim(scope: Scope, service: Postgres, backup: Backup) -> Object:
    storage = given(backup.storage, backup, "storage", "room for all dumps that are kept, and the one being made")
    metadata = scope.metadata(names.backup(service), service)
    return made("v1", "PersistentVolumeClaim", metadata, {"spec": stateful_set.claim(service, storage)})


def _cron_job(scope: Scope, service: Postgres, name: str, schedule: str, work: job.Work) -> Object:
    assert service.backup is not None  # noqa: S101  # `objects` has seen it
    spec: CronJobSpec = {
        "schedule": schedule,
        "timeZone": given(service.backup.time_zone, service.backup, "time_zone", "whatever the cluster's own is"),
        "concurrencyPolicy": because("Forbid", "one at a time"),
        "startingDeadlineSeconds": because(job.HOUR, "late after an outage is better than not, for an hour"),
        "successfulJobsHistoryLimit": because(_HISTORY, "their logs are there to compare"),
        "failedJobsHistoryLimit": because(_HISTORY, "their logs say why"),
        "jobTemplate": {
            "metadata": {"labels": job.labels(scope, service, name)},
            "spec": job.spec(scope, service, name, work),
        },
    }
    return made("batch/v1", "CronJob", scope.metadata(name, service), {"spec": spec})


def _dump(scope: Scope, service: Postgres, backup: Backup) -> job.Work:
    values = secrets.login(service)
    found = _container(scope, service, DUMP, "dump")
    found["env"] = [_folder(), _kept(backup), *_reached(service), *secrets.files(values)]
    found["volumeMounts"] = [_mount(), volumes.scratch_mount(), secrets.mount()]
    scratch = volumes.scratch(capacity.resources(scope, service))
    kept = because(7 * job.DAY, "a week to read its log")
    return _work([found], [_volume(service), scratch, secrets.volume(values)], kept)


def _restore(scope: Scope, service: Postgres, backup: Backup) -> job.Work:
    found = _container(scope, service, RESTORE, "restore")
    local = {"PGHOST": database.LOOPBACK, "PGUSER": _ROLE, "PGDATABASE": _ROLE}
    found["env"] = [_folder(), _newest(backup), *_variables(local, "the server beside it, which nothing else reaches")]
    found["volumeMounts"] = [_mount(), volumes.scratch_mount()]
    mounted = [_volume(service), _throw_away(service), *database.volumes(scope, service)]
    kept = because(job.DAY, "a day to read its log: for as long, its pod keeps a whole copy of the data")
    return _work([found], mounted, kept, [_server(scope, service)])


def _work(
    containers: "Sequence[Container]", mounted: "Sequence[Volume]", kept: int, sidecars: "Sequence[Container]" = ()
) -> job.Work:
    retries = because(_RETRIES, "once more at once; then the next time, and a person")
    deadline = because(_DEADLINE, "a large database takes its time, and what hangs ends")
    priority = because(names.BATCH, "under pressure it makes room for what answers requests")
    return job.Work(containers, mounted, retries, deadline, kept, priority, sidecars)


def _container(scope: Scope, service: Postgres, script: str, name: str) -> "Container":
    memory = because(
        "256Mi", "tools of PostgreSQL that hold little of what passes through them; the limit is the request"
    )
    asked = capacity.resources(scope, service)
    disk = given(asked.ephemeral_storage, asked, "ephemeral_storage", "for its log")
    cpu = because("100m", "what is promised; more is used where the node has it")
    return {
        **container.started(service),
        "name": because(name, "what it does"),
        "command": because(["sh", "-c", script], "the tools of PostgreSQL's image, of the server's own version"),
        "resources": {
            "requests": {"cpu": cpu, "memory": memory, "ephemeral-storage": disk},
            "limits": {"memory": memory, "ephemeral-storage": disk},
        },
        "securityContext": security.container(),
    }


def _server(scope: Scope, service: Postgres) -> "Container":
    """The throw-away server: it has started when it takes connections, and ends when the restore does."""
    arguments = [f"--listen-addresses={database.LOOPBACK}", "--fsync=off"]
    why = "nothing but this pod reaches it, and nothing in it is worth a disk's time"
    trust = {"POSTGRES_HOST_AUTH_METHOD": "trust"}
    asked: Container = {
        "name": because(_RESTORED, "what it holds"),
        "args": because(arguments, why),
        "restartPolicy": because("Always", "a sidecar: it starts before the restore and ends with it"),
        "startupProbe": database.startup(database.ready(_ROLE, _ROLE)),
    }
    environment = list(_variables(trust, "it listens to this pod alone, and holds no login"))
    return database.of(scope, service, environment, because(_RESTORED, "its data"), asked)


def _folder() -> "EnvVar":
    (found,) = _variables({"BACKUPS": FOLDER}, "where the dumps are")
    return found


def _kept(backup: Backup) -> "EnvVar":
    name = because("KEEP_DAYS", "how old a dump may be")
    return {"name": name, "value": given(str(backup.keep_days), backup, "keep_days", "the newest is kept anyway")}


def _newest(backup: Backup) -> "EnvVar":
    """Not `keep_days`: dumps that are no longer made would be noticed only when the last one is about to go."""
    name = because("MOST_HOURS", "how old the newest dump may be")
    hours = ceil(_MISSED * longest_wait(backup.schedule) / _MINUTES)
    why = "twice the longest time from one dump to the next: one may fail"
    return {"name": name, "value": given(str(hours), backup, "schedule", why)}


def _reached(service: Postgres) -> "Iterator[EnvVar]":
    port, host = str(contract.POSTGRES_PORT), names.database_host(service)
    found = {"PGHOST": host, "PGPORT": port, "PGSSLMODE": "disable", "PGCONNECT_TIMEOUT": "30"}
    yield from _variables(found, "libpq's name: how the database in this namespace is reached")


def _variables(values: Mapping[str, str], why: str) -> "Iterator[EnvVar]":
    for name, value in values.items():
        yield {"name": because(name, why), "value": because(value, why)}


def _mount() -> "VolumeMount":
    return {"name": because(_CLAIM, "the claim"), "mountPath": because(FOLDER, "where the dumps are")}


def _volume(service: Postgres) -> "Volume":
    return {"name": because(_CLAIM, "the claim"), "persistentVolumeClaim": {"claimName": names.backup(service)}}


def _throw_away(service: Postgres) -> "Volume":
    storage = given(service.storage, service, "storage", "what is restored may be as large as the database")
    template: PersistentVolumeClaimTemplate = {"spec": stateful_set.claim(service, storage)}
    return {"name": because(_RESTORED, "its data"), "ephemeral": {"volumeClaimTemplate": template}}
