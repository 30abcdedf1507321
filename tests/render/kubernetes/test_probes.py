from typing import Any

import pytest

from seawall.render.kubernetes import probes
from seawall.render.reason import plain
from seawall.stack import Api, Postgres, Program, Site, Worker
from seawall.stack.services import Workload

LIVE = {"httpGet": {"path": "/live", "port": "http"}}
CONNECTS = {"tcpSocket": {"port": "tcp"}}
DB = Postgres("db")


def asked(probe: object) -> dict[str, Any]:
    return {kind: value for kind, value in plain(probe).items() if kind in {"httpGet", "tcpSocket", "exec"}}


@pytest.mark.parametrize(
    ("workload", "live", "ready"),
    [
        (Api("a", app="a:b"), LIVE, {"httpGet": {"path": "/ready", "port": "http"}}),
        (Api("a", app="a:b", readiness="/health"), LIVE, {"httpGet": {"path": "/health", "port": "http"}}),
        (
            Worker("w", jobs="a:b", uses=[DB]),
            {"httpGet": {"path": "/live", "port": "metrics"}},
            {"httpGet": {"path": "/ready", "port": "metrics"}},
        ),
        (
            Site("s", root="web", path="/docs"),
            {"httpGet": {"path": "/docs", "port": "http"}},
            {"httpGet": {"path": "/docs", "port": "http"}},
        ),
        (Program("p", port=1), CONNECTS, CONNECTS),
        (
            Program("p", port=1, readiness="/ok"),
            {"tcpSocket": {"port": "http"}},
            {"httpGet": {"path": "/ok", "port": "http"}},
        ),
    ],
)
def test_what_each_kind_is_asked(workload: Workload, live: dict[str, Any], ready: dict[str, Any]) -> None:
    assert asked(probes.startup(workload)) == asked(probes.liveness(workload)) == live
    assert asked(probes.readiness(workload)) == ready


def test_how_often_and_how_long() -> None:
    service = Api("a", app="a:b")
    found = {
        name: (probe["periodSeconds"], probe["failureThreshold"], probe["timeoutSeconds"])
        for name, probe in (
            ("startup", plain(probes.startup(service))),
            ("liveness", plain(probes.liveness(service))),
            ("readiness", plain(probes.readiness(service))),
        )
    }
    assert found == {"startup": (2, 30, 2), "liveness": (10, 3, 2), "readiness": (5, 3, 2)}
