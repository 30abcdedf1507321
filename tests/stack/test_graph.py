import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.stack import Api, Postgres, Program, Service, Site, Worker
from seawall.stack.graph import Edge, Graph
from tests.support.systems import example

NAMES = st.integers(min_value=0, max_value=30).map("s{}".format)


@st.composite
def acyclic(draw: st.DrawFn) -> list[Service]:
    """Services that use only services which come before them, listed in any order; some by object, some by name."""
    made: list[Service] = []
    for at in range(draw(st.integers(min_value=0, max_value=12))):
        used = draw(st.lists(st.sampled_from(made), unique_by=lambda each: each.name)) if made else []
        by_name = draw(st.booleans())
        made.append(Api(f"s{at}", app="a:b", uses=[each.name if by_name else each for each in used]))
    return draw(st.permutations(made))


@given(acyclic())
def test_each_service_starts_after_those_that_it_uses(services: list[Service]) -> None:
    graph = Graph(services)
    order = [service.name for service in graph.start_order()]
    assert sorted(order) == sorted(service.name for service in services)
    assert graph.cycles() == ()
    for service in services:
        for used in graph.uses(service):
            assert order.index(used.name) < order.index(service.name)


@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=4), max_size=12))
def test_every_cycle_that_is_found_is_one(uses: dict[str, list[str]]) -> None:
    graph = Graph(Api(name, app="a:b", uses=used) for name, used in uses.items())
    cycles = graph.cycles()
    for cycle in cycles:
        for user, used in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            assert used in graph.uses(user)
    in_a_cycle = {service.name for cycle in cycles for service in cycle}
    assert Graph(service for service in graph.services if service.name not in in_a_cycle).cycles() == ()


@given(acyclic(), st.data())
def test_closing_a_path_makes_a_cycle(services: list[Service], data: st.DataObject) -> None:
    ends = [(user, used) for user in services for used in Graph(services).uses(user)]
    if not ends:
        return
    user, used = data.draw(st.sampled_from(ends))
    closed = Api(used.name, app="a:b", uses=[*used.uses, user.name])
    # The others mean the new service by the old one's name.
    (cycle,) = Graph(closed if each is used else each for each in services).cycles()
    assert {user.name, used.name} <= {service.name for service in cycle}


def test_microstack() -> None:
    graph = Graph(example("microstack", "prod").services)
    postgres, worker, api, frontend = graph.services
    assert graph.start_order() == (postgres, worker, api, frontend)
    assert graph.edges() == (
        Edge(worker, postgres, 5432),
        Edge(api, postgres, 5432),
        Edge(api, worker, 8080),
        Edge(frontend, api, 3000),
    )
    addresses = {"postgres": "postgres://here", "worker-service": "http://w", "api-service": "http://a"}
    assert graph.variables(api, addresses) == {"DATABASE_URL": "postgres://here", "WORKER_SERVICE_URL": "http://w"}
    assert graph.variables(frontend, addresses) == {"API_SERVICE_URL": "http://a"}
    assert graph.variables(postgres, addresses) == {}
    assert graph.postgres_of(worker) is postgres
    assert graph.postgres_of(frontend) is None


def test_shop() -> None:
    graph = Graph(example("shop", "staging").services)
    assert [service.name for service in graph.start_order()] == [
        "orders-db",
        "inventory-db",
        "inventory",
        "orders",
        "fulfilment",
        "api-gateway",
    ]
    assert {(edge.source.name, edge.target.name, edge.port) for edge in graph.edges()} == {
        ("inventory", "inventory-db", 5432),
        ("orders", "orders-db", 5432),
        ("orders", "inventory", 8002),
        ("fulfilment", "orders-db", 5432),
        ("fulfilment", "inventory", 8002),
        ("api-gateway", "orders", 8001),
        ("api-gateway", "inventory", 8002),
    }
    injected = {service.name: [name for name, _ in graph.injected(service)] for service in graph.services}
    assert injected == {
        "orders-db": [],
        "inventory-db": [],
        "inventory": ["DATABASE_URL"],
        "orders": ["DATABASE_URL", "INVENTORY_URL"],
        "fulfilment": ["DATABASE_URL", "INVENTORY_URL"],
        "api-gateway": ["ORDERS_URL", "INVENTORY_URL"],
    }


def test_several_databases_have_a_variable_each() -> None:
    api = Api("api", app="a:b", uses=["orders-db", "cache"])
    graph = Graph([Postgres("orders-db"), Postgres("cache"), api])
    assert [name for name, _ in graph.injected(api)] == ["ORDERS_DB_DATABASE_URL", "CACHE_DATABASE_URL"]


def test_a_service_that_is_named_twice_counts_once() -> None:
    db = Postgres("db")
    api = Api("api", app="a:b", uses=[db, "db"])
    assert Graph([db, api]).injected(api) == (("DATABASE_URL", db),)


def test_each_kind_listens_on_its_own_port() -> None:
    listeners: list[Service] = [
        Api("api", app="a:b", port=3000),
        Site("site", root="web", port=3001),
        Program("program", port=3002),
        Worker("worker", jobs="a:b", metrics_port=3003),
        Postgres("db"),
    ]
    client = Api("client", app="a:b", uses=listeners)
    assert [edge.port for edge in Graph([*listeners, client]).edges()] == [3000, 3001, 3002, 3003, 5432]


def test_a_service_of_no_kind_listens_on_nothing() -> None:
    bare = Service("bare")
    with pytest.raises(TypeError, match="Service listens on nothing"):
        Graph([bare, Api("api", app="a:b", uses=[bare])]).edges()


def test_a_service_by_its_name() -> None:
    db = Postgres("db")
    assert Graph([db])["db"] is db
    with pytest.raises(KeyError):
        Graph([db])["pg"]
