"""The image of a `Site`: Caddy, its files, and a program to ask it how it is; nothing else."""

from collections.abc import Iterator, Mapping
from typing import Final

from seawall import contract
from seawall.render.python_image import UNPINNED, based, healthcheck, release
from seawall.stack import Site

CADDY: Final = "caddy:2"
_DEBIAN: Final = "debian:trixie-slim"
IGNORED: Final = ("**/.*", "**/node_modules")
_ROOT: Final = "/root_files"
_USER: Final = 10001  # that of the rendered pods


def lines(stage: str, image: str, site: Site, digests: Mapping[str, str]) -> Iterator[str]:
    """The stages of the image; its platform brings Caddy's configuration, and without one it serves the files alone."""
    yield f"FROM {based(CADDY, digests)} AS caddy_program"
    yield "# The original may bind ports below 1024, and so does not start where that is taken away; a copy does."
    yield "RUN cp /usr/bin/caddy /caddy"
    yield ""
    yield f"FROM {based(_DEBIAN, digests)} AS probe_program"
    yield from UNPINNED
    yield "RUN set -eu; apt-get update -q; apt-get install -q --yes --no-install-recommends busybox-static; \\"
    yield "  rm -rf /var/lib/apt/lists/*; \\"
    yield f"  install -D /usr/bin/busybox {_ROOT}/usr/bin/wget; \\"
    yield f"  mkdir -p {_ROOT}/var/lib/dpkg/status.d {_ROOT}/etc; \\"
    yield f"  cp -L /etc/os-release /etc/debian_version {_ROOT}/etc; \\"
    yield "  for package in base-files busybox-static; do \\"
    yield f'    dpkg-query --status "$package" > "{_ROOT}/var/lib/dpkg/status.d/$package"; \\'
    yield "  done; \\"
    yield f"  echo 'app:x:{_USER}:{_USER}:app:/tmp:/usr/sbin/nologin' > {_ROOT}/etc/passwd; \\"
    yield f"  echo 'app:x:{_USER}:' > {_ROOT}/etc/group"
    yield ""
    yield f"FROM scratch AS {stage}"
    yield f"COPY --from=probe_program {_ROOT} /"
    yield "COPY --from=caddy_program /caddy /usr/bin/caddy"
    yield f"COPY . {contract.SITE_FOLDER}"
    yield "ENV PATH=/usr/bin HOME=/tmp XDG_CONFIG_HOME=/tmp XDG_DATA_HOME=/tmp"
    yield f"WORKDIR {contract.SITE_FOLDER}"
    yield f"USER {_USER}:{_USER}"
    yield f"EXPOSE {site.port}"
    yield from release(image)
    yield from healthcheck(health(site))
    listen = ("file-server", "--root", contract.SITE_FOLDER, "--listen", f":{site.port}")
    yield f'CMD ["caddy", {", ".join(f"{chr(34)}{word}{chr(34)}" for word in listen)}]'


def health(site: Site) -> tuple[str, ...]:
    """The command by which the container of a site tells whether its server answers."""
    return ("wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{site.port}{site.path}")
