"""A program of which there is only an image, in a real container."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from seawall.local import container
from tests.support.cluster import free_port
from tests.support.up import Running, up

ENGINE = container.find(os.environ)
STACK = """
from seawall.stack import Environment, Program, stack


@stack("poster", environments=[Environment("dev")])
def poster(env):
    return [Program("page", image="IMAGE", port=80, path="/", readiness="/", config={"COLOUR": "red"})]
"""

IMAGE = "nginx:alpine"


@pytest.fixture(autouse=True, scope="module")
def _image() -> None:
    """An engine that works and has the image, or can pull it."""
    tries = ("image", "inspect", IMAGE), ("pull", "--quiet", IMAGE)
    if ENGINE is None or all(
        subprocess.run([ENGINE.program, *words], check=False, capture_output=True, timeout=120).returncode
        for words in tries
    ):
        pytest.skip(f"no docker or podman here that works and has {IMAGE}")


def engine(*words: str) -> str:
    assert ENGINE is not None
    return subprocess.run([ENGINE.program, *words], check=True, capture_output=True, text=True).stdout


def containers() -> list[str]:
    return engine("ps", "--all", "--quiet", "--filter", "name=seawall-poster-page-").split()


@pytest.fixture
def poster(tmp_path: Path) -> Iterator[Running]:
    (tmp_path / "stack.py").write_text(STACK.replace("IMAGE", IMAGE))
    with up(tmp_path, "--port", f"page={free_port()}") as running:
        assert running.urls
        yield running


def test_it_serves_is_started_again_and_leaves_nothing(poster: Running) -> None:
    assert "nginx" in httpx.get(poster.urls["poster"]).text
    (one,) = containers()
    (found,) = json.loads(engine("inspect", one))
    assert [binding["HostIp"] for binding in found["NetworkSettings"]["Ports"]["80/tcp"]] == ["127.0.0.1"]
    assert {"COLOUR=red", "PORT=80"} <= set(found["Config"]["Env"])
    before = len(poster.events)
    os.kill(poster.pid("page"), signal.SIGKILL)  # the client; the container goes on without it
    poster.wait_for(lambda event: event.get("event") == "ready" and event["name"] == "page", since=before)
    (other,) = containers()
    assert other != one
    assert "nginx" in httpx.get(poster.urls["page"]).text
    assert poster.stop() == 0
    assert containers() == []
