# Made by 'seawall render' from stack.py: change it there and render again.
FROM python:3.13-slim AS python_base
# Only builds need pip; compiled, the standard library takes half the time to start.
RUN python -m pip uninstall --quiet --yes --root-user-action=ignore pip setuptools wheel \
  && rm -rf "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')/ensurepip" \
  && python -m compileall -q --invalidation-mode unchecked-hash -x '/(test|idlelib|tkinter|turtledemo|pydoc_data|lib2to3|ensurepip|_pyrepl)/' \
    "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
  && echo 'app:x:10001:10001:app:/tmp:/usr/sbin/nologin' >> /etc/passwd \
  && echo 'app:x:10001:' >> /etc/group

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

FROM python:3.13-slim AS stripped_packages
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

FROM application_base AS greeter
ENV PORT=8000 METRICS_PORT=9091
EXPOSE 8000 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="greeter" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=2); c.request('GET', '/ready'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.service", "app.main:app"]

FROM application_base AS timezones
ENV PORT=8001 METRICS_PORT=9091
EXPOSE 8001 9091
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="timezones" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=2); c.request('GET', '/ready'); sys.exit(c.getresponse().status != 200)"]
CMD ["python", "-m", "seawall.service", "timezones.main:app"]
