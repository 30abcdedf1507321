from pathlib import Path

import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.runtime.secrets import load_secrets


def environ(folder: Path, **files: str) -> dict[str, str]:
    """An environment in which each of `files` is a secret below `folder`."""
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return {"SEAWALL_SECRETS": str(folder), **{f"{name}_FILE": str(folder / name) for name in files}}


def codes(variables: dict[str, str]) -> list[str]:
    before = dict(variables)
    with pytest.raises(SeawallError) as caught:
        load_secrets(variables)
    assert variables == before, "nothing may be set where something is wrong"
    return [problem.code for problem in caught.value.problems]


def test_a_file_gives_its_variable_its_value_without_the_last_line_break(tmp_path: Path) -> None:
    variables = environ(tmp_path, STRIPE_KEY="sk_1\n", TWO_LINES="a\r\nb\n\n", BARE=" x ")
    load_secrets(variables)
    assert variables["STRIPE_KEY"] == "sk_1"
    assert variables["TWO_LINES"] == "a\r\nb\n"
    assert variables["BARE"] == " x "


def test_a_variable_that_is_set_wins_over_its_file(tmp_path: Path) -> None:
    variables = environ(tmp_path, KEY="from the file") | {"KEY": "set"}
    load_secrets(variables)
    assert variables["KEY"] == "set"


def test_files_elsewhere_keep_their_meaning(tmp_path: Path) -> None:
    outside = tmp_path / "ca.pem"
    outside.write_text("certificates")
    (tmp_path / "secrets").mkdir()
    variables = {
        "SEAWALL_SECRETS": str(tmp_path / "secrets"),
        "SSL_CERT_FILE": str(outside),
        "ABSENT_FILE": "/nowhere/at/all",
        "RELATIVE_FILE": "secrets/key",
        "CLIMBING_FILE": f"{tmp_path}/secrets/../ca.pem",
        "_FILE": str(tmp_path / "secrets" / "x"),
        # A token of the cluster's own; /var/run is a link to /run in most images.
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    }
    before = dict(variables)
    load_secrets(variables)
    assert variables == before


def test_the_folders_of_the_contract_count_where_none_are_named() -> None:
    variables = {f"KEY{index}_FILE": f"{folder}/absent" for index, folder in enumerate(contract.SECRET_FOLDERS)}
    assert codes(variables) == ["SW404", "SW404"]


def test_all_missing_files_come_at_once_with_their_names(tmp_path: Path) -> None:
    variables = environ(tmp_path) | {"A_FILE": f"{tmp_path}/a", "B_FILE": f"{tmp_path}/b"}
    with pytest.raises(SeawallError) as caught:
        load_secrets(variables)
    assert [problem.message.partition(" ")[0] for problem in caught.value.problems] == ["A", "B"]


def test_a_file_that_is_no_text_is_refused_and_not_shown(tmp_path: Path) -> None:
    variables = environ(tmp_path, ZERO="canary\0")
    (tmp_path / "BINARY").write_bytes(b"canary\xff")
    variables["BINARY_FILE"] = str(tmp_path / "BINARY")
    with pytest.raises(SeawallError) as caught:
        load_secrets(variables)
    assert [problem.code for problem in caught.value.problems] == ["SW405", "SW405"]
    assert "canary" not in str(caught.value)


def test_the_database_url_is_made_of_its_parts(tmp_path: Path) -> None:
    variables = environ(tmp_path, POSTGRES_USER="o@u", POSTGRES_PASSWORD="p:/ %?#\n", POSTGRES_DB="d/b")
    variables["POSTGRES_HOST"] = "db.app.svc"
    load_secrets(variables)
    assert variables["DATABASE_URL"] == "postgresql://o%40u:p%3A%2F%20%25%3F%23@db.app.svc:5432/d%2Fb"


def test_a_url_that_is_given_wins_over_parts(tmp_path: Path) -> None:
    parts = {"POSTGRES_HOST": "h", "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "POSTGRES_DB": "d"}
    variables = environ(tmp_path, DATABASE_URL="postgresql://file/d") | parts
    load_secrets(variables)
    assert variables["DATABASE_URL"] == "postgresql://file/d"


def test_parts_without_a_host_are_somebody_elses() -> None:
    variables = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p"}
    load_secrets(variables)
    assert "DATABASE_URL" not in variables


def test_parts_that_are_missing_are_named_once_each(tmp_path: Path) -> None:
    variables = environ(tmp_path) | {"POSTGRES_HOST": "h", "POSTGRES_PASSWORD_FILE": f"{tmp_path}/absent"}
    with pytest.raises(SeawallError) as caught:
        load_secrets(variables)
    named = [problem.message.partition(" ")[0] for problem in caught.value.problems]
    assert sorted(named) == ["POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"]


def test_each_of_several_databases_gets_its_url(tmp_path: Path) -> None:
    variables = environ(
        tmp_path,
        ORDERS_DB_POSTGRES_USER="o",
        ORDERS_DB_POSTGRES_PASSWORD="p@",
        ORDERS_DB_POSTGRES_DB="orders",
        STOCK_DATABASE_URL="postgresql://s:q@elsewhere/stock",
    )
    variables |= {"ORDERS_DB_POSTGRES_HOST": "orders-db", "ORDERS_DB_POSTGRES_PORT": "6432"}
    load_secrets(variables)
    assert variables["ORDERS_DB_DATABASE_URL"] == "postgresql://o:p%40@orders-db:6432/orders"
    assert variables["STOCK_DATABASE_URL"] == "postgresql://s:q@elsewhere/stock"
    assert "DATABASE_URL" not in variables


def test_a_host_under_a_name_of_somebodys_own_makes_no_url() -> None:
    variables = {"REPLICA_POSTGRES_HOST": "replica", "REPLICA_POSTGRES_USER": "u", "MYPOSTGRES_HOST": "h"}
    before = dict(variables)
    load_secrets(variables)
    assert variables == before


def test_an_empty_part_of_one_of_several_logins_is_named_with_its_url(tmp_path: Path) -> None:
    variables = environ(tmp_path, A_POSTGRES_USER="u", A_POSTGRES_PASSWORD="", A_POSTGRES_DB="d")
    variables["A_POSTGRES_HOST"] = "a"
    with pytest.raises(SeawallError) as caught:
        load_secrets(variables)
    (problem,) = caught.value.problems
    assert problem.message == "A_POSTGRES_PASSWORD is not set: A_DATABASE_URL cannot be made of its parts without it"
