"""The project that the README shows, made of its blocks: it runs, and does what the README says."""

import re
import time
from pathlib import Path

import httpx

from tests.support.cluster import free_port
from tests.support.up import up

README = Path(__file__).parents[2] / "README.md"
FILE = re.compile(r"^```\w+\n(?:#|--|<!--) ([\w/.-]+)(?: -->)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_project_of_the_readme_bakes_an_order(tmp_path: Path) -> None:
    files = dict(FILE.findall(README.read_text()))
    assert sorted(files) == [
        "bakery/api.py",
        "bakery/jobs.py",
        "migrations/0001_orders.sql",
        "stack.py",
        "web/index.html",
    ]
    for name, text in files.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    ports = [word for name in ("api", "worker", "web") for word in ("--port", f"{name}={free_port()}")]
    with up(tmp_path, *ports) as running, httpx.Client(base_url=running.urls["bakery"]) as client:
        assert "<h1>Bakery</h1>" in client.get("/").text
        order = client.post("/api/orders", params={"item": "bread"})
        assert order.status_code == 202
        deadline = time.monotonic() + 30
        while client.get(f"/api/orders/{order.json()['id']}").json() != {"state": "baked"}:
            assert time.monotonic() < deadline, "the order was not baked"
            time.sleep(0.1)
