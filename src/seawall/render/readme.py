"""``deploy/README.md``: the commands that bring each environment up with `kubectl` alone, without Seawall."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.images import UNRELEASED, Image, built, images
from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import Scope
from seawall.render.kubernetes.surroundings import around
from seawall.render.reason import plain
from seawall.stack import Api, ExternalSecrets, Gateway, Ingress, SealedSecrets, Worker
from seawall.stack.services import Workload

KUBERNETES_VERSION: Final = "1.34"  # the first that knows every field that is rendered
# What a cluster must have for objects of these API groups, in the order in which it is set up.
OPERATORS: Final[Mapping[str, str]] = {
    "networking.k8s.io": "a network plug-in that enforces NetworkPolicy",
    "autoscaling": "metrics-server, for the HorizontalPodAutoscalers",
    "autoscaling.k8s.io": "the Vertical Pod Autoscaler",
    "gateway.networking.k8s.io": "the Gateway API and an implementation of it",
    "cert-manager.io": "cert-manager, with its support for the Gateway API switched on where there is a Gateway",
    "bitnami.com": "Sealed Secrets",
    "external-secrets.io": "the External Secrets Operator",
    "monitoring.coreos.com": "the Prometheus Operator",
    "postgresql.cnpg.io": "CloudNativePG",
    "barmancloud.cnpg.io": "the Barman Cloud plugin of CloudNativePG",
}
_CLAIMING: Final = ("PersistentVolumeClaim", "StatefulSet")
_OPERATED: Final = "postgresql.cnpg.io"


def text(scopes: Sequence[Scope], environments: Mapping[str, Sequence[Finished]], platform: Sequence[Finished]) -> str:
    """The whole page. It holds names only: of no secret the value."""
    everything = [*platform, *(each for objects in environments.values() for each in objects)]
    lines = [
        f"# {scopes[0].stack.name} on Kubernetes, by hand",
        "",
        "Everything in this folder is plain YAML. These commands need `kubectl` and nothing of Seawall. Run them in",
        "this folder, in this order.",
        "",
        "## What the cluster must have",
        "",
        f"- Kubernetes {KUBERNETES_VERSION} or newer",
        *(f"- {what}" for what in _needed(scopes, everything)),
    ]
    if platform:
        lines += ["", "## Once in each cluster", "", *_block("kubectl apply --server-side -k kubernetes/platform")]
    for scope in scopes:
        lines += ["", *_environment(scope, scopes, environments[scope.environment.name])]
    return "\n".join([*lines, *_LATER]) + "\n"


_LATER: Final = (
    "",
    "## The next release, and back to the one before",
    "",
    "A release is the last three steps of its environment: images, everything, wait. To go back, check out the commit",
    "of the release before, this folder included, and do the same three steps.",
    "",
    "Migrations are not undone. The release before starts only if each migration that it does not know begins with the",
    "line `-- seawall: compatible`: the promise that code before it can work with the tables after it.",
    "",
    "## What the stack no longer has",
    "",
    "To apply removes nothing. Once a release is up, this deletes what was rendered at the commit BEFORE and is no",
    "longer, ConfigMaps of the release before included; the context must be that of ENVIRONMENT:",
    "",
    "```sh",
    "git diff --relative --no-renames --diff-filter=D --name-only BEFORE -- kubernetes/ENVIRONMENT \\",
    "  ':!*/namespace-*' ':!*/persistentvolumeclaim-*' ':!*/statefulset-*' ':!*/cluster-*' | while read -r file; do",
    '  git show "BEFORE:./$file" | kubectl delete --ignore-not-found -f -',
    "done",
    "```",
    "",
    "It leaves out what holds data: namespaces, claims and databases. Delete those by hand, after a copy.",
)


def _needed(scopes: Sequence[Scope], objects: Sequence[Finished]) -> Iterator[str]:
    if any(each.kind in _CLAIMING for each in objects):
        yield "a default StorageClass, of a CSI driver: claims are `ReadWriteOncePod`"
    groups = {str(each.tree["apiVersion"]).rpartition("/")[0] for each in objects}
    yield from (what for group, what in OPERATORS.items() if group in groups)
    collectors = {around(scope).collector for scope in scopes if any(_is_traced(each) for each in scope.workloads)}
    for collector in sorted(collectors - {""}):
        yield f"a collector of OpenTelemetry at `{collector}`; without it, traces are lost and nothing else"
    public = [(scope, scope.system.way_in) for scope in scopes]
    for kind, name in sorted({_class(way_in) for _, way_in in public if way_in}):
        yield f"the {kind} `{name}`"
    for scope, way_in in public:
        if way_in:
            environment = scope.environment
            yield f"for {environment.name}: a DNS record of `{environment.host}` with the address of the way in"


def _is_traced(workload: Workload) -> bool:
    return isinstance(workload, Api | Worker) and workload.traced


def _class(way_in: Gateway | Ingress) -> tuple[str, str]:
    return "GatewayClass" if isinstance(way_in, Gateway) else "IngressClass", way_in.class_name


def _environment(scope: Scope, scopes: Sequence[Scope], objects: Sequence[Finished]) -> Iterator[str]:
    environment, namespace = scope.environment, scope.system.namespace
    folder = f"kubernetes/{environment.name}"
    yield from (f"## {environment.name}: namespace `{namespace}`", "")
    others = [each.environment.name for each in scopes if each.system.namespace == namespace and each is not scope]
    if others:
        yield from (f"Its namespace is also that of {', '.join(others)}: each needs a cluster of its own.", "")
    if environment.context:
        yield from (f"It lives in the cluster of the kubeconfig context `{environment.context}`:", "")
        yield from (*_block(f"kubectl config use-context {environment.context}"), "")
    for number, (title, lines) in enumerate(_steps(scope, objects, folder), 1):
        yield from (f"{number}. {title}", "", *_indented(lines), "")


def _steps(scope: Scope, objects: Sequence[Finished], folder: str) -> Iterator[tuple[str, list[str]]]:
    """What is done for an environment, in this order: what it is called, and its lines."""
    namespace = scope.system.namespace
    yield "The namespace.", _block(f"kubectl apply --server-side -f {folder}/namespace-{namespace}.yaml")
    secret_lines = list(_secrets(scope))
    if secret_lines:
        yield "The secrets, once.", secret_lines
    yield "The images.", _images(scope, folder)
    jobs = [each.name for each in objects if each.kind == "Job"]
    deleted = [f"kubectl -n {namespace} delete job {' '.join(jobs)} --ignore-not-found"] if jobs else []
    first = " A Job cannot be changed, so the one of the release before is deleted first." if jobs else ""
    yield f"Everything.{first}", _block(*deleted, f"kubectl apply --server-side -k {folder}")
    yield "Wait until it is up.", [*_block(*_waits(namespace, objects)), *_if_not(namespace, jobs)]


def _images(scope: Scope, folder: str) -> list[str]:
    entries: Iterable[Image] = images(scope, {})
    commands = [f"kustomize edit set image {each['name']}={each['newName']}@sha256:DIGEST" for each in entries]
    pushed = [f"Build and push `{where}`." for _, where in built(scope)]
    return [
        *pushed,
        f"Write tags, or better digests, into `images:` of `{folder}/kustomization.yaml`, by hand or with `kustomize`:",
        f"a tag `{UNRELEASED}` names no image, and a tag such as `18` moves.",
        "",
        *_block(f"cd {folder}", *commands, "cd -"),
    ]


def _waits(namespace: str, objects: Sequence[Finished]) -> Iterator[str]:
    """Databases first: migrations need them, and services the migrations."""
    on = f"kubectl -n {namespace}"
    for each in objects:
        if str(each.tree["apiVersion"]).startswith(f"{_OPERATED}/") and each.kind == "Cluster":
            yield f"{on} wait --for=condition=Ready cluster.{_OPERATED}/{each.name} --timeout=15m"
    yield from (_rollout(on, each) for each in objects if each.kind == "StatefulSet")
    for each in objects:
        if each.kind == "Job":
            deadline = each.tree["spec"]["activeDeadlineSeconds"]
            yield f"{on} wait --for=condition=complete job/{each.name} --timeout={deadline}s"
    yield from (_rollout(on, each) for each in objects if each.kind == "Deployment")


def _rollout(on: str, each: Finished) -> str:
    return f"{on} rollout status {each.kind.lower()}/{each.name} --timeout=15m"


def _if_not(namespace: str, jobs: Sequence[str]) -> Iterator[str]:
    if jobs:
        yield from ("", f"Where a Job does not complete, it says why: `kubectl -n {namespace} logs job/{jobs[0]}`.")


def _secrets(scope: Scope) -> Iterator[str]:
    kept = secrets.kept(scope)
    namespace = scope.system.namespace
    if not kept:
        return
    match scope.environment.secrets:
        case SealedSecrets():
            yield f"They are sealed in `secrets/{scope.environment.name}.yaml`, beside `stack.py`: below the name of"
            yield "each Secret its keys, each with what `kubeseal` prints for it. Then render again. VALUE is a file"
            yield "with the value alone:"
            yield ""
            yield from _block(
                *(
                    f"kubeseal --raw --namespace {namespace} --name {plain(each.name)} --from-file=VALUE  # {key}"
                    for each in kept
                    for key in map(plain, each.keys)
                )
            )
        case ExternalSecrets(store=store):
            yield f"The SecretStore `{store}` in the namespace gives them to the External Secrets Operator; the objects"
            yield "`externalsecret-*.yaml` name the keys that it must have."
        case None:
            yield from _block(*(command for each in kept for command in _made(each, namespace)))
            if not all(_is_login(each) for each in kept):
                yield ""
                yield "A file `NAME.env` has one `NAME=value` a line; keep it out of git, and delete it afterwards."


def _made(kept: secrets.Kept, namespace: str) -> Iterator[str]:
    name = plain(kept.name)
    create = f"kubectl -n {namespace} create secret generic {name}"
    if _is_login(kept):
        user, password, database = secrets.LOGIN
        owner = kept.service.name.replace("-", "_")
        yield f"{create} --from-literal={user}={owner} --from-literal={database}={owner} \\"
        yield f'  --from-literal={password}="$(openssl rand -hex 24)"'
    else:
        keys = ", ".join(plain(key) for key in kept.keys)
        yield f"{create} --from-env-file={name}.env  # {keys}"


def _is_login(kept: secrets.Kept) -> bool:
    """Whether it is the login of a new database, which anything may be."""
    return tuple(map(plain, kept.keys)) == secrets.LOGIN


def _block(*commands: str) -> list[str]:
    return ["```sh", *commands, "```"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" if line else "" for line in lines]
