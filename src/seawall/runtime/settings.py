"""What the platform tells a process, read from its environment once, as one frozen value.

Every variable has a default that suits a laptop, so that a launcher works alone. Names and defaults are the contract's.
"""

import logging
import math
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

from seawall import contract
from seawall.errors import Problem, SeawallError, raise_all
from seawall.runtime import postgres_url
from seawall.runtime.reference import load_reference
from seawall.runtime.secrets import load_secrets

__all__ = ["LogFormat", "Settings", "load_reference", "load_secrets", "read"]

LogFormat = Literal["json", "console"]
T = TypeVar("T")

_LEVELS: Final[Mapping[str, int]] = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_FORMATS: Final[Mapping[str, LogFormat]] = {"json": "json", "console": "console"}


@dataclass(frozen=True, slots=True)
class Settings:
    """The contract's variables, read. Times are seconds, sizes are bytes; `log_level` is a number of `logging`.

    The two URLs hold passwords and stay out of the representation.
    """

    stack: str
    service: str
    environment: str
    release: str
    instance: str
    host: str
    port: int
    metrics_port: int
    log_level: int
    log_format: LogFormat
    drain_delay: float
    drain_timeout: float
    request_timeout: float
    request_body_limit: int
    request_concurrency: int
    database_url: str | None = field(repr=False)
    database_direct_url: str | None = field(repr=False)
    database_pool_size: int
    worker_concurrency: int
    worker_lease: float
    trusted_hops: int
    database_migrations: str | None = None
    worker_renew_jobs: int = 0
    worker_renew_memory: int = 0
    trusted_traces: bool = False


def read(environ: Mapping[str, str], *, drain_timeout: float = contract.DRAIN_TIMEOUT_SECONDS) -> Settings:
    """The settings in `environ`; an empty variable counts as unset.

    `drain_timeout` is the default of `DRAIN_TIMEOUT`: a worker's is `contract.WORKER_DRAIN_SECONDS`.

    Raises:
        SeawallError: SW405 for each value that cannot be read, SW501 for a URL that is none; all at once.
    """
    source = _Reader(environ)
    hops = source.whole(contract.TRUSTED_HOPS, 0, 0)
    settings = Settings(
        stack=source.text(contract.STACK),
        service=source.text(contract.SERVICE),
        environment=source.text(contract.ENVIRONMENT),
        release=source.text(contract.RELEASE),
        instance=source.text(contract.INSTANCE) or socket.gethostname(),
        host=source.text(contract.HOST) or contract.DEFAULT_HOST,
        port=source.whole(contract.PORT, contract.DEFAULT_PORT, 1, 65535),
        metrics_port=source.whole(contract.METRICS_PORT, contract.DEFAULT_METRICS_PORT, 1, 65535),
        log_level=source.choice(contract.LOG_LEVEL, _LEVELS, logging.INFO),
        log_format=source.choice(contract.LOG_FORMAT, _FORMATS, "console" if _on_terminal() else "json"),
        drain_delay=source.seconds(contract.DRAIN_DELAY, contract.DRAIN_DELAY_SECONDS),
        drain_timeout=source.seconds(contract.DRAIN_TIMEOUT, drain_timeout),
        request_timeout=source.seconds(contract.REQUEST_TIMEOUT, contract.REQUEST_TIMEOUT_SECONDS, positive=True),
        request_body_limit=source.whole(contract.REQUEST_BODY_LIMIT, contract.REQUEST_BODY_LIMIT_BYTES, 0),
        request_concurrency=source.whole(contract.REQUEST_CONCURRENCY, contract.REQUEST_CONCURRENCY_LIMIT, 1),
        database_url=source.url(contract.DATABASE_URL),
        database_direct_url=source.url(contract.DATABASE_DIRECT_URL),
        database_pool_size=source.whole(contract.DATABASE_POOL_SIZE, contract.DATABASE_POOL, 1),
        worker_concurrency=source.whole(contract.WORKER_CONCURRENCY, contract.WORKER_CONCURRENCY_DEFAULT, 1),
        worker_lease=source.seconds(contract.WORKER_LEASE, contract.WORKER_LEASE_SECONDS, positive=True),
        trusted_hops=hops,
        database_migrations=environ.get(contract.DATABASE_MIGRATIONS) or None,
        worker_renew_jobs=source.whole(contract.WORKER_RENEW_JOBS, 0, 0),
        worker_renew_memory=source.whole(contract.WORKER_RENEW_MEMORY, 0, 0),
        trusted_traces=source.yes(contract.TRUSTED_TRACES, default=bool(hops)),
    )
    raise_all(source.problems)
    return settings


class _Reader:
    """Reads one variable after the other and keeps what is wrong for the end."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self._environ.get(name, "")

    def whole(self, name: str, default: int, least: int, most: int = sys.maxsize) -> int:
        def parse(text: str) -> int:
            number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else least - 1
            if not least <= number <= most:
                raise ValueError
            return number

        limit = f"from {least} to {most}" if most < sys.maxsize else f"of at least {least}"
        return self._read(name, default, parse, f"a whole number {limit}")

    def seconds(self, name: str, default: float, *, positive: bool = False) -> float:
        def parse(text: str) -> float:
            number = float(text)
            if not math.isfinite(number) or number < 0 or (positive and number == 0):
                raise ValueError
            return number

        return self._read(name, default, parse, f"a number of seconds, {'more than' if positive else 'at least'} 0")

    def yes(self, name: str, *, default: bool) -> bool:
        return bool(self.whole(name, int(default), 0, 1))

    def choice(self, name: str, choices: Mapping[str, T], default: T) -> T:
        def parse(text: str) -> T:
            if text.lower() not in choices:
                raise ValueError
            return choices[text.lower()]

        return self._read(name, default, parse, "one of " + ", ".join(choices))

    def url(self, name: str) -> str | None:
        text = self._environ.get(name, "").strip()
        try:
            if text:
                postgres_url.parse(text, name)
        except SeawallError as error:
            self.problems += error.problems
        return text or None

    def _read(self, name: str, default: T, parse: Callable[[str], T], wanted: str) -> T:
        text = self._environ.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError:
            self.problems.append(Problem("SW405", f"{name} cannot be read", saw=_shown(text), wanted=wanted))
            return default


def _shown(text: str) -> str:
    """A value as it may be shown: a short plain word or number, as a setting has it; anything else may be a secret."""
    return text if re.fullmatch(r"[\w.+-]{1,12}", text, re.ASCII) else "(value hidden)"


def _on_terminal() -> bool:
    try:
        return os.isatty(sys.__stdout__.fileno()) if sys.__stdout__ else False
    except (OSError, ValueError):  # closed, or replaced by something that is no file
        return False
