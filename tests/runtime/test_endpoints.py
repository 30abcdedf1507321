import json

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from seawall.runtime.endpoints import Endpoints
from seawall.runtime.health import Health


def client(app: Endpoints) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest.fixture
def health() -> Health:
    return Health("orders", started=True)


@pytest.mark.parametrize(("path", "body"), [("/live", {"status": "live"}), ("/ready", {"status": "ready"})])
async def test_probes_get_json_that_nobody_stores(health: Health, path: str, body: object) -> None:
    async with client(Endpoints(health)) as http:
        response = await http.get(path)
    assert response.status_code == 200
    assert response.json() == body
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert "connection" not in response.headers


async def test_a_draining_process_says_503_and_closes_the_connection(health: Health) -> None:
    health.draining = True
    async with client(Endpoints(health)) as http:
        answers = {path: await http.get(path) for path in ("/live", "/ready", "/health", "/metrics")}
    assert [answer.status_code for answer in answers.values()] == [200, 503, 503, 200]
    assert {answer.headers["connection"] for answer in answers.values()} == {"close"}


async def test_metrics_are_prometheus_text(health: Health) -> None:
    async with client(Endpoints(health)) as http:
        response = await http.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "python_info" in {family.name for family in text_string_to_metric_families(response.text)}


@pytest.mark.parametrize("path", ["/metrics", "/nothing", "/live/"])
async def test_other_paths_are_404(health: Health, path: str) -> None:
    async with client(Endpoints(health, with_metrics=False)) as http:
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/live", "/ready", "/health", "/metrics"])
async def test_head_is_get_without_a_body_and_no_other_method_is_taken(health: Health, path: str) -> None:
    async with client(Endpoints(health)) as http:
        head = await http.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert int(head.headers["content-length"]) > 0
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
            refused = await http.request(method, path)
            assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


async def test_what_a_check_tells_is_shown_even_where_json_has_no_word_for_it(health: Health) -> None:
    health.add("odd", lambda: {"kind": set, "numbers": {3: "three"}})
    async with client(Endpoints(health)) as http:
        response = await http.get("/health")
    assert json.loads(response.content)["checks"]["odd"]["detail"] == {
        "kind": "<class 'set'>",
        "numbers": {"3": "three"},
    }
