from tests.stack.written import faults, said, written


def test_a_reference_to_nothing() -> None:
    assert said(
        'return [Postgres("db"), Postgres("cache"), Api("api", app="a:b", uses=["pg"])]',
    ) == ["SW205 4 api depends on 'pg', which is not defined; defined: db, cache"]


def test_a_reference_to_nearly_something() -> None:
    (problem,) = faults(written('return [Postgres("orders-db"), Api("api", app="a:b", uses=["order-db"])]'))
    assert problem.fix == "did you mean 'orders-db'?"


def test_a_reference_to_the_beginning_of_something() -> None:
    (problem,) = faults(
        written('return [Api("api", app="a:b", uses=["workr"]), Site("worker-service", root="web")]'),
    )
    assert problem.fix == "did you mean 'worker-service'?"


def test_a_reference_to_nothing_of_that_kind_says_what_is_missing() -> None:
    (problem,) = faults(written('return [Postgres("db"), Api("api", app="a:b", uses=["mail"])]'))
    assert problem.fix == "return a service named 'mail', too"


def test_a_service_that_is_used_and_not_returned() -> None:
    assert said('db = Postgres("db")', 'return [Api("api", app="a:b", uses=[db])]') == [
        "SW205 5 api depends on 'db' of stack.py:4:10, which the stack function does not return"
    ]


def test_another_service_of_the_same_name_than_the_one_returned() -> None:
    assert said('old = Postgres("db", version=17)', 'return [Postgres("db"), Api("api", app="a:b", uses=[old])]') == [
        "SW205 5 api depends on 'db' of stack.py:4:11, which the stack function does not return"
    ]


def test_an_equal_service_is_the_same_service() -> None:
    assert said('return [Postgres("db"), Api("api", app="a:b", uses=[Postgres("db")])]') == []


def test_a_mutual_reference_is_a_cycle() -> None:
    (problem,) = faults(
        written(
            'api = Api("api", app="a:b", uses=["worker"])',
            'db = Postgres("db")',
            'return [db, api, Worker("worker", jobs="a:b", uses=[db, api])]',
        )
    )
    assert str(problem) == (
        "error[SW204]: cycle: api -> worker -> api\n  --> stack.py:6:51\n  fix: take 'api' out of the uses of 'worker'"
    )


def test_a_service_that_uses_itself() -> None:
    assert said('return [Api("api", app="a:b", uses=["api"])]') == ["SW204 4 cycle: api -> api"]


def test_two_cycles_are_both_reported() -> None:
    codes = said(
        'return [Api("a", app="a:b", uses=["b"]), Api("b", app="a:b", uses=["a"]),',
        '        Api("c", app="a:b", uses=["d"]), Api("d", app="a:b", uses=["c"])]',
    )
    assert codes == ["SW204 4 cycle: a -> b -> a", "SW204 5 cycle: c -> d -> c"]


def test_a_worker_without_a_queue() -> None:
    assert said('return [Worker("worker", jobs="a:b")]') == [
        "SW209 4 worker 'worker' uses no Postgres to hold its queue"
    ]


def test_a_workers_queue_may_be_named_by_a_string() -> None:
    assert said('return [Worker("worker", jobs="a:b", uses=["db"]), Postgres("db")]') == []
