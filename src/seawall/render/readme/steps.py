"""What is done for one environment, step by step: namespace, secrets, images, databases, and everything else."""

from collections.abc import Iterator, Sequence
from typing import Final

from seawall.render.kubernetes import secrets
from seawall.render.kubernetes.images import UNRELEASED, Image, built, images
from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import APP, Scope
from seawall.render.readme import public
from seawall.render.readme.blocks import block, indented
from seawall.render.reason import plain
from seawall.stack import ExternalSecrets, SealedSecrets

_OPERATED: Final = "postgresql.cnpg.io"
_APPLY: Final = "kubectl apply --server-side"


def environment(scope: Scope, scopes: Sequence[Scope], objects: Sequence[Finished]) -> Iterator[str]:
    """The lines of an environment: its heading, where it lives, and its steps, numbered."""
    this, namespace = scope.environment, scope.system.namespace
    folder = f"kubernetes/{this.name}"
    yield from (f"## {this.name}: namespace `{namespace}`", "")
    others = [each.environment.name for each in scopes if each.system.namespace == namespace and each is not scope]
    if others:
        yield from (f"Its namespace is also that of {', '.join(others)}: each needs a cluster of its own.", "")
    if this.context:
        yield from (f"It lives in the cluster of the kubeconfig context `{this.context}`:", "")
        yield from (*block(f"kubectl config use-context {this.context}"), "")
    for number, (title, lines) in enumerate(_steps(scope, objects, folder), 1):
        yield from (f"{number}. {title}", "", *indented(lines), "")


def _steps(scope: Scope, objects: Sequence[Finished], folder: str) -> Iterator[tuple[str, list[str]]]:
    """What is done for an environment, in this order: what it is called, and its lines."""
    namespace = scope.system.namespace
    first = (f"{_APPLY} -f {folder}/namespace-{namespace}.yaml", *_for_all(objects, folder))
    yield "The namespace, and what may be reached from all of it.", block(*" \\\n  ".join(first).split("\n"))
    if secret_lines := [*_pull_secret(scope), *_secrets(scope, objects, folder)]:
        yield "The secrets, once.", secret_lines
    yield "The images.", _images(scope, folder)
    everything = f"{_APPLY} -k {folder}"
    if jobs := [each for each in objects if each.kind == "Job"]:
        yield (
            "The databases and their migrations: one that fails leaves what runs alone.",
            [
                *block(
                    f"kubectl -n {namespace} delete job {' '.join(each.name for each in jobs)} --ignore-not-found",
                    f"{everything} -l {_selector(scope)}",
                    *_databases(namespace, objects),
                ),
                "",
                "A Job cannot be changed: that of the release before is deleted. One that does not complete says why:",
                f"`kubectl -n {namespace} logs job/{jobs[0].name}`.",
            ],
        )
    ready = (_rollout(namespace, each) for each in objects if each.kind == "Deployment")
    before = () if jobs else _databases(namespace, objects)
    yield "Everything, until it is up.", block(everything, *before, *ready)
    if found := [*public.steps([scope], objects)]:
        yield "Let the public in.", found


def _images(scope: Scope, folder: str) -> list[str]:
    entries: Sequence[Image] = images(scope, {})
    own = {name for name, _ in built(scope)}
    others = [each for each in entries if each["name"] not in own]
    lines = [f"Build and push `{where}`." for _, where in built(scope)]
    lines += [
        f"Write tags, or better digests, into `images:` of `{folder}/kustomization.yaml`, by hand or with `kustomize`:",
        f"a tag `{UNRELEASED}` names no image.",
        "",
        *_set([each for each in entries if each["name"] in own], folder),
        "",
    ]
    if others:
        lines += [
            "Those of others once, and when they are updated, which restarts what runs them: a tag such as `18` moves.",
            "",
            *_set(others, folder),
            "",
        ]
    return [*lines, "Commit `kustomization.yaml`: that commit is the release."]


def _set(entries: Sequence[Image], folder: str) -> list[str]:
    commands = [f"kustomize edit set image {each['name']}={each['newName']}@sha256:DIGEST" for each in entries]
    return block(f"cd {folder}", *commands, "cd -")


def _for_all(objects: Sequence[Finished], folder: str) -> Iterator[str]:
    """The policies of all pods: with those of its own alone, the Job of a migration would find no name."""
    for each in objects:
        if each.kind == "NetworkPolicy" and not each.tree["spec"]["podSelector"]:
            yield f"-f {folder}/networkpolicy-{each.name}.yaml"


def _selector(scope: Scope) -> str:
    """What the objects of the databases have, and no others."""
    names = sorted(each.name for each in scope.databases)
    return f"{APP}={names[0]}" if len(names) == 1 else f"'{APP} in ({','.join(names)})'"


def _databases(namespace: str, objects: Sequence[Finished]) -> Iterator[str]:
    """Waits: migrations need databases, and services the migrations."""
    on = f"kubectl -n {namespace}"
    for each in objects:
        if str(each.tree["apiVersion"]).startswith(f"{_OPERATED}/") and each.kind == "Cluster":
            yield f"{on} wait --for=condition=Ready cluster.{_OPERATED}/{each.name} --timeout=15m"
    yield from (_rollout(namespace, each) for each in objects if each.kind == "StatefulSet")
    for each in objects:
        if each.kind == "Job":
            deadline = each.tree["spec"]["activeDeadlineSeconds"]
            yield f"{on} wait --for=condition=complete job/{each.name} --timeout={deadline}s"


def _rollout(namespace: str, each: Finished) -> str:
    return f"kubectl -n {namespace} rollout status {each.kind.lower()}/{each.name} --timeout=15m"


def _pull_secret(scope: Scope) -> Iterator[str]:
    if name := scope.stack.pull_secret:
        create = f"kubectl -n {scope.system.namespace} create secret docker-registry {name}"
        yield "What images are pulled with, of an account that may do no more, as `docker login` writes it:"
        yield ""
        yield from (*block(f"{create} --from-file=.dockerconfigjson=config.json"), "")


def _secrets(scope: Scope, objects: Sequence[Finished], folder: str) -> Iterator[str]:
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
            yield from block(
                *(
                    f"kubeseal --raw --namespace {namespace} --name {plain(each.name)} --from-file=VALUE  # {key}"
                    for each in kept
                    for key in map(plain, each.keys)
                )
            )
            yield from ("", "Then they are applied:", "", *block(_applied("SealedSecret", objects, folder)))
        case ExternalSecrets(store=store):
            yield f"The SecretStore `{store}` in the namespace gives them to the External Secrets Operator; the objects"
            yield "`externalsecret-*.yaml` name the keys that it must have:"
            yield from ("", *block(_applied("ExternalSecret", objects, folder)))
        case None:
            yield from block(*(command for each in kept for command in _made(each, namespace)))
            if not all(_is_login(each) for each in kept):
                yield ""
                yield "A file `NAME.env` has one `NAME=value` a line; keep it out of git, and delete it afterwards."


def _applied(kind: str, objects: Sequence[Finished], folder: str) -> str:
    files = (f"-f {folder}/{kind.lower()}-{each.name}.yaml" for each in objects if each.kind == kind)
    return " ".join((_APPLY, *files))


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
