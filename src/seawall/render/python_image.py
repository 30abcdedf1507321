"""The stages of an image with Python: the interpreter, the packages of the lock, the code, and each service's own.

There are two interpreters: that of the public image ``python:3.13-slim``, and for minimal images Debian's, with its
libraries and nothing else in an empty image. All other stages are the same for both.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from seawall import contract
from seawall.stack import Api, Worker
from seawall.stack.services import Workload

UV: Final = "ghcr.io/astral-sh/uv:0.13"
UV_LOCK: Final = "uv.lock"
PYLOCK: Final = "pylock.toml"
PROJECT: Final = "pyproject.toml"
WHEELS: Final = "wheels"  # the folder beside the code with the wheel of Seawall, where no index has it
REVISION: Final = "org.opencontainers.image.revision"  # the label that OCI has for a commit
DEBIAN_PYTHON: Final = "3.13"  # the Python of Debian 13, which a minimal image has
_DEBIAN: Final = f"python:{DEBIAN_PYTHON}-slim-trixie"  # to take Debian's packages with; it knows whom to trust
_USER: Final = 10001  # that of the rendered pods
_HOME: Final = "/app"
_VENV: Final = "/opt/venv"
_PATH: Final = f"{_VENV}/bin:/usr/local/bin:/usr/bin:/bin"
_CERTIFICATES: Final = "/etc/ssl/certs/ca-certificates.crt"
UNPINNED: Final = (
    "# Debian keeps one version of a package, the newest: a Dockerfile cannot name it.",
    "# hadolint ignore=DL3008",
)
_ROOT: Final = "/root_files"
_USERS: Final = f"app:x:{_USER}:{_USER}:app:/tmp:/usr/sbin/nologin"
_GROUPS: Final = f"app:x:{_USER}:"
_NO_SERVICE_USES: Final = r"/(test|idlelib|tkinter|turtledemo|pydoc_data|lib2to3|ensurepip|_pyrepl)/"
# libc and what the standard library and the wheels of PyPI (manylinux: https://peps.python.org/pep-0600/) may load.
_PACKAGES: Final = (
    "base-files", "netbase", "tzdata", "libc6", "libgcc-s1", "libstdc++6", "zlib1g", "libzstd1", "libssl3t64",
    "libexpat1", "libffi8", "libbz2-1.0", "liblzma5", "libuuid1",
    "python3.13-minimal", "libpython3.13-minimal", "libpython3.13-stdlib",
)  # fmt: skip
# What of these no service needs: other programs, character sets that Python has itself, text for people, consoles.
_REMOVED: Final = (
    "usr/bin/[!p]*", "usr/bin/p[!y]*", "usr/sbin/*", "usr/lib/systemd", "usr/lib/apt", "usr/lib/*-linux-gnu/gconv",
    "usr/lib/*-linux-gnu/audit", "usr/share/[!dz]*", "usr/share/debconf", "usr/share/zoneinfo/right",
    "usr/share/zoneinfo/posix", "usr/share/gcc", "usr/share/gdb",
    "usr/lib/python3.13/pydoc_data", "usr/lib/python3.13/_pyrepl", "usr/lib/python3.13/sqlite3",
    "usr/lib/python3.13/curses", "usr/lib/python3.13/dbm", "usr/lib/python3.13/ensurepip",
    "usr/lib/python3.13/test", "usr/lib/binfmt.d",
    "usr/lib/python3.13/lib-dynload/_sqlite3.*", "usr/lib/python3.13/lib-dynload/_curses*",
    "usr/lib/python3.13/lib-dynload/_dbm.*", "usr/lib/python3.13/lib-dynload/readline.*",
    "usr/lib/python3.13/lib-dynload/_test*", "usr/lib/python3.13/lib-dynload/xxlimited*",
)  # fmt: skip
_IGNORED: Final = (
    "**/.git", "**/.venv", "**/venv", "**/.env", "**/.env.*", "**/.seawall", "**/__pycache__", "**/*.pyc",
    "**/.*_cache", "**/.hypothesis", "**/.coverage*", "**/node_modules", ".github", ".dockerignore", "tests",
    "deploy", "secrets",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Code:
    """What lies in a folder of Python: its `lock` file by name, and the version of `python` that it wants.

    `wheels` says that Seawall is not in the lock as an index has it, and so comes from the folder ``wheels``.
    """

    lock: str
    python: str = DEBIAN_PYTHON
    wheels: bool = False


def shared(code: Code, digests: Mapping[str, str], *, minimal: bool) -> Iterator[str]:
    """The stages that all services of a folder share; the last is ``application_base``."""
    yield from _minimal_base(digests) if minimal else _slim_base(code, digests)
    yield from _packages(code, digests)
    yield from _stripped(_DEBIAN if minimal else _public(code), digests)
    yield from _files(code)
    yield ""
    yield "FROM python_base AS application_base"
    yield f"ENV PATH={_PATH} HOME=/tmp LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1"
    yield f"ENV {contract.HOST}=0.0.0.0"
    yield f"COPY --from=stripped_packages {_VENV} {_VENV}"
    yield f"COPY --from=application_files {_HOME} {_HOME}"
    yield f"WORKDIR {_HOME}"
    yield f"USER {_USER}:{_USER}"


def own(stage: str, image: str, service: Workload) -> Iterator[str]:
    """The stage of one image: how it starts, listens and is asked how it is."""
    launcher, reference = ("seawall.jobs", service.jobs) if isinstance(service, Worker) else _launched(service)
    ports = dict(_ports(service))
    yield ""
    yield f"FROM application_base AS {stage}"
    yield "ENV " + " ".join(f"{variable}={port}" for variable, port in ports.items())
    yield "EXPOSE " + " ".join(map(str, sorted(set(ports.values()))))
    yield from release(image)
    yield from (*healthcheck(health(service)), f"CMD {_words('python', '-m', launcher, reference)}")


def health(service: Workload) -> tuple[str, ...]:
    """The command by which a container of a service tells whether it is ready; it ends with 0 if so."""
    variable = contract.METRICS_PORT if isinstance(service, Worker) else contract.PORT
    path = service.readiness if isinstance(service, Api | Worker) else contract.READY_PATH
    asked = (
        "import http.client, os, sys; "
        f"c = http.client.HTTPConnection('127.0.0.1', os.environ['{variable}'], timeout={contract.PROBE_TIMEOUT}); "
        f"c.request('GET', '{path}'); "
        "sys.exit(c.getresponse().status != 200)"
    )
    return ("python", "-c", asked)


def healthcheck(command: Sequence[str]) -> Iterator[str]:
    """The instruction that has an engine run a command, as often as the probes of a pod ask."""
    start = contract.STARTUP_PERIOD * contract.STARTUP_FAILURES
    yield (
        f"HEALTHCHECK --interval={contract.READINESS_PERIOD}s --timeout={contract.PROBE_TIMEOUT}s "
        f"--start-period={start}s --retries={contract.PROBE_FAILURES} \\"
    )
    yield f"  CMD {_words(*command)}"


def release(image: str) -> Iterator[str]:
    """The instructions that tell an image what it is and of which commit; last, as each commit changes them."""
    yield f'ARG {contract.RELEASE}=""'
    yield f"ENV {contract.RELEASE}=${contract.RELEASE}"
    yield f'LABEL org.opencontainers.image.title="{image}" {REVISION}="${contract.RELEASE}"'


def based(image: str, digests: Mapping[str, str]) -> str:
    """A public image, by its digest where that is locked."""
    return f"{image}@{digests[image]}" if image in digests else image


def ignored(pages: Iterable[str]) -> tuple[str, ...]:
    """The patterns of what is no part of a program: secrets, caches, tests, what is rendered, the `pages` of sites."""
    return (*_IGNORED, *sorted(set(pages)))


def _launched(service: Workload) -> tuple[str, str]:
    return "seawall.service", service.app if isinstance(service, Api) else ""


def _ports(service: Workload) -> Iterator[tuple[str, int]]:
    if isinstance(service, Api):
        yield contract.PORT, service.port
    if isinstance(service, Api | Worker):
        yield contract.METRICS_PORT, service.metrics_port


def _slim_base(code: Code, digests: Mapping[str, str]) -> Iterator[str]:
    library = "$(python -c 'import sysconfig; print(sysconfig.get_path(\"stdlib\"))')"
    yield f"FROM {based(_public(code), digests)} AS python_base"
    yield "# Only builds need pip; compiled, the standard library takes half the time to start."
    yield "RUN python -m pip uninstall --quiet --yes --root-user-action=ignore pip setuptools wheel \\"
    yield f'  && rm -rf "{library}/ensurepip" \\'
    yield f"  && python -m compileall -q --invalidation-mode unchecked-hash -x '{_NO_SERVICE_USES}' \\"
    yield f'    "{library}" \\'
    yield f"  && echo '{_USERS}' >> /etc/passwd \\"
    yield f"  && echo '{_GROUPS}' >> /etc/group"


def _public(code: Code) -> str:
    return f"python:{code.python}-slim"


def _minimal_base(digests: Mapping[str, str]) -> Iterator[str]:
    yield f"FROM {based(_DEBIAN, digests)} AS root_files"
    yield "WORKDIR /packages"
    yield "# Each package with the record by which scanners know it, less what no service needs."
    yield from UNPINNED
    yield "RUN set -eu; apt-get update -q; apt-get install -q --yes --no-install-recommends ca-certificates; \\"
    yield f"  apt-get download -q {' '.join(_PACKAGES)}; \\"
    yield "  rm -rf /var/lib/apt/lists/*; \\"
    yield f"  mkdir -p {_ROOT}/var/lib/dpkg/status.d {_ROOT}/usr/lib/ssl; \\"
    yield "  for package in *.deb; do \\"
    yield f'    dpkg-deb --extract "$package" {_ROOT}; \\'
    record = f'{_ROOT}/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)'
    yield f'    dpkg-deb --field "$package" > "{record}"; \\'
    yield "  done; \\"
    yield f"  install -D -m 644 {_CERTIFICATES} {_ROOT}{_CERTIFICATES}; \\"
    yield f"  ln -s {_CERTIFICATES} {_ROOT}/usr/lib/ssl/cert.pem; \\"
    yield f"  ln -s python{DEBIAN_PYTHON} {_ROOT}/usr/bin/python3; ln -s python3 {_ROOT}/usr/bin/python; \\"
    yield f"  echo '{_USERS}' > {_ROOT}/etc/passwd; echo '{_GROUPS}' > {_ROOT}/etc/group; \\"
    yield f"  echo 'hosts: files dns' > {_ROOT}/etc/nsswitch.conf"
    yield f"WORKDIR {_ROOT}"
    yield f"RUN find usr/share/doc -type f ! -name copyright -delete; rm -rf {' '.join(_REMOVED)}"
    yield ""
    yield "FROM scratch AS python_base"
    yield f"COPY --from=root_files {_ROOT} /"
    compiled = ("-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", f"/usr/lib/python{DEBIAN_PYTHON}")
    yield f"RUN {_words(f'/usr/bin/python{DEBIAN_PYTHON}', *compiled)}"


def _packages(code: Code, digests: Mapping[str, str]) -> Iterator[str]:
    """The stage of what the lock lists, in a layer that changes with it alone."""
    yield ""
    yield "FROM python_base AS python_packages"
    yield f"ENV PATH={_PATH} VIRTUAL_ENV={_VENV} UV_PROJECT_ENVIRONMENT={_VENV} SSL_CERT_FILE={_CERTIFICATES}"
    yield "ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=UNCHECKED_HASH"
    yield f"WORKDIR {_HOME}"
    uv = (f"type=bind,from={based(UV, digests)},source=/uv,target=/usr/local/bin/uv",)
    cache = "type=cache,target=/root/.cache/uv"  # in the image that builds, where uv runs as root: its own default
    yield from _run(uv, "uv", "venv", _VENV)
    # A lock in TOML may say that Seawall's wheel lies there.
    wheels = (WHEELS,) if code.wheels and code.lock in {UV_LOCK, PYLOCK} else ()
    if code.lock == UV_LOCK:
        bound = [_bound(name) for name in (UV_LOCK, PROJECT, *wheels)]
        yield from _run((*uv, cache, *bound), "uv", "sync", "--frozen", "--no-dev", "--no-install-project")
    else:
        bound = [_bound(name) for name in (code.lock, *wheels)]
        hashed = () if code.lock == PYLOCK else ("--require-hashes",)
        yield from _run((*uv, cache, *bound), "uv", "pip", "install", *hashed, "--requirements", code.lock)
    if code.wheels:
        found = ("--no-index", "--no-deps", "--find-links", WHEELS, "seawall")
        yield from _run((*uv, _bound(WHEELS)), "uv", "pip", "install", *found)
    yield from _run(uv, "uv", "pip", "check")


def _stripped(image: str, digests: Mapping[str, str]) -> Iterator[str]:
    """The stage that takes symbols for debuggers out of the packages: half of what some wheels hold."""
    yield ""
    yield f"FROM {based(image, digests)} AS stripped_packages"
    yield from UNPINNED
    yield "RUN apt-get update -q && apt-get install -q --yes --no-install-recommends binutils \\"
    yield "  && rm -rf /var/lib/apt/lists/*"
    yield f"COPY --from=python_packages {_VENV} {_VENV}"
    yield "# A package with a folder NAME.libs has libraries that auditwheel moved, which strip would break."
    yield f"RUN for package in {_VENV}/lib/python*/site-packages/*/; do \\"
    yield '    [ -d "${package%/}.libs" ] || find "$package" -name "*.so" -exec strip --strip-unneeded {} +; \\'
    yield "  done"


def _files(code: Code) -> Iterator[str]:
    """The stage of the code, compiled, without what only packages are made of. What does not compile stays as it is."""
    yield ""
    yield "FROM python_base AS application_files"
    yield f"WORKDIR {_HOME}"
    yield "COPY . ."
    compiled = (
        "import compileall, py_compile as p; "
        "compileall.compile_dir('.', quiet=2, invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH)"
    )
    removed = f"import shutil; shutil.rmtree({WHEELS!r}); " if code.wheels else ""
    yield f"RUN {_words('python', '-c', removed + compiled)}"


def _run(mounts: Iterable[str], *words: str) -> Iterator[str]:
    """A command without a shell, as a minimal image has none."""
    first, *others = (f"--mount={each}" for each in mounts)
    yield f"RUN {first} \\"
    yield from (f"  {each} \\" for each in others)
    yield f"  {_words(*words)}"


def _bound(name: str) -> str:
    return f"type=bind,source={name},target={_HOME}/{name}"


def _words(*words: str) -> str:
    return json.dumps(words)
