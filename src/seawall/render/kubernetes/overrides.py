"""Patches and extra objects: what ``stack.py`` changes in what is rendered.

Every rendered object can be changed, and a change that matches nothing is an error: it would be a lie.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeGuard, cast

from seawall.errors import Place, Problem, raise_all
from seawall.render.kubernetes.config_map import digits
from seawall.render.kubernetes.object import Object
from seawall.render.reason import plain
from seawall.stack.overrides import Extra, Patch
from seawall.stack.sources import Sources

_SHOWN: Final = 6  # names of objects that an error lists
_HASH: Final = re.compile("-[0-9a-f]{10}$")
_SHORT: Final[Mapping[str, tuple[str, ...]]] = {  # as `kubectl api-resources` lists them
    "ConfigMap": ("cm",),
    "CronJob": ("cj",),
    "Deployment": ("deploy",),
    "HorizontalPodAutoscaler": ("hpa",),
    "Ingress": ("ing",),
    "Namespace": ("ns",),
    "NetworkPolicy": ("netpol",),
    "PersistentVolumeClaim": ("pvc",),
    "PodDisruptionBudget": ("pdb",),
    "Service": ("svc",),
    "ServiceAccount": ("sa",),
    "StatefulSet": ("sts",),
    "VerticalPodAutoscaler": ("vpa",),
}
# Kinds of Kubernetes without a namespace; of others those whose name begins with "Cluster", but for one.
_WITHOUT_NAMESPACE: Final = frozenset({
    "APIService", "CSIDriver", "CustomResourceDefinition", "GatewayClass", "IngressClass", "Namespace", "Node",
    "MutatingWebhookConfiguration", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass",
    "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
    "VolumeSnapshotClass",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finished:
    """One object as it is written.

    `tree` is plain; `object` has the reasons of its values before the `patches`, which came in this order; an extra
    object has none.
    """

    tree: Mapping[str, Any]
    object: Object | None = None
    patches: tuple[Patch, ...] = ()
    extra: Extra | None = None

    @property
    def kind(self) -> str:
        """Its kind, such as ``Deployment``."""
        return str(self.tree["kind"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.tree["metadata"]["name"])

    @property
    def target(self) -> str:
        """What a patch and `seawall explain` call it: ``Deployment/api``."""
        return f"{self.kind}/{self.name}"

    @property
    def file_name(self) -> str:
        """The name of the file that holds it: ``deployment-api.yaml``."""
        return f"{self.kind.lower()}-{self.name}.yaml"

    def is_called(self, target: str) -> bool:
        """Whether `target` means this object; the kind may be written in any case or as kubectl shortens it.

        The name of a ConfigMap may be written without the hash of its content.
        """
        kind, _, name = target.partition("/")
        kinds = {self.kind.lower(), *_SHORT.get(self.kind, ())}
        return kind.lower() in kinds and name in {self.name, self.stable_name}

    @property
    def stable_name(self) -> str:
        """Its name, without the hash that the name of an immutable ConfigMap ends in."""
        return _HASH.sub("", self.name) if self.kind == "ConfigMap" and self.tree.get("immutable") else self.name


def finished(
    objects: Iterable[Object],
    patches: Sequence[Patch],
    extras: Sequence[Extra],
    sources: Sources,
    namespace: str = "",
) -> tuple[Finished, ...]:
    """The objects as they are written, sorted by kind and name: plain, patched, and with the extra ones.

    An extra object of a kind that has a namespace is put into `namespace` where it names none.

    Raises:
        SeawallError: SW702, a patch fails or does not return the object; SW703, an extra object is none, or is there
            already.
    """
    found = [Finished(plain(each.tree), each) for each in objects]
    problems: list[Problem] = []
    for at, each in enumerate(found):
        for patch in (patch for patch in patches if each.is_called(patch.target)):
            result = _changed(found[at], patch, sources)
            if isinstance(result, Problem):
                problems.append(result)
            else:
                found[at] = result
    for extra in extras:
        problem = _misfit(extra, found, sources)
        if problem is None:
            found.append(Finished(_placed(plain(extra.manifest), namespace), extra=extra))
        else:
            problems.append(problem)
    raise_all(dict.fromkeys(problems))
    return tuple(sorted(_renamed(found), key=lambda each: (each.kind, each.name)))


def _renamed(found: Sequence[Finished]) -> Sequence[Finished]:
    """The objects, those ConfigMaps that a patch changed under the name of what they hold now, here and in pods."""
    changed = [each for each in found if each.patches and each.stable_name != each.name]
    names = {each.name: f"{each.stable_name}-{digits(each.tree.get('data', {}))}" for each in changed}
    if not names:
        return found
    return [replace(each, tree=_with_names(each.tree, names)) for each in found]


def _with_names(tree: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401 - a tree of JSON
    if isinstance(tree, dict):
        return {key: _with_names(value, names) for key, value in cast("dict[str, Any]", tree).items()}
    if isinstance(tree, list):
        return [_with_names(each, names) for each in cast("list[object]", tree)]
    return names.get(tree, tree) if isinstance(tree, str) else tree


def _placed(tree: dict[str, Any], namespace: str) -> dict[str, Any]:
    kind: str = tree["kind"]
    has_none = kind in _WITHOUT_NAMESPACE or (kind.startswith("Cluster") and kind != "Cluster")
    if has_none or not namespace or "namespace" in tree["metadata"]:
        return tree
    return {**tree, "metadata": {**tree["metadata"], "namespace": namespace}}


def unmatched(
    patches: Sequence[Patch],
    environments: Mapping[str, Sequence[Finished]],
    platform: Sequence[Finished],
    sources: Sources,
) -> Iterator[Problem]:
    """SW701 for each patch that some environment in which it holds, and the platform, have no object for."""
    for patch in patches:
        if any(each.is_called(patch.target) for each in platform):
            continue
        wanted = patch.environments or environments.keys()
        without = [name for name in wanted if not any(each.is_called(patch.target) for each in environments[name])]
        if not without:
            continue
        kind = patch.target.partition("/")[0].lower()
        there = dict.fromkeys(
            each.target for name in without for each in environments[name] if each.kind.lower() == kind
        )
        have = f"; have {', '.join([*there][:_SHOWN])}" if there else ""
        message = f"no {patch.target} is rendered for {', '.join(without)}{have}"
        others = [name for name in wanted if name not in without]
        fix = f"environments={others!r}" if others else ""
        yield Problem("SW701", message, sources.argument(patch, "target"), fix=fix)


def _changed(each: Finished, patch: Patch, sources: Sources) -> Finished | Problem:
    place = sources.argument(patch, "change")
    try:
        result: object = plain(patch.change(copy.deepcopy(dict(each.tree))))
    except Exception as error:  # noqa: BLE001 - whatever the user's function raises is reported
        message = f"the patch of {patch.target} fails: {type(error).__name__}: {error}"
        return Problem("SW702", message, _raised(error, sources) or place)
    if not _is_object(result) or Finished(result).target != each.target:
        message = f"the patch of {patch.target} must return the object that it was given, changed"
        return Problem("SW702", message, place, saw=_seen(result), fix="return object")
    return Finished(result, each.object, (*each.patches, patch))


def _raised(error: Exception, sources: Sources) -> Place | None:
    """The innermost line of the user's own code that an error went through."""
    trace, place = error.__traceback__, None
    while trace is not None:
        code = trace.tb_frame.f_code
        if sources.owns(code.co_filename):
            place = sources.shown(Place(code.co_filename, trace.tb_lineno))
        trace = trace.tb_next
    return place


def _misfit(extra: Extra, found: Sequence[Finished], sources: Sources) -> Problem | None:
    place = sources.argument(extra, "manifest")
    tree = plain(extra.manifest)
    if not _is_object(tree):
        wanted = "apiVersion, kind and metadata.name"
        return Problem("SW703", "an extra object is not an object of Kubernetes", place, wanted=wanted)
    if tree["kind"] == "Secret" and (tree.get("data") or tree.get("stringData")):
        message = f"Secret/{tree['metadata']['name']} holds values, and no rendered file may"
        return Problem("SW703", message, place, fix="secrets=[Secret(NAME)] of the service that needs it")
    made = Finished(tree)
    if any(each.is_called(made.target) for each in found):
        message = f"{made.target} is rendered already"
        return Problem("SW703", message, place, fix=f'Patch("{made.target}", ...)')
    return None


def _is_object(tree: object) -> TypeGuard[dict[str, Any]]:
    if not isinstance(tree, dict):
        return False
    whole = cast("dict[str, Any]", tree)
    texts = [whole.get("apiVersion"), whole.get("kind")]
    metadata = whole.get("metadata")
    name = cast("dict[str, Any]", metadata).get("name") if isinstance(metadata, dict) else None
    return all(isinstance(text, str) and text for text in (*texts, name))


def _seen(result: object) -> str:
    if not _is_object(result):
        return "None" if result is None else f"a {type(result).__name__}"
    return Finished(result).target
