import pytest

from seawall.errors import UsageError
from seawall.local.selection import only
from seawall.stack import Api, Postgres, Worker
from tests.support.systems import system

DB = Postgres("db")
WORKER = Worker("worker", jobs="a:b", uses=[DB])
API = Api("api", app="a:b", uses=["worker"])
OTHER = Api("other", app="a:b", uses=[DB])


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (["api"], ["db", "worker", "api"]),
        (["db"], ["db"]),
        (["other", "worker"], ["db", "worker", "other"]),
        (["api", "api", "other"], ["db", "worker", "api", "other"]),
    ],
)
def test_what_was_named_and_what_it_uses_stay_in_their_order(names: list[str], kept: list[str]) -> None:
    part = only(system(DB, WORKER, API, OTHER), names)
    assert [service.name for service in part.services] == kept


def test_every_unknown_name_is_reported_with_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        only(system(DB, API, WORKER), ["apy", "nobody"])
    first, second = caught.value.problems
    assert (first.code, second.code) == ("SW315", "SW315")
    assert first.message == "the stack has no service 'apy'; did you mean 'api'?"
    assert first.wanted == "one of db, api, worker"
    assert "did you mean" not in second.message
