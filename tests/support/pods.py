"""Containers of a rendered pod in a real engine, as the kubelet would run them: user, files, limits, nothing more."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Tree = Mapping[str, Any]
# Docker gives the user of a container no name. The public image of PostgreSQL brings libnss-wrapper for that.
_NAMELESS = "ls /usr/lib/*/libnss_wrapper.so"


@dataclass(frozen=True)
class Pods:
    """An engine, the image that every container runs, where volumes lie, and what each Secret holds."""

    program: str
    image: str
    folder: Path
    secrets: Mapping[str, Mapping[str, str]]
    network: str

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """A command of the engine's."""
        return subprocess.run([self.program, *words], capture_output=True, text=True, timeout=120, check=False)

    @contextmanager
    def started(self, pod: Tree, container: Tree, name: str, *options: str) -> Iterator[str]:
        """A container that goes on; yields its name."""
        try:
            done = self.run("run", "--detach", "--name", name, *options, *self._words(pod, container))
            assert done.returncode == 0, done.stderr
            yield name
        finally:
            self.run("rm", "--force", "--volumes", name)

    def finished(self, pod: Tree, container: Tree, *options: str) -> "subprocess.CompletedProcess[str]":
        """A container that ends."""
        return self.run("run", "--rm", *options, *self._words(pod, container))

    def asked(self, name: str, probe: Tree) -> bool:
        """Whether a probe of a running container succeeds."""
        return self.run("exec", name, *probe["exec"]["command"]).returncode == 0

    def wait(self, name: str, probe: Tree, within: float = 60) -> None:
        """Until a probe of a running container succeeds."""
        deadline = time.monotonic() + within
        while not self.asked(name, probe):
            assert time.monotonic() < deadline, self.run("logs", name).stderr
            time.sleep(0.05)

    def _words(self, pod: Tree, container: Tree) -> list[str]:
        security, of_pod = container["securityContext"], pod["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
        words = ["--read-only", "--security-opt", "no-new-privileges", "--user"]
        words += [f"{security['runAsUser']}:{security['runAsGroup']}"]
        words += [word for each in security["capabilities"]["drop"] for word in ("--cap-drop", each)]
        for each in container["env"]:
            words += ["--env", f"{each['name']}={each['value']}"]
        volumes = {each["name"]: each for each in pod["volumes"]}
        for each in container["volumeMounts"]:
            source = self._volume(each["name"], volumes.get(each["name"], {}), of_pod["fsGroup"])
            words += ["--volume", f"{source}:{each['mountPath']}{':ro' if each.get('readOnly') else ''}"]
        words += self._named(security["runAsUser"])
        command = container.get("command", [])
        words += ["--entrypoint", command[0]] if command else []
        return [*words, self.image, *command[1:], *container.get("args", [])]

    def _volume(self, name: str, volume: Tree, group: int) -> Path:
        """The folder of a volume, as its group may use it; one of the same claim for all pods."""
        folder = self.folder / str(volume.get("persistentVolumeClaim", {}).get("claimName", name))
        if not folder.exists():
            folder.mkdir()
            subprocess.run(["chown", f"0:{group}", str(folder)], check=True)
            folder.chmod(0o2777 if "emptyDir" in volume else 0o2775)
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                file = folder / item["path"]
                file.write_text(self.secrets[source["secret"]["name"]][item["key"]])
                subprocess.run(["chown", f"0:{group}", str(file)], check=True)
                file.chmod(volume["projected"]["defaultMode"])
        return folder

    def _named(self, user: int) -> list[str]:
        if self.run("run", "--rm", "--entrypoint", "sh", self.image, "-c", _NAMELESS).returncode == 0:
            return []
        users = self.folder / "passwd"
        if not users.exists():
            known = self.run("run", "--rm", "--entrypoint", "cat", self.image, "/etc/passwd").stdout
            users.write_text(f"{known}pod:x:{user}:{user}::/tmp:/bin/sh\n")
        return ["--volume", f"{users}:/etc/passwd:ro"]
