"""Docker or Podman on this machine, and the one place that runs their commands."""

import os
import re
import shutil
import subprocess
import tarfile
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from seawall.errors import Problem, SeawallError
from seawall.ship import scan
from seawall.ship.image import Build, EngineName, build, digest, opened, pushes, reason, saved

# Each with a question that only a working one answers: Docker's client is often there without its server.
_ENGINES: Final[Mapping[EngineName, tuple[str, ...]]] = {
    "docker": ("buildx", "version"),
    "podman": ("info", "--format", "{{.Host.Arch}}"),
}
_SERVER: Final = ("version", "--format", "{{.Server.Version}}")
# Docker keeps images of several platforms since it can have containerd keep them: from 29 on it does.
_STORE: Final = ("info", "--format", "{{json .DriverStatus}}")
_CONTAINERD: Final = "io.containerd.snapshotter"
# Its other builders, each named by its driver, build for several and keep nothing.
_BUILDER: Final = ("buildx", "inspect")
_ONE_PLATFORM: Final = re.compile(r"^Driver:\s+docker$", re.MULTILINE)
_QUICK: Final = 20.0  # seconds for such a question
_LAST_LINES: Final = 40

OnLine = Callable[[str], None]


@dataclass(frozen=True)
class Engine:
    """An engine that answers: its name, and the program to run."""

    name: EngineName
    program: str

    @property
    def keeps_platforms(self) -> bool:
        """Whether an image of several platforms has a place here, and not only in a registry."""
        return self.name != "docker" or _CONTAINERD in _answer((self.program, *_STORE))

    @property
    def builds_platforms(self) -> bool:
        """Whether it builds an image of several platforms."""
        return self.keeps_platforms or not _ONE_PLATFORM.search(_answer((self.program, *_BUILDER)))

    def build(self, image: Build, on_line: OnLine, *, push: bool) -> str:
        """Build an image. What has no place here is pushed at once, if `push` says so: that returns its digest.

        Raises:
            SeawallError: SW803.
        """
        with TemporaryDirectory() as folder:
            file = Path(folder, "digest")
            at_once = push and image.is_manifold and not self.keeps_platforms
            words = build(self.name, self.program, image, pushed_to=str(file) if at_once else "")
            self._run(words, on_line, Problem("SW803", f"{self.name} did not build {image.name}"))
            return digest(file.read_text()) if file.is_file() else ""

    def push(self, image: Build, on_line: OnLine) -> str:
        """Push an image that was built, by all of its tags; returns its digest in the registry.

        Raises:
            SeawallError: SW804.
        """
        said = ""
        with TemporaryDirectory() as folder:
            file = Path(folder, "digest")
            for words in pushes(self.name, self.program, image, str(file)):
                refused = Problem(
                    "SW804", f"{self.name} did not push {words[-1].removeprefix('docker://')}", fix=f"{self.name} login"
                )
                said = self._run(words, on_line, refused)
            found = digest(file.read_text()) if file.is_file() else digest(said)
        if not found:
            raise SeawallError(Problem("SW804", f"{self.name} named no digest of {image.name} after its push"))
        return found

    @contextmanager
    def files(self, image: Build) -> Generator[tarfile.TarFile]:
        """The files of an image that was built, one after the other.

        Raises:
            SeawallError: SW803, the engine does not give them.
        """
        created, exported, removed = opened(self.program, image, f"seawall-{uuid4().hex[:12]}")
        self._run(created, lambda _: None, Problem("SW803", f"{self.name} does not open {image.name}"))
        try:
            with (
                subprocess.Popen(exported, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,  # noqa: S603 - an engine's command
                tarfile.open(fileobj=process.stdout, mode="r|") as archive,
            ):
                yield archive
        finally:
            subprocess.run(removed, check=False, capture_output=True)  # noqa: S603 - an engine's command

    def scan(
        self, image: Build, scanner: str, configuration: Path, report: Path, cwd: Path
    ) -> tuple[scan.Finding, ...]:
        """What a scanner finds in an image that was opened before, by a configuration; its report is written to a file.

        Paths in the configuration are relative to `cwd`.

        Raises:
            SeawallError: SW807.
        """
        with TemporaryDirectory() as folder:
            file = str(Path(folder, "image.tar"))
            no_file = Problem("SW807", f"{self.name} does not save {image.name}")
            self._run(saved(self.program, image, file), lambda _: None, no_file)
            words = scan.command(scanner, str(configuration), file, str(report))
            problem = Problem("SW807", f"{scan.SCANNER} did not scan {image.name}")
            self._run(words, lambda _: None, problem, cwd)
        try:
            return scan.findings(report.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise SeawallError(Problem(problem.code, problem.message, saw=str(error))) from error

    def _run(self, words: tuple[str, ...], on_line: OnLine, problem: Problem, cwd: Path | None = None) -> str:
        """Run a command to its end and return its last lines; each line is told as it comes."""
        last: deque[str] = deque(maxlen=_LAST_LINES)
        environ = {**os.environ, "BUILDKIT_PROGRESS": "plain"}
        with subprocess.Popen(  # noqa: S603 - an engine's command
            words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environ
        ) as process:
            for line in process.stdout or ():
                last.append(line.rstrip("\n"))
                on_line(last[-1])
        if process.returncode != 0:
            saw = reason(last) or f"status {process.returncode}"
            raise SeawallError(Problem(problem.code, problem.message, saw=saw, fix=problem.fix))
        return "\n".join(last)


def find(wanted: EngineName | None = None) -> Engine:
    """The engine that is wanted, or the first of this machine that answers.

    Raises:
        SeawallError: SW801, there is none.
    """
    for name, question in _ENGINES.items():
        program = shutil.which(name)
        if wanted in {None, name} and program is not None:
            questions = (question, _SERVER) if name == "docker" else (question,)
            if all(_answer((program, *each)) for each in questions):
                return Engine(name, program)
    names = wanted or " or ".join(_ENGINES)
    here = [name for name in _ENGINES if shutil.which(name)]
    saw = f"{', '.join(here)} on PATH, and no answer" if here else "neither on PATH"
    raise SeawallError(Problem("SW801", f"no {names} with which to build images", saw=saw, fix=f"{names} version"))


def _answer(words: tuple[str, ...]) -> str:
    """What an engine answers to a question; empty where it does not."""
    try:
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=_QUICK)  # noqa: S603 - an engine's question
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
