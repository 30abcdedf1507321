import pytest

from seawall import contract
from tests.stack.written import said


def test_two_services_at_one_path() -> None:
    assert said('return [Api("api", app="a:b", path="/x"),', 'Site("web", root="web", path="/x")]') == [
        "SW206 5 path '/x' is claimed by api (stack.py:4:13) and web (stack.py:5:5)"
    ]


def test_a_path_within_another_is_no_fault() -> None:
    assert said('return [Api("api", app="a:b", path="/api"), Site("web", root="web", path="/")]') == []


@pytest.mark.parametrize("path", [*contract.CLOSED_PATHS, "/metrics/mine"])
def test_a_path_that_the_edge_keeps_from_the_public(path: str) -> None:
    assert said(f'return [Api("api", app="a:b", path="{path}")]') == [
        f"SW206 4 path '{path}' is claimed by api and by the contract, which keeps it from the public"
    ]


def test_a_path_that_begins_like_one_of_those() -> None:
    assert said('return [Api("api", app="a:b", path="/metrics-of-mine")]') == []
