"""Services for Compose, as the renderer makes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from seawall.render.compose import files, project
from seawall.render.dockerfile import Dockerfile, Ground, dockerfiles
from seawall.render.python_image import Code
from seawall.stack import Service, System
from tests.support.systems import system

ABOUT = "Made by 'seawall render' from stack.py for dev: change it there and render again."


def built(of: System) -> tuple[Dockerfile, ...]:
    folders = {str(getattr(each, "source", ".")) for each in of.services}
    return dockerfiles([of], Ground({folder: Code("requirements.txt") for folder in folders}))


def compose(*services: Service, name: str = "bakery") -> dict[str, Any]:
    """The whole ``compose.yaml`` of these services."""
    return tree(system(*services, name=name))


def tree(of: System, digests: Mapping[str, str] | None = None) -> dict[str, Any]:
    return files.tree(project.of(of, built(of), digests or {}))


def texts(of: System, dockerfiles: Sequence[Dockerfile] = ()) -> dict[str, str]:
    """Every file, by its path."""
    return {each.path: each.text for each in files.files(of, dockerfiles, {}, ABOUT)}
