"""The files of Compose: ``compose/compose.yaml``, what its containers are told, and a README."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from seawall.render.compose import database, monitoring, project, readme, secrets, way_in, workload
from seawall.render.compose.project import OWN, Json, Project
from seawall.render.dockerfile import Dockerfile
from seawall.render.file import File
from seawall.render.yaml import dump
from seawall.stack import System

FOLDER: Final = "compose"
_HASH: Final = "# "


def files(system: System, dockerfiles: Sequence[Dockerfile], digests: Mapping[str, str], about: str) -> Iterator[File]:
    """All of them, for one system; `about` is what the first line of each says.

    Its images are built by the `dockerfiles`, and of public ones those with these `digests` are meant.
    """
    here = project.of(system, dockerfiles, digests)
    yield _file("compose.yaml", f"{_HASH}{about}\n{dump(tree(here))}")
    yield _file("logs.yaml", f"{_HASH}{about}\n{dump(monitoring.sent(here))}")
    yield _file("README.md", f"<!-- {about} -->\n{readme.text(here)}")
    # An ignored folder that git keeps: it must be there, and no secret in it may be committed.
    yield _file(f"{secrets.FOLDER}/.gitignore", f"{_HASH}{about}\n*\n!.gitignore\n")
    for name, text in way_in.configurations(here):
        # JSON has no comments; Caddy takes "@id" for a name and looks past it.
        yield _file(f"{name}.json", text.replace("{\n", f'{{ "@id": {json.dumps(about)},\n', 1))
    for name, text in monitoring.configurations(here):
        yield _file(f"{name}.yaml", f"{_HASH}{about}\n{text}")


def tree(here: Project) -> Json:
    """What stands in ``compose.yaml``."""
    databases = list(here.databases)
    kept = (monitoring.volume(here.name(own)) for own in monitoring.VOLUMES)
    volumes = [*(database.volume(each) for each in databases), *kept]
    makers: tuple[Callable[[Project], Iterator[tuple[str, Json]]], ...] = (
        way_in.services, database.services, workload.services, monitoring.services,
    )  # fmt: skip
    # A network without a way out: a database is asked, and asks nobody.
    networks: Json = {workload.DEFAULT: {}, **{workload.network(each): {"internal": True} for each in databases}}
    return {
        "name": here.system.stack.name,
        "services": {name: tree for make in makers for name, tree in make(here)},
        "configs": _configs(here),
        "secrets": secrets.listed([*secrets.generated(here), *secrets.asked(here), monitoring.PASSWORD]),
        "networks": networks,
        "volumes": {name: {} for name in volumes},
    }


def _configs(here: Project) -> Json:
    caddy = {name: {"file": f"./{name}.json"} for name, _ in way_in.configurations(here)}
    return {**caddy, **{here.name(own): {"file": f"./{here.name(own)}.yaml"} for own in OWN}}


def _file(name: str, text: str) -> File:
    return File(f"{FOLDER}/{name}", text)
