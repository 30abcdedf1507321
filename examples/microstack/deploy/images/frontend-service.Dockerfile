# Made by 'seawall render' from stack.py: change it there and render again.
FROM caddy:2 AS caddy_program
# The original may bind ports below 1024, and so does not start where that is taken away; a copy does.
RUN cp /usr/bin/caddy /caddy

FROM debian:trixie-slim AS probe_program
# Debian keeps one version of a package, the newest: a Dockerfile cannot name it.
# hadolint ignore=DL3008
RUN set -eu; apt-get update -q; apt-get install -q --yes --no-install-recommends busybox-static; \
  rm -rf /var/lib/apt/lists/*; \
  install -D /usr/bin/busybox /root_files/usr/bin/wget; \
  mkdir -p /root_files/var/lib/dpkg/status.d /root_files/etc; \
  cp -L /etc/os-release /etc/debian_version /root_files/etc; \
  for package in base-files busybox-static; do \
    dpkg-query --status "$package" > "/root_files/var/lib/dpkg/status.d/$package"; \
  done; \
  echo 'app:x:10001:10001:app:/tmp:/usr/sbin/nologin' > /root_files/etc/passwd; \
  echo 'app:x:10001:' > /root_files/etc/group

FROM scratch AS frontend-service
COPY --from=probe_program /root_files /
COPY --from=caddy_program /caddy /usr/bin/caddy
COPY . /srv
ENV PATH=/usr/bin HOME=/tmp XDG_CONFIG_HOME=/tmp XDG_DATA_HOME=/tmp
WORKDIR /srv
USER 10001:10001
EXPOSE 8080
ARG SEAWALL_RELEASE=""
ENV SEAWALL_RELEASE=$SEAWALL_RELEASE
LABEL org.opencontainers.image.title="frontend-service" org.opencontainers.image.revision="$SEAWALL_RELEASE"
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 \
  CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
CMD ["caddy", "file-server", "--root", "/srv", "--listen", ":8080"]
