"""A stack as files: ``kubernetes/ENVIRONMENT/`` each, ``kubernetes/platform/``, ``images/``, ``compose/``, a README."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from seawall.errors import raise_all
from seawall.render import gate, readme
from seawall.render.dockerfile import Dockerfile, Ground, Unbuilt, dockerfiles
from seawall.render.file import File
from seawall.render.kubernetes import collisions, environment, migration, platform, sealed_secret
from seawall.render.kubernetes.images import Image, images
from seawall.render.kubernetes.overrides import Finished, finished, unmatched
from seawall.render.kubernetes.scope import Platform, Scope, Sealed
from seawall.render.yaml import dump
from seawall.stack import Stack, System
from seawall.stack.sources import Sources

KUBERNETES: Final = "kubernetes"
COMPOSE: Final = "compose"
PLATFORM: Final = "platform"
KUSTOMIZATION: Final = "kustomization.yaml"
MADE_BY: Final = "Made by 'seawall render' from"  # how the first line of every rendered file begins, after the comment


@dataclass(frozen=True)
class Found:
    """What lies beside the stack and belongs into what is rendered: by environment sealed secrets and built images.

    `ground` is what images are made from.
    """

    sealed: Mapping[str, Sealed] = field(default_factory=dict[str, Sealed])
    images: Mapping[str, Mapping[str, Image]] = field(default_factory=dict[str, Mapping[str, Image]])
    ground: Ground = field(default_factory=Ground)


@dataclass(frozen=True)
class Rendered:
    """Everything that is rendered of a stack: objects by environment, those of the cluster, and all of it as files.

    `dockerfiles` are how its images are built, `unbuilt` why others cannot be.
    """

    environments: Mapping[str, tuple[Finished, ...]]
    platform: tuple[Finished, ...]
    files: tuple[File, ...]
    dockerfiles: tuple[Dockerfile, ...] = ()
    unbuilt: tuple[Unbuilt, ...] = ()


def render(systems: tuple[System, ...], found: Found, sources: Sources, only: Sequence[str] = ()) -> Rendered:
    """Render a stack, given in all its environments.

    Where `only` names parts, those for one machine are made only if they are among them; the others are always made.

    Raises:
        SeawallError: SW701 to SW704, SW709 and SW710, all at once of each kind.
    """
    stack = systems[0].stack
    scopes = {each.environment.name: Scope(each, found.sealed.get(each.environment.name, {})) for each in systems}
    cluster = finished(platform.objects(Platform(stack, systems)), stack.patches, (), sources)
    made = {name: environment.objects(scope) for name, scope in scopes.items()}
    raise_all(dict.fromkeys(each for objects in made.values() for each in collisions.problems(objects, sources)))
    environments = {
        name: finished(
            made[name],
            [each for each in stack.patches if not each.environments or name in each.environments],
            [each for each in stack.extras if not each.environments or name in each.environments],
            sources,
            scope.system.namespace,
        )
        for name, scope in scopes.items()
    }
    raise_all(dict.fromkeys(each for scope in scopes.values() for each in migration.problems(scope, sources)))
    raise_all(each for scope in scopes.values() for each in sealed_secret.problems(scope, sources))
    raise_all(unmatched(stack.patches, environments, cluster, sources))
    files = [*_folder(stack, PLATFORM, "all its environments", cluster, ())]
    for name, scope in scopes.items():
        files += _folder(stack, name, name, environments[name], images(scope, found.images.get(name, {})))
    built = dockerfiles(systems, found.ground)
    made_by = f"{MADE_BY} {_stack_file(stack)}: change it there and render again."
    files += [file for each in built for file in each.files(f"# {made_by}")]
    files += gate.files(f"# {made_by}", exceptions=found.ground.exceptions) if built else ()
    if _is_asked(COMPOSE, only):
        from seawall.render.compose import files as compose  # noqa: PLC0415 - a fifth of what rendering imports

        # One machine is for the environment that `seawall up` runs, too.
        files += compose.files(systems[0], built, found.ground.digests, made_by)
    about = f"<!-- {made_by} -->\n"
    files.append(File("README.md", about + readme.text(tuple(scopes.values()), environments, cluster)))
    return Rendered(environments, cluster, tuple(sorted(files)), built, found.ground.unbuilt)


def _is_asked(folder: str, only: Sequence[str]) -> bool:
    """Whether any of `only`, folders and files, is or lies in this folder; all of it is asked where none is named."""
    return not only or any(each.strip("/").partition("/")[0] == folder for each in only)


def _folder(
    stack: Stack, name: str, whom: str, objects: tuple[Finished, ...], late: tuple[Image, ...]
) -> Iterator[File]:
    """The files of one folder: one for each object, and the one that lists them."""
    if not objects:
        return
    about = f"# {MADE_BY} {_stack_file(stack)} for {whom}: change it there and render again.\n"
    for each in objects:
        yield File(f"{KUBERNETES}/{name}/{each.file_name}", about + dump(each.tree))
    resources = sorted(each.file_name for each in objects)
    listed: dict[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    note = ""
    if late:
        listed["images"] = [dict(each) for each in late]
        note = "# `images` is the one thing here that a build or a deploy writes; to render again keeps it.\n"
    yield File(f"{KUBERNETES}/{name}/{KUSTOMIZATION}", about + note + dump(listed))


def _stack_file(stack: Stack) -> str:
    """The name of the file that describes the stack, the same from wherever it is rendered."""
    return stack.place.file.rpartition("/")[2]
