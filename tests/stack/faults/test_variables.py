import pytest

from seawall import contract
from tests.stack.written import faults, said, written


@pytest.mark.parametrize("variable", sorted(contract.RESERVED_VARIABLES))
def test_config_that_sets_what_the_platform_sets(variable: str) -> None:
    assert said(f'return [Api("api", app="a:b", config={{"{variable}": "1"}})]') == [
        f"SW208 4 api: config sets {variable}, which the platform sets"
    ]


def test_the_fix_is_the_argument() -> None:
    (problem,) = faults(written('return [Api("api", app="a:b", config={"PORT": "8001"})]'))
    assert problem.fix == "port=..."


def test_a_secret_may_not_be_the_database_but_the_way_round_its_pooler() -> None:
    assert said(
        'db = Postgres("db")',
        'given = [Secret("DATABASE_URL"), Secret("DATABASE_DIRECT_URL")]',
        'return [db, Api("api", app="a:b", uses=[db], secrets=given)]',
    ) == ["SW208 6 api: secrets sets DATABASE_URL, which the platform sets"]


def test_what_a_service_may_configure_itself() -> None:
    assert (
        said('return [Api("api", app="a:b", config={"LOG_LEVEL": "warn", "TZ": "UTC", "OTEL_SERVICE_NAME": "x"})]')
        == []
    )


@pytest.mark.parametrize("text", [r"\0", r"a\x1b[0m", r"\x85", r"\ud800", r"\uffff"])
def test_config_that_no_variable_or_no_manifest_can_hold(text: str) -> None:
    assert said(f'return [Api("api", app="a:b", config={{"GREETING": "{text}"}})]') == [
        "SW201 4 api: config['GREETING'] must be text without control characters"
    ]


def test_config_may_have_lines_and_any_script() -> None:
    assert said(r'return [Api("api", app="a:b", config={"GREETING": "\ta\r\nb é \u2028 \U0001f600"})]') == []


def test_the_same_variable_twice() -> None:
    assert said(
        'stripe = Api("stripe", app="a:b")',
        'db = Postgres("db")',
        "return [db, stripe,",
        '        Api("a", app="a:b", uses=[stripe], config={"STRIPE_URL": "x"}),',
        '        Api("b", app="a:b", config={"KEY": "x"}, secrets=[Secret("KEY")]),',
        '        Api("c", app="a:b", config={"KEY_FILE": "x"}, secrets=[Secret("KEY")]),',
        '        Api("d", app="a:b", secrets=[Secret("KEY"), Secret("KEY")]),',
        "]",
    ) == [
        "SW207 7 a: STRIPE_URL is set by uses of stripe and by config",
        "SW207 8 b: KEY is set by config and by secrets",
        "SW207 9 c: KEY_FILE is set by config and by secrets",
        "SW207 10 d: KEY is set by secrets and by secrets",
        "SW207 10 d: KEY_FILE is set by secrets and by secrets",
    ]


def test_names_that_give_one_variable() -> None:
    assert said(
        'db, other, x, y = Postgres("db"), Postgres("x"), Api("database", app="a:b"), Api("x-database", app="a:b")',
        "return [db, other, x, y,",
        '        Api("a", app="a:b", uses=[db, x]),',
        '        Api("b", app="a:b", uses=[db, other, y])]',
    ) == [
        "SW207 6 a: DATABASE_URL is set by uses of db and by uses of database",
        "SW207 7 b: X_DATABASE_URL is set by uses of x and by uses of x-database",
    ]


def test_a_service_whose_address_would_be_a_variable_of_the_platform() -> None:
    assert said(
        'return [Api("database-direct", app="a:b"), Api("api", app="a:b", uses=["database-direct"])]',
    ) == ["SW207 4 api: DATABASE_DIRECT_URL is set by uses of database-direct and by the platform"]
