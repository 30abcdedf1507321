# Made by 'seawall render' from stack.py: change it there and render again.
FROM python:3.13-slim-trixie AS root_files
WORKDIR /packages
# Each package with the record by which scanners know it, less what no service needs.
# Debian keeps one version of a package, the newest: a Dockerfile cannot name it.
# hadolint ignore=DL3008
RUN set -eu; apt-get update -q; apt-get install -q --yes --no-install-recommends ca-certificates; \
  apt-get download -q base-files netbase tzdata libc6 libgcc-s1 libstdc++6 zlib1g libzstd1 libssl3t64 libexpat1 libffi8 libbz2-1.0 liblzma5 libuuid1 python3.13-minimal libpython3.13-minimal libpython3.13-stdlib; \
  rm -rf /var/lib/apt/lists/*; \
  mkdir -p /root_files/var/lib/dpkg/status.d /root_files/usr/lib/ssl; \
  for package in *.deb; do \
    dpkg-deb --extract "$package" /root_files; \
    dpkg-deb --field "$package" > "/root_files/var/lib/dpkg/status.d/$(dpkg-deb --field "$package" Package)"; \
  done; \
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt /root_files/etc/ssl/certs/ca-certificates.crt; \
  ln -s /etc/ssl/certs/ca-certificates.crt /root_files/usr/lib/ssl/cert.pem; \
  ln -s python3.13 /root_files/usr/bin/python3; ln -s python3 /root_files/usr/bin/python; \
  echo 'app:x:10001:10001:app:/tmp:/usr/sbin/nologin' > /root_files/etc/passwd; echo 'app:x:10001:' > /root_files/etc/group; \
  echo 'hosts: files dns' > /root_files/etc/nsswitch.conf
WORKDIR /root_files
RUN find usr/share/doc -type f ! -name copyright -delete; rm -rf usr/bin/[!p]* usr/bin/p[!y]* usr/sbin/* usr/lib/systemd usr/lib/apt usr/lib/*-linux-gnu/gconv usr/lib/*-linux-gnu/audit usr/share/[!dz]* usr/share/debconf usr/share/zoneinfo/right usr/share/zoneinfo/posix usr/share/gcc usr/share/gdb usr/lib/python3.13/pydoc_data usr/lib/python3.13/_pyrepl usr/lib/python3.13/sqlite3 usr/lib/python3.13/curses usr/lib/python3.13/dbm usr/lib/python3.13/ensurepip usr/lib/python3.13/test usr/lib/binfmt.d usr/lib/python3.13/lib-dynload/_sqlite3.* usr/lib/python3.13/lib-dynload/_curses* usr/lib/python3.13/lib-dynload/_dbm.* usr/lib/python3.13/lib-dynload/readline.* usr/lib/python3.13/lib-dynload/_test* usr/lib/python3.13/lib-dynload/xxlimited*

FROM scratch AS python_base
COPY --from=root_files /root_files /
RUN ["/usr/bin/python3.13", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/usr/lib/python3.13"]

FROM python_base AS python_packages
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin VIRTUAL_ENV=/opt/venv UV_PROJECT_ENVIRONMENT=/opt/venv SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=UNCHECKED_HASH
WORKDIR /app
RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.13,source=/uv,target=/usr/local/bin/uv \
  ["uv", "venv", "/opt/venv"]
RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.13,source=/uv,target=/usr/local/bin/uv \
  --mount=type=cache,target=/root/.cache/uv \
  --mount=type=bind,source=requirements.txt,target=/app/requirements.txt \
  ["uv", "pip", "install", "--require-hashes", "--requirements", "requirements.txt"]
RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.13,source=/uv,target=/usr/local/bin/uv \
  --mount=type=bind,source=wheels,target=/app/wheels \
  ["uv", "pip", "install", "--no-index", "--no-deps", "--find-links", "wheels", "seawall"]
RUN --mount=type=bind,from=ghcr.io/astral-sh/uv:0.13,source=/uv,target=/usr/local/bin/uv \
  ["uv", "pip", "check"]

FROM python:3.13-slim-trixie AS stripped_packages
# Debian keeps one version of a package, the newest: a Dockerfile cannot name it.
# hadolint ignore=DL3008
RUN apt-get update -q && apt-get install -q --yes --no-install-recommends binutils \
  && rm -rf /var/lib/apt/lists/*
COPY --from=python_packages /opt/venv /opt/venv
# A package with a folder NAME.libs has libraries that auditwheel moved, which strip would break.
RUN for package in /opt/venv/lib/python*/site-packages/*/; do \
    [ -d "${package%/}.libs" ] || find "$package" -name "*.so" -exec strip --strip-unneeded {} +; \
  done

FROM python_base AS application_files
WORKDIR /app
COPY . .
RUN ["python", "-c", "import shutil; shutil.rmtree('wheels'); import compileall, py_compile as p; compileall.compile_dir('.', quiet=2, invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH)"]

FROM python_base AS application_base
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ENV HOST=0.0.0.0
COPY --from=stripped_packages /opt/venv /opt/venv
COPY --from=application_files /app /app
WORKDIR /app
USER 10001:10001

FROM application_base AS api-gateway
ENV PORT=8000 METRICS_PORT=9091
EXPOSE 8000 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="api-gateway" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=2); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.service", "gateway.api:app"]

FROM application_base AS fulfilment
ENV METRICS_PORT=9091
EXPOSE 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="fulfilment" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['METRICS_PORT'], timeout=2); c.request('GET', '/ready'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.jobs", "orders.jobs:jobs"]

FROM application_base AS inventory
ENV PORT=8002 METRICS_PORT=9091
EXPOSE 8002 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="inventory" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=2); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.service", "inventory.api:app"]

FROM application_base AS orders
ENV PORT=8001 METRICS_PORT=9091
EXPOSE 8001 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="orders" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=2); c.request('GET', '/health'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.service", "orders.api:app"]
