from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace

import pytest

from seawall.stack import Api, Autoscale, Canary, Postgres, Secret
from tests.stack.written import run, written


def test_a_value_remembers_the_first_line_and_the_column_of_its_call() -> None:
    stack, _ = run(written('one = Postgres("one")', "return [one, Postgres(", '    "two",', ")]"))
    one, two = stack.describe(stack.environments[0])
    assert str(one.place) == "stack.py:4:11"
    assert str(two.place) == "stack.py:5:18"
    assert str(stack.place) == "stack.py:2:2"
    assert str(stack.environments[1].place) == "stack.py:2:52"


def test_values_made_by_default_are_placed_at_the_call_that_they_belong_to() -> None:
    stack, _ = run(written('return [Api("a", app="a:b")]'))
    (api,) = stack.describe(stack.environments[0])
    assert isinstance(api, Api)
    assert api.resources.place == api.release.place == api.egress[0].place == api.place


def test_a_copy_is_placed_where_it_was_made() -> None:
    stack, _ = run(
        "import dataclasses\n" + written('db = Postgres("db")', "return [dataclasses.replace(db, version=17)]")
    )
    (db,) = stack.describe(stack.environments[0])
    assert str(db.place) == "stack.py:6:13"


def test_places_take_no_part_in_equality() -> None:
    one = Postgres("db", version=17)
    two = Postgres("db", version=17)
    assert one == two
    assert one.place != two.place
    assert one != replace(two, version=18)


def test_nothing_changes_a_value_once_it_is_made() -> None:
    uses, config, secrets = ["db"], {"A": "1"}, [Secret("KEY")]
    api = Api("api", app="a:b", uses=uses, config=config, secrets=secrets)
    uses.append("x")
    config["A"] = "2"
    secrets.clear()
    assert (api.uses, api.config, api.secrets) == (("db",), {"A": "1"}, (Secret("KEY"),))
    assert isinstance(api.config, Mapping)
    with pytest.raises(TypeError, match="does not support item assignment"):
        api.config["A"] = "3"  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        api.port = 1  # type: ignore[misc]


def test_values_of_values_are_equal_too() -> None:
    assert Api("a", app="a:b", scale=Autoscale(1, 2), release=Canary(5, 50)) == Api(
        "a", app="a:b", scale=Autoscale(1, 2), release=Canary(5, 50)
    )
