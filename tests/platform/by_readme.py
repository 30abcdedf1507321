"""An example on the cluster, brought there by the commands of its own rendered `deploy/README.md`."""

import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from seawall.cli.main import main
from tests.platform import kube
from tests.platform.definitions import definitions
from tests.platform.differences import Difference, differences, write
from tests.platform.engines import engine
from tests.platform.projects import project
from tests.platform.visitors import Door, door

BLOCK: Final = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SECONDS: Final = 1800
ENVIRONMENT: Final = "prod"
INSTANCE: Final = "app.kubernetes.io/instance"
COMPONENT: Final = "app.kubernetes.io/component"
CONNECT: Final = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)"
# What the tests do in another way: images have tags and no digests, and what is sealed is rendered again.
ELSEWHERE: Final = (f"cd kubernetes/{ENVIRONMENT}\nkustomize edit set image", "kubeseal ")
SEALED: Final = re.compile(r"(?P<command>kubeseal .* --name (?P<name>\S+) .*)  # (?P<key>\w+)$")
PUBLIC: Final = "docker.io/library/"
# What the public image of PostgreSQL finds a name for its user with; an image that lacks it is given one.
NAMELESS: Final = "ls /usr/lib/*/libnss_wrapper.so"
NAMED: Final = "RUN echo pod:x:10001:10001::/tmp:/bin/sh >> /etc/passwd"


@dataclass(frozen=True)
class Deployed:
    """An example's copy, and where it runs."""

    name: str
    folder: Path
    changes: list[Difference] = field(default_factory=list)

    @property
    def deploy(self) -> Path:
        return self.folder / "deploy"

    def objects(self, folder: str = ENVIRONMENT) -> list[kube.Tree]:
        """What is rendered, without the differences."""
        paths = sorted((self.deploy / "kubernetes" / folder).glob("*.yaml"))
        trees = [yaml.load(path.read_text(), Loader=yaml.CSafeLoader) for path in paths]
        return [tree for tree in trees if tree["kind"] != "Kustomization"]

    def of_kind(self, kind: str, folder: str = ENVIRONMENT) -> list[kube.Tree]:
        return [tree for tree in self.objects(folder) if tree["kind"] == kind]

    @property
    def namespace(self) -> str:
        (found,) = self.of_kind("Namespace")
        return kube.name_of(found)

    @property
    def host(self) -> str:
        """The public name."""
        (found,) = {each["spec"]["hostnames"][0] for each in self.of_kind("HTTPRoute")}
        return str(found)

    @cached_property
    def public(self) -> Door:
        """Where its visitors come in."""
        gateways = self.of_kind("Gateway", "platform")
        (gateway,) = [each for each in gateways if each["metadata"]["labels"][INSTANCE] == ENVIRONMENT]
        return door(gateway, self.host)

    @property
    def databases(self) -> list[str]:
        return [kube.name_of(each) for each in self.of_kind("StatefulSet")]

    @property
    def least(self) -> dict[str, int]:
        """How many pods of each workload there are when it is quiet."""
        scaled = {
            kube.name_of(each): int(each["spec"]["minReplicas"]) for each in self.of_kind("HorizontalPodAutoscaler")
        }
        workloads = [*self.of_kind("Deployment"), *self.of_kind("StatefulSet")]
        return {
            kube.name_of(each): scaled.get(kube.name_of(each), each["spec"].get("replicas", 1)) for each in workloads
        }

    @property
    def services(self) -> dict[str, tuple[str, int]]:
        """The Services by name: whose pods answer there, and on which port."""
        return {
            kube.name_of(each): (str(each["spec"]["selector"]["app"]), int(each["spec"]["ports"][0]["port"]))
            for each in self.of_kind("Service")
        }

    @property
    def serving(self) -> set[str]:
        """The workloads whose pods somebody opens connections to."""
        return {app for app, _ in self.services.values()}

    @property
    def workers(self) -> list[str]:
        return self.of_component("worker")

    def of_component(self, component: str) -> list[str]:
        """The Deployments of one of the model's classes."""
        found = self.of_kind("Deployment")
        return [kube.name_of(each) for each in found if each["metadata"]["labels"][COMPONENT] == component]

    def variables(self, app: str) -> dict[str, str]:
        """Those of a Deployment that have a value."""
        (found,) = [each for each in self.of_kind("Deployment") if kube.name_of(each) == app]
        listed = found["spec"]["template"]["spec"]["containers"][0].get("env", ())
        return {each["name"]: each["value"] for each in listed if "value" in each}

    def ready(self, app: str) -> list[str]:
        """The pods of a workload that take requests."""
        return [kube.name_of(each) for each in kube.ready_pods(self.namespace, app)]

    def restarts(self) -> int:
        """How often a container was started again, of all pods that are there."""
        found = kube.pods(self.namespace)
        return sum(each["restartCount"] for pod in found for each in pod["status"].get("containerStatuses", ()))

    def opens(self, app: str, host: str, port: int) -> bool:
        """Whether a pod of a workload can open a connection; each kind of image has another program for that."""
        if app in self.databases:
            command = ["timeout", "3", "bash", "-c", f"</dev/tcp/{host}/{port}"]
        elif app in self.of_component("site"):
            command = ["wget", "--quiet", "--timeout=3", "--tries=1", "-O", "/dev/null", f"http://{host}:{port}/live"]
        else:
            command = ["python", "-c", CONNECT, host, str(port)]
        return kube.run_in(self.namespace, self.ready(app)[0], *command).returncode == 0

    def sql(self, database: str, text: str) -> str:
        """Ask a database, in its pod."""
        file = "/etc/seawall/secrets/POSTGRES_"
        login = f'PGPASSWORD="$(cat {file}PASSWORD)" psql -h 127.0.0.1 -U "$(cat {file}USER)" -d "$(cat {file}DB)"'
        done = kube.run_in(self.namespace, f"{database}-0", "sh", "-c", f'{login} -AtXc "{text}"')
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def wait_for(self, app: str) -> None:
        """Until there are as many of a workload as when it is quiet."""
        wanted = self.least[app]
        kube.until(lambda: len(self.ready(app)) >= wanted, 180, f"{wanted} of {app}")

    def release(self, name: str) -> None:
        """Build the images as this release, and bring them into the cluster; objects name them afterwards."""
        words = [sys.executable, "-m", "seawall", "build", "--json", "--release", name, "--environment", ENVIRONMENT]
        done = subprocess.run(words, cwd=self.folder, check=False, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stderr[-4000:]
        said: dict[str, Any] = json.loads(done.stdout)
        built = [f"{each['repository']}:{name}" for each in said["images"]]
        kube.load_images(*built, folder=self.folder)

    def load_public(self) -> None:
        """The images that the example has from others."""
        path = self.deploy / "kubernetes" / ENVIRONMENT / "kustomization.yaml"
        tree = yaml.safe_load(path.read_text())
        for each in tree["images"]:
            if each["newName"].startswith(PUBLIC):
                each["newTag"] = with_a_name(f"{each['newName'].removeprefix(PUBLIC)}:{each['newTag']}")
                kube.load_images(f"{each['newName'].removeprefix(PUBLIC)}:{each['newTag']}", folder=self.folder)
        path.write_text(yaml.safe_dump(tree, sort_keys=False))

    def blocks(self, heading: str) -> list[str]:
        """The commands below a heading of the README, a block each."""
        text = (self.deploy / "README.md").read_text()
        (section,) = [each for each in text.split("\n## ") if each.startswith(heading)]
        return [textwrap.dedent(each) for each in BLOCK.findall(section)]

    def seal(self) -> None:
        """Seal the secrets for this cluster, by the commands of the README; render again."""
        sealed: dict[str, dict[str, str]] = {}
        for line in "".join(self.blocks(f"{ENVIRONMENT}: ")).splitlines():
            if match := SEALED.match(line):
                value = self.folder / "VALUE"
                value.write_text(f"{match['key'].lower()} of a test")
                command = ["bash", "-c", match["command"]]
                done = subprocess.run(
                    command,
                    cwd=self.folder,
                    env=kube.environment(),
                    check=True,
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                sealed.setdefault(match["name"], {})[match["key"]] = done.stdout.strip()
        (self.folder / "secrets" / f"{ENVIRONMENT}.yaml").write_text(yaml.safe_dump(sealed))
        assert main(["render", "--file", str(self.folder / "stack.py")]) == 0

    def follow(self, heading: str, *, but: Sequence[str] = ()) -> list[str]:
        """Run the commands below a heading, but for the blocks that begin with one of `but`; those that were run."""
        left_out = (*ELSEWHERE, *but)
        blocks = [each for each in self.blocks(heading) if not each.startswith(left_out)]
        for block in blocks:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block],
                cwd=self.deploy,
                env=kube.environment(),
                check=False,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
            assert done.returncode == 0, f"{block}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}\n{self.state()}"
        return blocks

    def follow_release(self) -> list[str]:
        """What the README says of a next release: the steps from the images on, of which these were done."""
        once = (
            f"kubectl apply --server-side -f kubernetes/{ENVIRONMENT}/namespace-",
            f"kubectl -n {self.namespace} create ",
        )
        return self.follow(f"{ENVIRONMENT}: ", but=once)

    def state(self) -> str:
        """What a person would look at next."""
        words = ("--namespace", self.namespace)
        shown = [kube.asked("get", "pods", "--output", "wide", *words).stdout]
        ended = "{range .items[*].status.containerStatuses[*]}{.name} {.lastState.terminated}{'\\n'}{end}"
        shown.append(kube.asked("get", "pods", "--output", f"jsonpath={ended}", *words).stdout)
        events = kube.asked("get", "events", "--sort-by", ".lastTimestamp", *words).stdout
        return "\n".join([*shown, *events.splitlines()[-25:]])


@contextmanager
def deployed(name: str, folder: Path, release: str) -> Iterator[Deployed]:
    """An example, all of it up; its namespaces are deleted afterwards."""
    engine("docker")
    found = Deployed(name, project(name, folder))
    if found.of_kind("SealedSecret"):
        if shutil.which("kubeseal") is None:
            pytest.skip("no kubeseal here to seal the example's secrets with")
        found.seal()
    found.changes.extend(differences(found.deploy, ENVIRONMENT))
    define_what_is_missing(found)
    remove(found)
    try:
        found.release(release)
        found.load_public()
        write(found.deploy, found.changes)
        issued = [
            f"kubectl -n {each['metadata']['namespace']} wait" for each in found.of_kind("Certificate", "platform")
        ]
        found.follow("Once in each cluster", but=[f"{each} --for=condition=Ready certificate/" for each in issued])
        issue_certificates(found)
        found.follow(f"{ENVIRONMENT}: ")
        yield found
    finally:
        remove(found)


def with_a_name(image: str) -> str:
    """The tag of an image of PostgreSQL in which the user of pods has a name: its own, or that of one made here."""
    repository, _, tag = image.partition(":")
    look = ["docker", "run", "--rm", "--entrypoint", "sh", image, "-c", NAMELESS]
    if subprocess.run(look, check=False, capture_output=True, timeout=120).returncode == 0:
        return tag
    made = f"{tag}-named"
    build = ["docker", "build", "--tag", f"{repository}:{made}", "-"]
    text = f"FROM {image}\nUSER root\n{NAMED}\n"
    subprocess.run(build, input=text, text=True, check=True, capture_output=True, timeout=300)
    return made


def remove(found: Deployed) -> None:
    names = [kube.name_of(each) for folder in (ENVIRONMENT, "platform") for each in found.of_kind("Namespace", folder)]
    kube.kubectl("delete", "namespace", *names, "--ignore-not-found", "--timeout=280s", within=300)


def define_what_is_missing(found: Deployed) -> None:
    """Custom resources whose operator is not there, by the definitions that the operator's project publishes."""
    served = {line.split()[-1] for line in kube.kubectl("api-resources", "--no-headers").splitlines()}
    wanted = {each["kind"] for folder in (ENVIRONMENT, "platform") for each in found.objects(folder)} - served
    made = [each for each in definitions() if each["spec"]["names"]["kind"] in wanted]
    if made:
        kube.applied(*made)
        names = [f"customresourcedefinition/{kube.name_of(each)}" for each in made]
        kube.kubectl("wait", "--for=condition=Established", "--timeout=60s", *names)


def issue_certificates(found: Deployed) -> None:
    """What cert-manager would have made, had it an issuer: one that nobody but the tests trusts."""
    for each in found.of_kind("Certificate", "platform"):
        hosts = each["spec"]["dnsNames"]
        key, certificate = found.folder / "tls.key", found.folder / "tls.crt"
        subject = ("-subj", f"/CN={hosts[0]}", "-addext", f"subjectAltName={','.join(f'DNS:{host}' for host in hosts)}")
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
        words = ["openssl", "req", "-x509", *curve, "-keyout", str(key), "-out", str(certificate), *subject]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
        secret = ("create", "secret", "tls", each["spec"]["secretName"], "--cert", str(certificate), "--key", str(key))
        kube.kubectl("--namespace", each["metadata"]["namespace"], *secret)


# What may be otherwise than in production. Beyond the first, the cluster holds what is rendered: a test compares.
UNLIKE_PRODUCTION: Final = {
    "all nodes share one small machine: each container asks for little CPU",
    "the cluster's GatewayClass",
    "the cluster's gateway is no pod: it is let in by its address",
}
UNLIKE_ANYWHERE: Final = {
    "images are loaded into the nodes and named by tag: there is no registry",
    "nobody issues certificates: the tests make one, and no client asks who issued it",
    "no DNS: visitors know the Gateway's address",
    "where PostgreSQL's image has no way to name its user, the tests add one",
}


def held_otherwise(found: Deployed) -> set[str]:
    """Each place of what is rendered at which the cluster holds something else."""
    places: set[str] = set()
    for folder in ("platform", ENVIRONMENT):
        path = found.deploy / "kubernetes" / folder
        kept = (path / "kustomization.yaml").read_text()
        tree = yaml.safe_load(kept)
        tree.pop("patches", None)
        try:
            (path / "kustomization.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
            rendered = yaml.safe_load_all(kube.kubectl("kustomize", str(path)))
            held = json.loads(kube.kubectl("get", "--kustomize", str(path), "--output", "json"))["items"]
        finally:
            (path / "kustomization.yaml").write_text(kept)
        by_name = {(each["kind"], kube.name_of(each)): each for each in held}
        for each in rendered:
            name = (each["kind"], kube.name_of(each))
            places |= {f"{name[0]}/{name[1]} {at}" for at in _otherwise(each, by_name[name], "")}
    return places


def _otherwise(sent: object, held: object, at: str) -> Iterator[str]:
    match sent, held:
        case dict(), dict():
            for key, value in sent.items():
                yield from _otherwise(value, held.get(key), f"{at}/{key}")
        case list(), list() if len(sent) == len(held):
            for number, pair in enumerate(zip(sent, held, strict=True)):
                yield from _otherwise(*pair, f"{at}/{number}")
        case False, None:  # left out, it is still false
            pass
        case _ if sent != held:
            yield at


def unattended(found: Deployed) -> set[str]:
    """Kinds of custom resources that nobody acted on."""
    return {
        each["kind"]
        for folder in ("platform", ENVIRONMENT)
        for each in found.objects(folder)
        if "." in each["apiVersion"].partition("/")[0]
        and not each["apiVersion"].partition("/")[0].endswith(".k8s.io")
        and "status"
        not in kube.got(each["kind"], kube.name_of(each), "-n", each["metadata"].get("namespace", "default"))
    }
