import pytest

from tests.stack.written import faults, written

MANAGED = 'managed=Secret("URL")'
CONTRADICTIONS = {
    "somebody else's and an operator's": (
        f"{MANAGED}, operator=CloudNativePG()",
        "db: managed means that somebody else runs it, and operator that the cluster does",
        "operator=None",
    ),
    "somebody else's and dumped": (
        f"{MANAGED}, backup=Backup()",
        "db: managed means that somebody else runs it, who makes its backups, too",
        "backup=None",
    ),
    "an operator's and dumped": (
        "operator=CloudNativePG(), backup=Backup()",
        "db: CloudNativePG makes backups itself, to its store",
        'CloudNativePG(store=ObjectStore("s3://..."))',
    ),
    "an operator's with a Secret of another name": (
        'operator=CloudNativePG(), secret_name="login"',
        "db: CloudNativePG makes the Secret of the login and names it",
        "take it out: the login is in db-app",
    ),
}


@pytest.mark.parametrize(("arguments", "message", "fix"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_database_is_run_by_one(arguments: str, message: str, fix: str) -> None:
    (problem,) = faults(written(f'return [Postgres("db", {arguments})]'))
    assert (problem.code, problem.message, problem.fix) == ("SW210", message, fix)
    assert problem.place is not None
    assert problem.place.line == 4


@pytest.mark.parametrize(
    "arguments",
    [
        f'{MANAGED}, secret_name="login"',
        'backup=Backup(), secret_name="login"',
        'operator=CloudNativePG(store=ObjectStore("s3://bucket/db", endpoint="https://s3.example.com:9000"))',
    ],
)
def test_what_holds_together(arguments: str) -> None:
    assert not faults(written(f'return [Postgres("db", {arguments})]'))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            'backup=Backup(schedule="x")',
            "Backup: schedule must be a cron expression of five fields in numbers, such as '0 2 * * *' (saw \"x\")",
        ),
        (
            'operator=CloudNativePG(store=ObjectStore("bucket"))',
            "ObjectStore: destination must be a bucket, such as 's3://backups/orders' (saw \"bucket\")",
        ),
        (
            'storage_class="Fast SSD"',
            "db: storage_class must be the name of a class in the cluster, such as 'eg' (saw \"Fast SSD\")",
        ),
        ("operator=CloudNativePG(instances=0)", "CloudNativePG: instances must be an integer ≥ 1 (saw 0)"),
    ],
)
def test_what_is_no_such_thing(arguments: str, message: str) -> None:
    (problem,) = faults(written(f'return [Postgres("db", {arguments})]'))
    assert (problem.code, problem.message) == ("SW201", message)
