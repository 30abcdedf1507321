"""`examples/shop`, running, with a collector that gets its traces."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from playwright.sync_api import Page, expect

from seawall.local import procfs
from tests.e2e.conftest import copy
from tests.support.browser import chromium
from tests.support.cluster import free_port
from tests.support.otlp import Collector, Received, collector
from tests.support.systems import EXAMPLES
from tests.support.up import Event, Running, up
from tests.support.waiting import until

PICTURE = EXAMPLES.parent / "docs" / "images" / "shop.png"
NOTICED = 30_000  # milliseconds that the page may take to notice, with slack for a busy machine
SERVICES = ("api-gateway", "orders", "inventory")
# From the browser's request to the end of the job: who makes each span, what it is called, and the one before it.
WAY = (
    ("api-gateway", "SERVER", "POST /api/orders"),
    ("api-gateway", "CLIENT", "POST"),
    ("orders", "SERVER", "POST /orders"),
    ("orders", "PRODUCER", "enqueue fulfil"),
    ("fulfilment", "CONSUMER", "process fulfil"),
    ("fulfilment", "CLIENT", "POST"),
    ("inventory", "SERVER", "POST /picks"),
)


@pytest.fixture(scope="module")
def receiver() -> Iterator[Collector]:
    with collector() as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, whose worker is given up for dead after five seconds."""
    found = copy(EXAMPLES / "shop", tmp_path_factory.mktemp("e2e") / "shop")
    written = (found / "stack.py").read_text()
    edited = written.replace('jobs="orders.jobs:jobs",', 'jobs="orders.jobs:jobs", lease=5,')
    assert edited != written
    (found / "stack.py").write_text(edited)
    return found


@pytest.fixture(scope="module")
def stock_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def shop(folder: Path, stock_port: int, receiver: Collector) -> Iterator[Running]:
    ports = {"inventory-db": stock_port, **{name: free_port() for name in (*SERVICES, "fulfilment")}}
    options = [word for name, port in ports.items() for word in ("--port", f"{name}={port}")]
    with up(folder, *options, OTEL_EXPORTER_OTLP_ENDPOINT=receiver.url, OTEL_BSP_SCHEDULE_DELAY="100") as running:
        assert running.urls
        yield running


@pytest.fixture
async def stock(shop: Running, folder: Path, stock_port: int) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the database of the inventory."""
    assert shop.urls
    password = (folder / ".seawall" / "postgres" / "inventory-db.password").read_text().strip()
    connection = await asyncpg.connect(f"postgresql://postgres:{password}@127.0.0.1:{stock_port}/shop")
    yield connection
    await connection.close()


@pytest.fixture
def page(shop: Running) -> Iterator[Page]:
    """The page of the gateway; nothing may be loaded from elsewhere and nothing may go wrong in its code."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1000, "height": 620}, device_scale_factor=1.5)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: errors.append(request.url) if "//localhost:" not in request.url else None)
        page.goto(shop.urls["shop"])
        yield page
        assert errors == []


def place(page: Page, item: str) -> tuple[str, str]:
    """Order one through the page; the ids of the order and of its trace."""
    page.get_by_label("Item").select_option(item, timeout=NOTICED)
    with page.expect_response(lambda answer: answer.request.method == "POST", timeout=NOTICED) as answered:
        page.get_by_role("button", name="Place order").click()
    assert answered.value.status == 202, answered.value.text()
    order = answered.value.json()["id"]
    return order, answered.value.request.headers["traceparent"].split("-")[1]


def path_of(trace: str) -> Callable[[list[Received]], list[Received] | None]:
    """The spans of `trace` along WAY, each the child of the one before; None until all are here."""

    def found(spans: list[Received]) -> list[Received] | None:
        path: list[Received] = []
        for service, kind, name in WAY:
            before = path[-1].id if path else None
            fits = [
                span
                for span in spans
                if (span.trace, span.service, span.kind, span.name) == (trace, service, kind, name)
                and (before is None or span.parent == before)
            ]
            if not fits:
                return None
            path.append(fits[0])
        return path

    return found


def test_an_order_is_placed_and_fulfilled_in_one_trace(page: Page, receiver: Collector) -> None:
    for name in SERVICES:
        expect(page.get_by_test_id(f"service-{name}")).to_have_attribute("data-status", "up", timeout=NOTICED)
    order, trace = place(page, "lamp")
    row = page.get_by_test_id(f"order-{order}")
    expect(row).to_have_attribute("data-state", "shipped", timeout=NOTICED)
    expect(row.locator(".trace")).to_have_text(trace)
    if os.environ.get("UPDATE_PICTURES"):
        page.screenshot(path=PICTURE)
    path = receiver.wait_for(path_of(trace))
    assert path[3].attributes["messaging.destination.name"] == path[4].attributes["messaging.destination.name"]
    looked = [span for span in receiver.spans if (span.trace, span.name) == (trace, "GET /items/{sku}")]
    assert [span.service for span in looked] == ["inventory"]
    assert not [span for span in receiver.spans if span.trace == trace and span.failed]


def test_what_a_service_logs_names_the_trace(shop: Running, page: Page) -> None:
    _, trace = place(page, "rope")
    waiting = {*SERVICES, "fulfilment"}

    def all_have_said_it(event: Event) -> bool:
        if f'"trace_id":"{trace}"' in event.get("line", ""):
            waiting.discard(event["name"])
        return not waiting

    shop.wait_for(all_have_said_it)


def test_more_than_there_is_is_refused_with_a_sentence(page: Page) -> None:
    page.get_by_label("Item").select_option("bell", timeout=NOTICED)
    page.get_by_label("Quantity").fill("100")
    page.get_by_role("button", name="Place order").click()
    expect(page.locator("#answer")).to_have_text("There are not as many left.", timeout=NOTICED)


def test_the_database_of_the_orders_goes_away_and_comes_back(shop: Running, page: Page) -> None:
    orders = page.get_by_test_id("service-orders")
    expect(orders).to_have_attribute("data-status", "up", timeout=NOTICED)
    before = len(shop.events)
    pid = shop.pid("orders-db")
    os.kill(pid, signal.SIGSTOP)  # it accepts nobody any more, and does not end
    for child in procfs.descendants(pid):
        os.kill(child, signal.SIGKILL)  # nor is any connection left
    try:
        expect(orders).to_have_attribute("data-status", "down", timeout=NOTICED)
        answer = httpx.post(f"{shop.urls['shop']}/api/orders", json={"sku": "rope"}, timeout=30)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
    finally:
        os.kill(pid, signal.SIGKILL)
    shop.wait_for(lambda event: event.get("event") == "ready" and event["name"] == "orders-db", since=before)
    expect(orders).to_have_attribute("data-status", "up", timeout=NOTICED)
    order, _ = place(page, "rope")
    expect(page.get_by_test_id(f"order-{order}")).to_have_attribute("data-state", "shipped", timeout=NOTICED)


def test_the_inventory_is_away_and_the_order_is_fulfilled_when_it_is_back(shop: Running, page: Page) -> None:
    before = len(shop.events)
    pid = shop.pid("inventory")
    order, _ = place(page, "rope")
    os.kill(pid, signal.SIGKILL)
    shop.wait_for(lambda event: event.get("event") == "ready" and event["name"] == "inventory", since=before)
    expect(page.get_by_test_id("service-inventory")).to_have_attribute("data-status", "up", timeout=NOTICED)
    expect(page.get_by_test_id(f"order-{order}")).to_have_attribute("data-state", "shipped", timeout=NOTICED)


async def test_a_worker_killed_in_the_middle_of_an_order_takes_nothing_twice(
    shop: Running, stock: asyncpg.Connection
) -> None:
    before = await stock.fetchval("select stock from items where sku = 'lamp'")
    async with httpx.AsyncClient(base_url=shop.urls["shop"], timeout=30) as client:
        holding = stock.transaction()
        await holding.start()
        await stock.execute("select from items where sku = 'lamp' for update")
        order = (await client.post("/api/orders", json={"sku": "lamp", "quantity": 2})).raise_for_status().json()["id"]

        async def in_the_middle() -> bool:
            waits = "select true from pg_stat_activity where wait_event_type = 'Lock' and query like 'update items%'"
            await stock.execute(
                "select pg_stat_clear_snapshot()"
            )  # one transaction sees the same activity all the time
            return bool(await stock.fetchval(waits))

        await until(in_the_middle)
        os.kill(shop.pid("fulfilment"), signal.SIGKILL)
        await holding.rollback()  # the inventory goes on with what nobody waits for any more

        async def shipped() -> bool:
            orders = (await client.get("/api/orders")).raise_for_status().json()
            return any((each["id"], each["state"]) == (order, "shipped") for each in orders)

        await until(shipped, 90)
    assert await stock.fetchval("select stock from items where sku = 'lamp'") == before - 2
    assert await stock.fetchval("select quantity from picks where order_id = $1", order) == 2


def test_each_service_answers_health_on_its_own_port_and_none_through_the_edge(shop: Running) -> None:
    for name in SERVICES:
        assert httpx.get(f"{shop.urls[name]}/health").json()["status"] == "ok"
    assert httpx.get(f"{shop.urls['shop']}/health").status_code == 404
