import logging
import socket

import pytest

from seawall import contract
from seawall.errors import SeawallError
from seawall.runtime import settings


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(SeawallError) as caught:
        settings.read(environ)
    return [f"{problem.code} {problem.message.partition(' ')[0]}" for problem in caught.value.problems]


def test_an_empty_environment_gives_the_contracts_defaults() -> None:
    read = settings.read({})
    assert (read.host, read.port, read.metrics_port) == ("127.0.0.1", 8000, 9091)
    assert (read.drain_delay, read.drain_timeout, read.request_timeout) == (5.0, 20.0, 15.0)
    assert (read.stack, read.service, read.release) == ("", "", "")
    assert read.instance == socket.gethostname()
    assert read.database_url is None
    assert read.log_level == logging.INFO
    assert read.log_format == "json"


def test_a_worker_has_its_own_default_drain() -> None:
    assert settings.read({}, drain_timeout=contract.WORKER_DRAIN_SECONDS).drain_timeout == 25.0
    assert settings.read({"DRAIN_TIMEOUT": "3"}, drain_timeout=25).drain_timeout == 3.0


def test_every_variable_is_read() -> None:
    values = {
        "SEAWALL_STACK": "shop",
        "SEAWALL_SERVICE": "orders",
        "SEAWALL_ENVIRONMENT": "prod",
        "SEAWALL_RELEASE": "3f9a",
        "SEAWALL_INSTANCE": "orders-1",
        "HOST": "0.0.0.0",
        "PORT": "3000",
        "METRICS_PORT": "3001",
        "LOG_LEVEL": "WARN",
        "LOG_FORMAT": "console",
        "DRAIN_DELAY": "0",
        "DRAIN_TIMEOUT": "2.5",
        "REQUEST_TIMEOUT": "7",
        "REQUEST_BODY_LIMIT": "0",
        "REQUEST_CONCURRENCY": "9",
        "DATABASE_URL": "postgresql://u:p@h/d",
        "DATABASE_DIRECT_URL": "postgresql://u:p@h2/d",
        "DATABASE_POOL_SIZE": "4",
        "WORKER_CONCURRENCY": "5",
        "WORKER_LEASE": "6",
        "TRUSTED_HOPS": "2",
    }
    assert settings.read(values) == settings.Settings(
        "shop", "orders", "prod", "3f9a", "orders-1", "0.0.0.0", 3000, 3001, logging.WARNING, "console", 0.0, 2.5, 7.0,
        0, 9, "postgresql://u:p@h/d", "postgresql://u:p@h2/d", 4, 5, 6.0, 2, trusted_traces=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "8e3"),
        ("PORT", "٨٠٠٠"),
        ("DRAIN_DELAY", "-1"),
        ("DRAIN_DELAY", "nan"),
        ("DRAIN_TIMEOUT", "inf"),
        ("REQUEST_TIMEOUT", "0"),
        ("DATABASE_POOL_SIZE", "0"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused(name: str, value: str) -> None:
    assert problems({name: value}) == [f"SW405 {name}"]


def test_all_faults_come_at_once() -> None:
    found = problems({"PORT": "x", "LOG_LEVEL": "x", "WORKER_LEASE": "x", "DATABASE_URL": "x"})
    assert sorted(found) == ["SW405 LOG_LEVEL", "SW405 PORT", "SW405 WORKER_LEASE", "SW501 DATABASE_URL"]


def test_an_empty_variable_counts_as_unset() -> None:
    assert settings.read({"PORT": " ", "DATABASE_URL": ""}) == settings.read({})


def test_what_may_be_a_secret_is_never_shown() -> None:
    with pytest.raises(SeawallError) as caught:
        settings.read({"PORT": "postgresql://u:canary@h/d", "DATABASE_URL": "canary://canary"})
    assert "canary" not in str(caught.value)
    assert "canary" not in repr(settings.read({"DATABASE_URL": "postgresql://u:canary@h/d"}))


def test_a_short_plain_value_is_shown() -> None:
    with pytest.raises(SeawallError, match="saw: 80x"):
        settings.read({"PORT": "80x"})


@pytest.mark.parametrize(
    ("hops", "said", "trusted"), [("0", "", False), ("1", "", True), ("1", "0", False), ("0", "1", True)]
)
def test_who_asks_is_trusted_with_traces_as_with_addresses_unless_it_is_said(
    hops: str, said: str, trusted: bool
) -> None:
    assert settings.read({"TRUSTED_HOPS": hops, "TRUSTED_TRACES": said}).trusted_traces is trusted
