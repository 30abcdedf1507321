"""As whom PostgreSQL runs: it refuses to be root, and what root owns should stay root's.

As root, the first choice is a user namespace (user_namespaces(7)): inside it the server is an ordinary user, outside
the same files are root's. Where those are not allowed (Docker's default seccomp profile), it runs as a system user, who
then owns the data folder. No other folder's owner or mode is changed: where that user may not enter one, the server
gets the one capability that lets it in (capabilities(7)).
"""

import os
import pwd
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from seawall.errors import Problem, SeawallError
from seawall.local import process

Way = Literal["namespace", "user"]
WAYS: Final[tuple[Way, ...]] = ("namespace", "user")
_SYSTEM_USERS: Final = ("postgres", "nobody")
# The first lets read and enter, the second also write; Docker grants only the second.
_CAPABILITIES: Final = ("dac_read_search", "dac_override")


@dataclass(frozen=True, slots=True)
class Account:
    """`prefix` goes before a command line; the folders that the command writes must belong to `uid` and `gid`."""

    prefix: tuple[str, ...]
    uid: int
    gid: int


def choose(program: Path, folder: Path, owner: tuple[int, int] | None = None, ways: Sequence[Way] = WAYS) -> Account:
    """Find an account that can run `program` and enter `folder`, or the part of its path that exists.

    `owner` is the uid and gid of a data folder that is there already: its owner goes on with it.

    Raises:
        SeawallError: SW308, nobody here can.
    """
    if os.geteuid() != 0:
        return Account((), os.geteuid(), os.getegid())
    existing = next(path for path in (folder, *folder.parents) if path.is_dir())
    answer = process.Answer(1, "there is neither unshare nor setpriv (util-linux)")
    for account in _candidates(owner, ways, new_folder=existing != folder):
        answer = _try(account, program, existing)
        if answer.status == 0:
            return account
    raise SeawallError(
        Problem(
            "SW308",
            "PostgreSQL refuses to run as root, and nobody else here can run it",
            saw=answer.output.strip().rpartition("\n")[2],
            fix="run seawall as an ordinary user",
        )
    )


def _candidates(owner: tuple[int, int] | None, ways: Sequence[Way], *, new_folder: bool) -> Iterator[Account]:
    unshare, setpriv = shutil.which("unshare"), shutil.which("setpriv")
    system_user = _system_user()
    others = owner is not None and owner[0] != 0
    if unshare and not others and "namespace" in ways:
        uid, gid = system_user
        yield Account((unshare, "--user", f"--map-user={uid}", f"--map-group={gid}"), 0, 0)
    if setpriv and "user" in ways:
        uid, gid = owner if owner is not None and others else system_user
        plain = (setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups")
        if not new_folder:  # root's umask may close a folder that is still to be made
            yield Account(plain, uid, gid)
        for capability in _CAPABILITIES:
            # access(2) would ignore the capability of a user who is not root without the secure bit.
            keep = ("--securebits=+no_setuid_fixup", f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}")
            yield Account((*plain, *keep), uid, gid)


def _system_user() -> tuple[int, int]:
    """Somebody who is not root and has a name: PostgreSQL looks it up."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in (*_SYSTEM_USERS, *users):
        if name in users:
            return users[name].pw_uid, users[name].pw_gid
    raise SeawallError(
        Problem(
            "SW308", "PostgreSQL refuses to run as root, and there is no other user", fix="useradd --system postgres"
        )
    )


def _try(account: Account, program: Path, folder: Path) -> process.Answer:
    environment: Mapping[str, str] = {"LC_ALL": "C", "PATH": os.defpath}
    answer = process.ask((*account.prefix, str(program), "--version"), environment)
    if answer.status == 0:
        answer = process.ask((*account.prefix, "ls", "-d", f"{folder}/."), environment)
    return answer
