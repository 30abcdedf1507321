"""A real API server, asked whether it would take objects: server-side apply, dry run, strict."""

import base64
import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

import yaml

from tests.platform.definitions import CACHE, HERE, definitions

SCRIPT: Final = HERE / "apiserver.sh"
PROGRAMS: Final = ("etcd", "kube-apiserver", "kubectl")
START_SECONDS: Final = 1800  # the first time it is built

Tree = Mapping[str, Any]


class Server:
    """One connection to the server of a kubeconfig."""

    def __init__(self, kubeconfig: Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        tls = ssl.create_default_context(cadata=_decoded(cluster["certificate-authority-data"]).decode())
        with NamedTemporaryFile() as pem:
            pem.write(_decoded(user["client-certificate-data"]) + _decoded(user["client-key-data"]))
            pem.flush()
            tls.load_cert_chain(pem.name)
        self._http = http.client.HTTPSConnection(cluster["server"].removeprefix("https://"), context=tls, timeout=60)
        self._resources: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        self._http.close()

    def faults(self, tree: Tree) -> list[str]:
        """Why it would not take an object, and what it warns of."""
        return [f"{tree['kind']}/{tree['metadata']['name']}: {said}" for said in self._applied(tree, dry_run=True)]

    def take(self, tree: Tree) -> None:
        """Store an object."""
        said = self._applied(tree, dry_run=False)
        assert said == [], said

    def held(self, tree: Tree, *, dry_run: bool) -> Tree:
        """What it holds once an object is applied, or would hold."""
        status, _, body = self._answer(tree, dry_run=dry_run)
        assert status < http.client.MULTIPLE_CHOICES, body
        return body

    def wait_for(self, api_version: str, kind: str) -> None:
        """Wait until it serves a kind that was just defined."""
        end = time.monotonic() + 90
        while kind not in self._served(api_version):
            del self._resources[api_version]
            assert time.monotonic() < end, f"{api_version} {kind} is not served"
            time.sleep(0.1)

    def _applied(self, tree: Tree, *, dry_run: bool) -> list[str]:
        if tree["kind"] not in self._served(tree["apiVersion"]):
            return [f"the server does not know {tree['apiVersion']} {tree['kind']}"]
        status, warnings, body = self._answer(tree, dry_run=dry_run)
        return warnings if status < http.client.MULTIPLE_CHOICES else [body["message"], *warnings]

    def _answer(self, tree: Tree, *, dry_run: bool) -> tuple[int, list[str], Tree]:
        served, metadata = self._served(tree["apiVersion"])[tree["kind"]], tree["metadata"]
        where = f"/namespaces/{metadata['namespace']}" if served["namespaced"] else ""
        question = f"fieldManager=tests&force=true&fieldValidation=Strict{'&dryRun=All' if dry_run else ''}"
        path = f"{_base(tree['apiVersion'])}{where}/{served['name']}/{metadata['name']}?{question}"
        self._http.request(
            "PATCH",
            path,
            json.dumps(tree, ensure_ascii=False).encode(),
            {"Content-Type": "application/apply-patch+yaml"},
        )
        answer = self._http.getresponse()
        body = json.loads(answer.read())
        return answer.status, answer.headers.get_all("Warning") or [], body

    def _served(self, api_version: str) -> dict[str, Any]:
        if api_version not in self._resources:
            self._http.request("GET", _base(api_version))
            answer = self._http.getresponse()
            body = answer.read()  # of a version that is not served, text
            listed = json.loads(body)["resources"] if answer.status == http.client.OK else []
            self._resources[api_version] = {each["kind"]: each for each in listed if "/" not in each["name"]}
        return self._resources[api_version]


def can_run() -> bool:
    """Whether the server's programs are here, or can be built."""
    built = all((CACHE / "bin" / each).exists() for each in PROGRAMS)
    return shutil.which("openssl") is not None and (built or shutil.which("go") is not None)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server of its own, with the definitions of what is rendered; its state is in the folder."""
    environment = {**os.environ, "SEAWALL_APISERVER_STATE": str(folder)}
    subprocess.run([SCRIPT, "up"], check=True, env=environment, timeout=START_SECONDS, stdout=subprocess.DEVNULL)
    server = Server(folder / "admin.conf")
    try:
        for each in definitions():
            server.take(each)
        for each in definitions():
            spec = each["spec"]
            for version in spec["versions"]:
                if version["served"]:
                    server.wait_for(f"{spec['group']}/{version['name']}", spec["names"]["kind"])
        yield server
    finally:
        server.close()
        subprocess.run([SCRIPT, "down"], check=True, env=environment, timeout=60)


def _base(api_version: str) -> str:
    return f"{'/apis/' if '/' in api_version else '/api/'}{api_version}"


def _decoded(text: str) -> bytes:
    return base64.b64decode(text)
