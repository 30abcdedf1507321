"""Dumps of a database of the stack's own: a CronJob that makes them, onto a claim of their own.

A dump is one moment of one database: what was written since is lost with the disk. Who may lose less has CloudNativePG
run it, with a store. A dump holds no roles, so none are restored: neither whose a table is nor who else may read it.
https://www.postgresql.org/docs/current/app-pgdump.html
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.render.kubernetes import capacity, dumps, job, names, secrets, service_account, volumes
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Backup, Postgres

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import EnvVar

DUMP: Final = """\
set -eu
umask 077
cd "$BACKUPS"
rm -f -- *.part
export PGUSER="$(cat "$POSTGRES_USER_FILE")" PGDATABASE="$(cat "$POSTGRES_DB_FILE")"
export PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
latest="$(find . -maxdepth 1 -name '*.dump' | sort | tail -n 1)"
find . -maxdepth 1 -name '*.dump' -mtime "+$KEEP_DAYS" ! -path "${latest:-./none}" -delete
name="$(date -u +%Y%m%dT%H%M%SZ).dump"
pg_dump --format=custom --file="$name.part"
pg_restore --list "$name.part" > /dev/null
sync "$name.part"
mv -- "$name.part" "$name"
find . -maxdepth 1 -name '*.dump' -mtime "+$KEEP_DAYS" ! -name "$name" -delete
echo "dumped $PGDATABASE to $name: $(wc -c < "$name") bytes; dumps kept: $(ls -- *.dump | wc -l)"
"""


def objects(scope: Scope) -> Iterator[Object]:
    """For each database with a `backup` the claim that holds its dumps, and the CronJob that makes them."""
    for service in scope.databases:
        if service.backup:
            name = names.backup(service)
            yield dumps.claim(scope, service, service.backup)
            yield service_account.of(scope, name, service)
            schedule = given(service.backup.schedule, service.backup, "schedule", "when few are there")
            yield dumps.cron_job(scope, service, name, schedule, _dump(scope, service, service.backup))


def _dump(scope: Scope, service: Postgres, backup: Backup) -> job.Work:
    values = secrets.login(service)
    found = dumps.tools(scope, service, DUMP, "dump")
    found["env"] = [dumps.folder(), _kept(backup), *dumps.reached(service), *secrets.files(values)]
    found["volumeMounts"] = [dumps.mount(), volumes.scratch_mount(), secrets.mount()]
    scratch = volumes.scratch(capacity.resources(scope, service))
    kept = because(7 * job.DAY, "a week to read its log")
    return dumps.work([found], [dumps.volume(service), scratch, secrets.volume(values)], kept)


def _kept(backup: Backup) -> "EnvVar":
    name = because("KEEP_DAYS", "how old a dump may be")
    return {"name": name, "value": given(str(backup.keep_days), backup, "keep_days", "the newest is kept anyway")}
