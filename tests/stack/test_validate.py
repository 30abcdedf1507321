import gc
import re
from collections.abc import Sequence

import pytest

from seawall.errors import SeawallError, UsageError
from seawall.stack import Environment, Postgres, Service, Stack, System, stack
from seawall.stack.validate import problems, resolve
from tests.stack.written import faults, run, said, written


def test_the_first_environment_is_the_default() -> None:
    made, _ = run(written('return [Postgres("db")]'))
    assert resolve(made).environment.name == "dev"
    assert resolve(made, "prod") == System(made, made.environments[1], (Postgres("db"),))


def test_the_namespace_is_the_environments_own_or_made_of_both_names() -> None:
    made, _ = run(
        written('return [Postgres("db")]', environments='[Environment("dev"), Environment("x", namespace="y")]')
    )
    assert (resolve(made).namespace, resolve(made, "x").namespace) == ("bakery-dev", "y")


def test_an_environment_that_the_stack_does_not_have() -> None:
    made, _ = run(
        written(
            'return [Postgres("db")]', environments='[Environment("dev"), Environment("staging"), Environment("prod")]'
        )
    )
    with pytest.raises(UsageError) as caught:
        resolve(made, "prd")
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == (
        "SW106",
        "no environment 'prd'; have dev, staging, prod; did you mean 'prod'?",
    )


def test_every_environment_is_checked_whichever_is_asked_for() -> None:
    made, _ = run(written('return [Postgres("db", version=18 if env.name == "dev" else 9)]'))
    with pytest.raises(SeawallError, match=r"error\[SW201\]: db: version .* \(saw 9\) \(in prod\)"):
        resolve(made, "dev")


def test_a_fault_of_every_environment_is_said_once() -> None:
    assert said('return [Postgres("db", version=9)]') == [
        "SW201 4 db: version must be an integer from 15 to 18 (saw 9)"
    ]


def test_several_faults_in_several_environments_in_the_order_of_the_file() -> None:
    assert said(
        'db = Postgres("db", version=9, storage=5 if env.name == "prod" else "1Gi")',
        'api = Api("api", app="api", uses=[db, "cache" if env.name == "c" else "db"], port=env.name)',
        "return [db, api]",
        environments='[Environment("a"), Environment("prod"), Environment("c", host="?")]',
    ) == [
        "SW201 2 environment c: host must be a host name, such as 'shop.example.com' (saw \"?\")",
        "SW201 4 db: version must be an integer from 15 to 18 (saw 9)",
        "SW201 4 db: storage must be a Kubernetes quantity above 0, such as '250m' or '1Gi' (saw 5) (in prod)",
        "SW201 5 api: app must be module:name, such as 'orders.api:app' (saw \"api\")",
        "SW205 5 api depends on 'cache', which is not defined; defined: db (in c)",
        'SW201 5 api: port must be an integer from 1 to 65535 (saw "a") (in a)',
        'SW201 5 api: port must be an integer from 1 to 65535 (saw "prod") (in prod)',
        'SW201 5 api: port must be an integer from 1 to 65535 (saw "c") (in c)',
    ]


def test_a_value_that_many_share_is_said_once() -> None:
    assert said(
        "scale = Autoscale(0, 2)",
        'return [Api("a", app="a:b", scale=scale), Api("b", app="a:b", scale=scale)]',
    ) == ["SW201 4 Autoscale: minimum must be an integer ≥ 1 (saw 0)"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('return [Postgres("db"), "api"]', "item 2 is a str"),
        ("pass", "it returned None"),
        ('return Postgres("db")', "it returned a Postgres"),
        ('return {"db": Postgres("db")}', "it returned a dict"),
        ('yield Postgres("db")', "it returned a generator"),
        ("return []", "it returned an empty list"),
        ("return [Service('db')]", "item 1 is a Service"),
        ("return 'db'", "it returned a str"),
    ],
)
def test_a_function_that_returns_something_else(line: str, wrong: str) -> None:
    assert said(line) == [f"SW104 2 bakery(env='dev') must return a list of services; {wrong}"]


def test_an_async_function() -> None:
    text = written('return [Postgres("db")]').replace("def bakery", "async def bakery")
    (problem,) = faults(text)
    gc.collect()  # a coroutine that nobody awaited would warn now
    assert problem.message == "bakery(env='dev') must return a list of services; it is an async function"


def test_a_list_that_is_wrong_in_one_environment_only() -> None:
    assert said('return [Postgres("db") if env.name == "dev" else None]') == [
        "SW104 2 bakery(env='prod') must return a list of services; item 1 is None"
    ]


def test_an_exception_is_shown_at_the_users_line() -> None:
    (problem,) = faults(
        written("ports = {}", 'return [Api("a", app="a:b", port=ports[env.name])]').replace("env.name", "'x'")
    )
    assert str(problem) == (
        "error[SW102]: KeyError: 'x'\n"
        "  --> stack.py:5:38\n"
        '  | return [Api("a", app="a:b", port=ports[\'x\'])]\n'
        "  |                                  ^"
    )


def test_an_exception_in_a_library_is_shown_where_the_user_called_it() -> None:
    (problem,) = faults(written("import json", 'return json.loads("{")'))
    assert problem.place is not None
    assert (problem.code, str(problem.place)) == ("SW102", "stack.py:5:12")
    assert problem.message.startswith("JSONDecodeError: Expecting property name")


def test_a_function_that_gives_up() -> None:
    assert said("raise SystemExit(3)") == ["SW102 4 SystemExit: 3"]


def test_a_function_that_takes_no_environment() -> None:
    (problem,) = faults(written('return [Postgres("db")]').replace("(env)", "()"))
    assert str(problem) == (
        "error[SW102]: TypeError: bakery() takes 0 positional arguments but 1 was given\n"
        "  --> stack.py:2\n"
        "  fix: def name(env: Environment) -> list[Service]:"
    )


@pytest.mark.parametrize(
    ("call", "message", "fix"),
    [
        ('Api("a", app="a:b", prot=8001)', "Api has no argument 'prot'; did you mean 'port'?", "port=..."),
        ("Secret('A', qqqqq=1)", "Secret has no argument 'qqqqq'; it has name", "take qqqqq out"),
        ('Api("a")', "Api needs 'app'", 'app="module:name"'),
        ("Program('a')", "Program needs 'port'", "port=8000"),
        ('Site("a")', "Site needs 'root'", 'root="folder"'),
        ("ErrorRate()", "ErrorRate needs 'name'", 'name="APIDown"'),
        ('Latency("A")', "Latency needs 'above_seconds', 'for_minutes', and 'severity'", None),
        ('Postgres("db", 18)', "Postgres takes only name without a name", None),
        ("Mesh(1)", "Mesh takes only nothing without a name", None),
        ("Autoscale(1, 2, minimum=1)", "Autoscale got 'minimum' twice", None),
    ],
)
def test_a_call_that_does_not_fit_the_constructor(call: str, message: str, fix: str | None) -> None:
    (problem,) = faults(written(f"return [{call}]"))
    # Its own place where the argument is named there, else that of the call.
    column = 13 + next((call.index(word) for word in ("prot=", "qqqqq=") if word in call), 0)
    assert (problem.code, str(problem.place), problem.message) == ("SW105", f"stack.py:4:{column}", message)
    if fix is not None:
        assert problem.fix == fix


def test_an_unknown_argument_is_found_at_its_own_line() -> None:
    (problem,) = faults(
        written("return [", "    Api(", '        "a",', '        app="a:b",', "        prot=1,", "    ),", "]")
    )
    assert (problem.code, str(problem.place)) == ("SW105", "stack.py:8:13")


def test_the_users_own_function_called_wrongly_is_no_fault_of_a_constructor() -> None:
    assert said("def small(name): ...", "return [small()]") == [
        "SW102 5 TypeError: bakery.<locals>.small() missing 1 required positional argument: 'name'"
    ]


@pytest.mark.parametrize(
    ("environments", "message"),
    [
        ("5", "stack bakery: environments must be a list, each item an Environment (saw 5)"),
        ('["dev"]', 'stack bakery: environments[0] must be an Environment (saw "dev")'),
        ("[Environment(5)]", f"Environment: name must be {'a DNS label'} (a-z, 0-9, '-', at most 40) (saw 5)"),
    ],
)
def test_environments_that_are_none(environments: str, message: str) -> None:
    found = said('return [Postgres("db")]', environments=environments)
    assert found == [f"SW201 2 {message}"]


def test_a_stack_of_something_that_is_no_function() -> None:
    made = stack("bakery", environments=[Environment("dev")])(5)  # type: ignore[arg-type]
    (problem,) = problems(made)
    assert problem.message == "stack bakery: describe must be a function (saw 5)"


def test_a_stack_need_not_come_from_a_file() -> None:
    def bakery(_: Environment) -> Sequence[Service]:
        return [Postgres("db", version=9)]

    (problem,) = problems(Stack("bakery", describe=bakery, environments=[Environment("dev")]))
    assert problem.place is not None
    assert re.fullmatch(r".*test_validate\.py:\d+:17", str(problem.place))
