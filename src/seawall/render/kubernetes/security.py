"""What every pod and container gives up: the restricted Pod Security Standard, and what scanners ask beyond it.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from typing import TYPE_CHECKING, Final

from seawall.render.reason import because

if TYPE_CHECKING:
    from seawall.render.kubernetes.types import PodSecurityContext, SeccompProfile, SecurityContext

USER: Final = 10001  # above 10000: no user of a node has it
_USER: Final = "above 10000, so that no user of a node has the same number"
_NON_ROOT: Final = "restricted Pod Security: nothing runs as root"


def pod(user: int = USER) -> "PodSecurityContext":
    """The security context of a pod whose processes and volumes are `user`'s."""
    return {
        "runAsNonRoot": because(value=True, why=_NON_ROOT),
        "runAsUser": because(user, _USER),
        "runAsGroup": because(user, _USER),
        "fsGroup": because(user, "the group that may use the volumes: the process' own"),
        "fsGroupChangePolicy": because("OnRootMismatch", "a large volume is not walked through at every start"),
        "seccompProfile": _seccomp(),
    }


def container(user: int = USER) -> "SecurityContext":
    """The security context of a container that runs as `user`."""
    return {
        "runAsNonRoot": because(value=True, why=_NON_ROOT),
        "runAsUser": because(user, _USER),
        "runAsGroup": because(user, _USER),
        "allowPrivilegeEscalation": because(value=False, why="restricted Pod Security: no setuid program gains rights"),
        "readOnlyRootFilesystem": because(value=True, why="an intruder cannot change the image; /tmp is writable"),
        "capabilities": {"drop": because(["ALL"], "restricted Pod Security: no right of root is needed")},
        "seccompProfile": _seccomp(),
    }


def _seccomp() -> "SeccompProfile":
    return {"type": because("RuntimeDefault", "restricted Pod Security: rare system calls are refused")}
