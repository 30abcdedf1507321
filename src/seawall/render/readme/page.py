"""The page as a whole: what the cluster must have, what is done once, each environment, and later."""

from collections.abc import Mapping, Sequence
from typing import Final

from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import Scope
from seawall.render.readme import needs, public, steps
from seawall.render.readme.blocks import block, listed


def text(scopes: Sequence[Scope], environments: Mapping[str, Sequence[Finished]], platform: Sequence[Finished]) -> str:
    """The page. It holds names only: of no secret the value."""
    everything = [*platform, *(each for objects in environments.values() for each in objects)]
    lines = [
        f"# {scopes[0].stack.name} on Kubernetes, by hand",
        "",
        "Everything in this folder is plain YAML. These commands need `kubectl` and nothing of Seawall. Run them in",
        "this folder, in this order.",
        "",
        "## What the cluster must have",
        "",
        *listed(needs.needed(scopes, everything)),
    ]
    if missing := needs.not_here(scopes):
        lines += ["", "## What `stack.py` says and these files do not hold yet", "", *listed(missing)]
    if platform:
        lines += ["", "## Once in each cluster", "", *block("kubectl apply --server-side -k kubernetes/platform")]
        if found := [*public.steps(scopes, platform)]:
            lines += ["", *found, "", *_ELSEWHERE]
    for scope in scopes:
        lines += ["", *steps.environment(scope, scopes, environments[scope.environment.name])]
    return "\n".join([*lines, *_LATER]) + "\n"


_ELSEWHERE: Final = (
    "All of this but the PriorityClasses is for the public: a cluster that has none of the environments with a host",
    "needs `kubernetes/platform/priorityclass-*.yaml` alone.",
)
_LATER: Final = (
    "",
    "## The next release, and back to the one before",
    "",
    "A release is a commit of this folder, with its `images:`, and the steps of its environment from the images on. To",
    "go back, check out the commit of the release before, this folder included, and do those after the images, which",
    "stand there.",
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
