"""A CronJob that restores the newest dump of a database into a throw-away server beside it.

A restore that succeeds has read every row of the dump and proved each key and constraint.
"""

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import database, dumps, job, names, service_account, stateful_set, volumes
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Backup, Postgres
from seawall.stack.cron import longest_wait

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import Container, EnvVar, PersistentVolumeClaimTemplate, Volume

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
_RESTORED: Final = "restored"
_ROLE: Final = "postgres"
_MISSED: Final = 2
_MINUTES: Final = 60  # of an hour


def objects(scope: Scope) -> Iterator[Object]:
    """One for each database with a `backup`."""
    for service in scope.databases:
        if service.backup:
            name = names.restore_test(service)
            yield service_account.of(scope, name, service)
            schedule = given(service.backup.test, service.backup, "test", "a dump that nobody restored is a hope")
            yield dumps.cron_job(scope, service, name, schedule, _restore(scope, service, service.backup))


def _restore(scope: Scope, service: Postgres, backup: Backup) -> job.Work:
    found = dumps.tools(scope, service, RESTORE, "restore")
    local = {"PGHOST": database.LOOPBACK, "PGUSER": _ROLE, "PGDATABASE": _ROLE}
    found["env"] = [
        dumps.folder(),
        _newest(backup),
        *dumps.variables(local, "the server beside it, which nothing else reaches"),
    ]
    found["volumeMounts"] = [dumps.mount(), volumes.scratch_mount()]
    mounted = [dumps.volume(service), _throw_away(service), *database.volumes(scope, service)]
    kept = because(job.DAY, "a day to read its log: for as long, its pod keeps a whole copy of the data")
    return dumps.work([found], mounted, kept, [_server(scope, service)])


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
    environment = list(dumps.variables(trust, "it listens to this pod alone, and holds no login"))
    return database.of(scope, service, environment, because(_RESTORED, "its data"), asked)


def _newest(backup: Backup) -> "EnvVar":
    """Not `keep_days`: dumps that are no longer made would be noticed only when the last one is about to go."""
    name = because("MOST_HOURS", "how old the newest dump may be")
    hours = ceil(_MISSED * longest_wait(backup.schedule) / _MINUTES)
    why = "twice the longest time from one dump to the next: one may fail"
    return {"name": name, "value": given(str(hours), backup, "schedule", why)}


def _throw_away(service: Postgres) -> "Volume":
    storage = given(service.storage, service, "storage", "what is restored may be as large as the database")
    template: PersistentVolumeClaimTemplate = {"spec": stateful_set.claim(service, storage)}
    return {"name": because(_RESTORED, "its data"), "ephemeral": {"volumeClaimTemplate": template}}
