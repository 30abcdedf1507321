"""``deploy/README.md``: the commands that bring each environment up with `kubectl` alone, without Seawall."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.images import built
from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import Scope
from seawall.render.reason import plain
from seawall.stack import ExternalSecrets, SealedSecrets

# What a cluster must have for objects of these API groups; Kubernetes has all others itself.
OPERATORS: Final[Mapping[str, str]] = {
    "autoscaling": "metrics-server, for the HorizontalPodAutoscalers",
    "autoscaling.k8s.io": "the Vertical Pod Autoscaler",
    "barmancloud.cnpg.io": "the Barman Cloud plugin of CloudNativePG",
    "bitnami.com": "Sealed Secrets",
    "cert-manager.io": "cert-manager",
    "external-secrets.io": "the External Secrets Operator",
    "gateway.networking.k8s.io": "the Gateway API with an implementation of it",
    "monitoring.coreos.com": "the Prometheus Operator",
    "networking.k8s.io": "a network plug-in that enforces NetworkPolicy",
    "postgresql.cnpg.io": "CloudNativePG",
}
_WORKLOADS: Final = ("Deployment", "StatefulSet")


def text(scopes: Sequence[Scope], environments: Mapping[str, Sequence[Finished]], platform: Sequence[Finished]) -> str:
    """The whole page. It holds names only: of no secret the value."""
    stack = scopes[0].stack
    lines = [
        f"# {stack.name} on Kubernetes, by hand",
        "",
        "Everything in this folder is plain YAML. These commands need `kubectl`, `kustomize` and nothing of Seawall.",
        "Run them in this folder, in this order.",
        "",
        "## What the cluster must have",
        "",
        *(
            f"- {operator}"
            for operator in _operators([*platform, *(o for each in environments.values() for o in each)])
        ),
    ]
    if platform:
        lines += ["", "## Once in each cluster", "", *_block("kubectl apply --server-side -k kubernetes/platform")]
    for scope in scopes:
        lines += ["", *_environment(scope, environments[scope.environment.name])]
    lines += [
        "",
        "## Back to the release before",
        "",
        "Check out the commit of that release, this folder included, and apply the environment again. Migrations are",
        "not undone: the release before must be able to work with the newer tables.",
    ]
    return "\n".join(lines) + "\n"


def _environment(scope: Scope, objects: Sequence[Finished]) -> Iterator[str]:
    environment, namespace = scope.environment, scope.system.namespace
    folder = f"kubernetes/{environment.name}"
    yield f"## {environment.name}: namespace `{namespace}`"
    yield ""
    if environment.context:
        yield from (f"It lives in the cluster of the kubeconfig context `{environment.context}`:", "")
        yield from (*_block(f"kubectl config use-context {environment.context}"), "")
    yield from ("1. The namespace.", "")
    yield from (*_indented(_block(f"kubectl apply --server-side -f {folder}/namespace-{namespace}.yaml")), "")
    secret_lines = list(_secrets(scope))
    step = 2
    if secret_lines:
        yield f"{step}. The secrets, once."
        yield from ("", *_indented(secret_lines), "")
        step += 1
    yield from (f"{step}. The images: tag, or better digest, of what you built and pushed.", "")
    yield from (*_indented(_block(*_set_images(scope, folder))), "")
    yield from (f"{step + 1}. Everything. A Job never changes, so those of the release before go first.", "")
    jobs = [each.name for each in objects if each.kind == "Job"]
    deleted = [f"kubectl -n {namespace} delete job {' '.join(jobs)} --ignore-not-found"] if jobs else []
    yield from (*_indented(_block(*deleted, f"kubectl apply --server-side -k {folder}")), "")
    yield from (f"{step + 2}. Wait until it is up.", "")
    yield from _indented(_block(*_waits(namespace, objects)))


def _set_images(scope: Scope, folder: str) -> Iterator[str]:
    yield f"cd {folder}"
    for name, where in built(scope):
        yield f"kustomize edit set image {name}={where}@sha256:DIGEST"
    yield "cd -"


def _waits(namespace: str, objects: Sequence[Finished]) -> Iterator[str]:
    for each in objects:
        if each.kind == "Job":
            yield f"kubectl -n {namespace} wait --for=condition=complete job/{each.name} --timeout=10m"
    for each in objects:
        if each.kind in _WORKLOADS:
            yield f"kubectl -n {namespace} rollout status {each.kind.lower()}/{each.name} --timeout=5m"


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


def _operators(objects: Iterable[Finished]) -> list[str]:
    groups = {str(each.tree["apiVersion"]).rpartition("/")[0] for each in objects}
    return [what for group, what in OPERATORS.items() if group in groups]


def _block(*commands: str) -> list[str]:
    return ["```console", *(f"$ {each}" if not each.startswith("  ") else each for each in commands), "```"]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"   {line}" if line else "" for line in lines]
