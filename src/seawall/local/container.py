"""Docker or Podman, for a program of which there is only an image."""

import shutil
from collections.abc import Mapping
from functools import partial
from typing import Final

from seawall.local import process
from seawall.local.plan import Engine
from seawall.local.spec import ProcessSpec
from seawall.local.tender import Prepare

# Each with a question that only a working one answers: Docker's client is often there without its server.
_ENGINES: Final[Mapping[str, tuple[str, ...]]] = {
    "docker": ("version", "--format", "{{.Server.Version}}"),
    "podman": ("info", "--format", "{{.Host.Arch}}"),
}
_VARIABLES: Final = ("DOCKER_", "CONTAINER_", "CONTAINERS_", "XDG_RUNTIME_DIR", "SSH_AUTH_SOCK")
PULL_SECONDS: Final = 1800.0


def find(environ: Mapping[str, str]) -> Engine | None:
    """The first engine of this machine that answers."""
    for name, question in _ENGINES.items():
        program = shutil.which(name, path=environ.get("PATH"))
        if program is not None and process.ask((program, *question), environ).status == 0:
            return Engine(program, {key: value for key, value in environ.items() if key.startswith(_VARIABLES)})
    return None


def seen(environ: Mapping[str, str]) -> list[str]:
    """The engines that are installed, whether they work or not."""
    return [name for name in _ENGINES if shutil.which(name, path=environ.get("PATH"))]


def preparation(spec: ProcessSpec, image: str) -> Prepare:
    """What is done before a container starts: a killed run's is removed, and its image is fetched if it is not here."""
    return partial(_prepare, spec, image)


async def _prepare(spec: ProcessSpec, image: str) -> None:
    engine = spec.argv[0]
    await process.run(spec.cleanup, spec.environment)
    here = await process.run((engine, "image", "inspect", image), spec.environment)
    if here.status != 0:
        await process.run((engine, "pull", "--quiet", image), spec.environment, seconds=PULL_SECONDS)
