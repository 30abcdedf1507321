"""A real cluster that somebody gives the tests, by kubectl, and how they wait for it.

What they must be given, and may be, stands in CONTRIBUTING.md. Nothing is done to a cluster unless both KUBECONFIG and
`LOAD` are set: a person's own KUBECONFIG alone may lead to a cluster that matters.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from tests.support.cluster import free_port

LOAD: Final = "SEAWALL_TEST_LOAD_IMAGE"  # a command that puts image archives into all nodes
GATEWAY_CLASS: Final = "SEAWALL_TEST_GATEWAY_CLASS"
GATEWAY_CIDR: Final = "SEAWALL_TEST_GATEWAY_CIDR"  # where the gateway's requests come from, if it is not a pod
NODE_KILL: Final = "SEAWALL_TEST_NODE_KILL"  # commands that take the power from a node, and give it back
NODE_START: Final = "SEAWALL_TEST_NODE_START"
NODES: Final = "SEAWALL_TEST_NODES"  # those that this may be done to
BIN: Final = Path(sys.executable).parent
POLL: Final = 0.5  # seconds; each question starts a kubectl

Tree = dict[str, Any]
T = TypeVar("T")

needed = [
    pytest.mark.platform,
    pytest.mark.cluster,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        not {"KUBECONFIG", LOAD} <= os.environ.keys() and "REQUIRE_CLUSTER" not in os.environ,
        reason=f"no cluster was given: KUBECONFIG and {LOAD}",
    ),
]


def environment() -> dict[str, str]:
    """What commands see: the kubectl of the tests, and the cluster that was given."""
    assert {"KUBECONFIG", LOAD} <= os.environ.keys(), f"set KUBECONFIG and {LOAD}: CONTRIBUTING.md says to what"
    return {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}


def asked(*words: str, within: float = 120, text: str | None = None) -> "subprocess.CompletedProcess[str]":
    """A kubectl, and how it ended."""
    return subprocess.run(
        ["kubectl", *words],
        env=environment(),
        input=text,
        check=False,
        capture_output=True,
        text=True,
        timeout=within,
    )


def kubectl(*words: str, within: float = 120, text: str | None = None) -> str:
    """What a kubectl prints, that must end well."""
    done = asked(*words, within=within, text=text)
    assert done.returncode == 0, f"kubectl {shlex.join(words)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def got(*words: str) -> Tree:
    """An object, or a list of them."""
    found: Tree = json.loads(kubectl("get", *words, "--output", "json"))
    return found


def items(*words: str) -> list[Tree]:
    found: list[Tree] = got(*words)["items"]
    return found


def applied(*objects: Tree) -> None:
    """Apply objects that the tests bring."""
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
    kubectl("apply", "--server-side", "--force-conflicts", "--field-manager", "tests", "--filename", "-", text=text)


def until(holds: Callable[[], T], within: float, what: str) -> T:
    """Ask again and again until something true comes; the answer."""
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, f"still not after {within:g} s: {what}"
        time.sleep(POLL)
    return found


def pods(namespace: str, app: str = "") -> list[Tree]:
    """The pods that are not on their way out and have not ended, of one workload or all."""
    selector = ["--selector", f"app={app}"] if app else []
    return [
        each
        for each in items("pods", "--namespace", namespace, *selector)
        if "deletionTimestamp" not in each["metadata"] and each["status"]["phase"] in {"Pending", "Running"}
    ]


def name_of(tree: Tree) -> str:
    return str(tree["metadata"]["name"])


def condition(tree: Tree, kind: str) -> Tree:
    """The condition of this kind; empty where there is none yet."""
    found = (each for each in tree.get("status", {}).get("conditions", ()) if each["type"] == kind)
    return next(found, {})


def is_ready(pod: Tree) -> bool:
    return condition(pod, "Ready").get("status") == "True"


def ready_pods(namespace: str, app: str) -> list[Tree]:
    return [each for each in pods(namespace, app) if is_ready(each)]


def run_in(namespace: str, pod: str, *command: str, container: str = "") -> "subprocess.CompletedProcess[str]":
    """A command in a pod that runs."""
    which = ["--container", container] if container else []
    return asked("--namespace", namespace, "exec", pod, *which, "--", *command)


@contextmanager
def forwarded(namespace: str, to: str, port: int) -> Iterator[str]:
    """`kubectl port-forward` to a Service, as its users type it; the URL here."""
    here = free_port()
    words = ["kubectl", "--namespace", namespace, "port-forward", to, f"{here}:{port}"]
    with subprocess.Popen(words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as it:
        try:
            assert it.stdout is not None
            said = it.stdout.readline()
            assert said.startswith("Forwarding from"), said
            yield f"http://127.0.0.1:{here}"
        finally:
            it.terminate()


def load_images(*references: str, folder: Path) -> None:
    """Put images of Docker's into the cluster."""
    archive = folder / "images.tar"
    for command in (["docker", "save", "--output", str(archive), *references], load_command(archive)):
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, f"{shlex.join(command)}\n{done.stderr[-2000:]}"
    archive.unlink()


def load_command(archive: Path) -> list[str]:
    return [*shlex.split(os.environ[LOAD]), str(archive)]
