import pytest

from tests.render.stacks import HEAD, refused, text

LINE = HEAD.count("\n") + 3
DATABASE = 'db = Postgres("db", migrations="m", backup=Backup())'


def test_a_service_that_is_called_as_a_databases_job() -> None:
    body = f'{DATABASE}; return [db, Api("db-backup", app="a:b", uses=[db])]'
    (found,) = refused(text(body=body))
    what = "NetworkPolicy and ServiceAccount 'db-backup' would be two objects"
    assert found.startswith(f"SW710 {LINE} {what}: made at stack.py:{LINE}:19 and stack.py:{LINE}:")


def test_a_service_that_is_called_as_a_rule_for_all() -> None:
    (found,) = refused(text(body='return [Api("default-deny", app="a:b")]'))
    assert found == f"SW710 {LINE} NetworkPolicy 'default-deny' would be two objects: made here and by Seawall"


@pytest.mark.parametrize("name", ["db-migration", "db-1", "backup"])
def test_other_names_are_free(name: str) -> None:
    assert not refused(text(body=f'{DATABASE}; return [db, Api("{name}", app="a:b", uses=[db])]'))
