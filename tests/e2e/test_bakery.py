import time
from collections import Counter
from collections.abc import Callable

import httpx

from tests.support.up import Running


def wait(condition: Callable[[], bool], timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.1)


def entries(client: httpx.Client) -> Counter[str]:
    return Counter(row["entry"] for row in client.get("/api/ledger").raise_for_status().json())


def test_a_job_of_a_rolled_back_transaction_never_runs(bakery: Running) -> None:
    with httpx.Client(base_url=bakery.urls["bakery"]) as client:
        for number in range(20):
            name = f"{number}-{'no' if number % 2 else 'yes'}"
            answer = client.post("/api/orders", params={"name": name, "roll_back": bool(number % 2)})
            assert answer.status_code == 202
        committed = {f"{number}-yes" for number in range(0, 20, 2)}
        wait(lambda: committed <= entries(client).keys(), timeout=30)
        # A job that must not run would have run before this one, which was enqueued after it.
        client.post("/api/orders", params={"name": "last"})
        wait(lambda: "last" in entries(client), timeout=30)
        orders = {name: count for name, count in entries(client).items() if name != "tick"}
        assert orders == dict.fromkeys({*committed, "last"}, 1)


def test_a_cron_tick_runs_once_with_two_workers(bakery: Running) -> None:
    with httpx.Client(base_url=bakery.urls["bakery"]) as client:
        # Every second second is one tick; both workers look at the clock. A tick run by both would make more ticks than
        # there were such seconds since the first.
        wait(lambda: entries(client)["tick"] >= 1, timeout=60)
        first = time.monotonic()
        wait(lambda: entries(client)["tick"] >= 5, timeout=60)
        client.post("/api/orders", params={"name": "barrier"})
        wait(lambda: "barrier" in entries(client), timeout=30)
        ticked = entries(client)["tick"]
        possible = 2 + (time.monotonic() - first) / 2
        assert ticked <= possible
    for worker in ("first", "second"):
        metrics = httpx.get(f"{bakery.urls[worker]}/metrics").text
        assert 'worker_jobs_failure_total{job="tick"} 0' in metrics
