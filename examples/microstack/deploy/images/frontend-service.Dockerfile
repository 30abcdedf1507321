# Made by 'seawall render' from stack.py: change it there and render again.
FROM caddy:2 AS caddy_program
# The original may bind ports below 1024, and so does not start where that is taken away; a copy does.
RUN cp /usr/bin/caddy /caddy

FROM debian:trixie-slim AS probe_program
WORKDIR /packages
RUN set -eu; mkdir -p /root_files/var/lib/dpkg/status.d /root_files/etc /root_files/usr/bin; \
  apt-get update -q; apt-get download -q base-files busybox-static; \
  for package in base-files busybox-static; do \
    dpkg-deb --field "$package"_*.deb > "/root_files/var/lib/dpkg/status.d/$package"; \
    dpkg-deb --extract "$package"_*.deb "/packages/$package"; \
  done; \
  cp -L /packages/base-files/etc/os-release /root_files/etc/os-release; \
  cp /packages/busybox-static/usr/bin/busybox /root_files/usr/bin/wget; \
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
