"""A CronJob that is never due: a person makes a Job of it, which restores a dump into a database beside the one in use.

It overwrites nothing, and does not begin where the volume would become full: that would stop the database in use.
Whether the restored database takes the place of the other, a person decides, by renaming both.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from seawall.render.kubernetes import capacity, dumps, job, names, secrets, service_account, volumes
from seawall.render.kubernetes.object import Object
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import because, given
from seawall.stack import Postgres

SCRIPT: Final = """\
set -eu
cd "$BACKUPS"
export PGUSER="$(cat "$POSTGRES_USER_FILE")" PGPASSWORD="$(cat "$POSTGRES_PASSWORD_FILE")"
database="$(cat "$POSTGRES_DB_FILE")"
dump="${DUMP:-}"  # the newest, or the one that the Job names
test -n "$dump" || dump="$(find . -maxdepth 1 -name '*.dump' | sort | tail -n 1)"
test -f "$dump" || { echo "there is no dump '$dump', but:" *.dump >&2; exit 1; }
room="$(psql -AtXq -d postgres -v ON_ERROR_STOP=1 -c "create temp table df (kib bigint)" \\
  -c "copy df from program 'df -Pk . | tail -n 1 | tr -s '' '' | cut -d '' '' -f 4'" \\
  -c "select kib * 1024 > size * 1.2 + least(size, 1073741824) + 67108864
    from df, pg_database_size('$database') size")"
test "$room" = t || test -n "${FORCE:-}" || {
  echo "the volume of the database has no room for a copy of $database and for what writing it logs: grow it first" >&2
  exit 1
}
export PGDATABASE="${database}_restored"
createdb --template=template0 "$PGDATABASE"
pg_restore --exit-on-error --no-owner --no-acl --dbname="$PGDATABASE" "$dump"
psql -AtXqc 'analyze'
psql -AtXF ' ' -c "select 'restored $dump into $PGDATABASE:', count(*), 'tables, about',
  coalesce(sum(n_live_tup), 0), 'rows; $database is as it was' from pg_stat_user_tables"
"""


def objects(scope: Scope) -> Iterator[Object]:
    """One for each database with a `backup`."""
    for service in scope.databases:
        if service.backup:
            name = names.restore(service)
            yield service_account.of(scope, name, service)
            schedule = given(service.backup.schedule, service.backup, "schedule", "it is suspended: never")
            yield dumps.cron_job(scope, service, name, schedule, _work(scope, service), suspended=True)


def _work(scope: Scope, service: Postgres) -> job.Work:
    values = secrets.login(service)
    found = dumps.tools(scope, service, SCRIPT, "restore")
    found["env"] = [dumps.folder(), *dumps.reached(service), *secrets.files(values)]
    found["volumeMounts"] = [dumps.mount(), volumes.scratch_mount(), secrets.mount()]
    scratch = volumes.scratch(capacity.resources(scope, service))
    kept = because(7 * job.DAY, "a week to read its log")
    once = because(0, "what a first try left behind is looked at, not tried again")
    return replace(dumps.work([found], [dumps.volume(service), scratch, secrets.volume(values)], kept), retries=once)
