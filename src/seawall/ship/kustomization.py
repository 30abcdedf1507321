"""The one thing that a build writes into what is rendered: which image each environment runs."""

from collections.abc import Mapping
from typing import Any

import yaml

from seawall.render.yaml import dump

Image = Mapping[str, str]


def updated(text: str, images: Mapping[str, Image]) -> str:
    """A ``kustomization.yaml`` with these entries of ``images:`` by name, and all else as it is.

    An entry keeps what a build does not know; a tag or digest that is no longer true goes.
    """
    tree: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    listed: list[dict[str, str]] = tree.get("images") or []
    tree["images"] = [dict(images.get(each["name"], each)) for each in listed]
    comments = [line for line in text.splitlines() if line.startswith("#")]
    return "\n".join([*comments, dump(tree)])


def entry(name: str, repository: str, tag: str, digest: str) -> Image:
    """What is known of an image after its build; it has a digest once it is pushed."""
    found = {"name": name, "newName": repository, "newTag": tag}
    return {**found, "digest": digest} if digest else found
