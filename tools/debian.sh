#!/bin/sh
# debian.sh PYTHON [chromium|pgbouncer|faketime]: makes sure that PYTHON has its venv module and, if asked, that there is
# that program. As root on Debian and its relatives, what is missing is installed with apt; elsewhere this says what to
# install. PgBouncer is left out where the package would start a server that nobody asked for, and faketime, by which
# tests set a process' clock wrong, where it cannot be had: tests do without them.
set -eu
python=$1
want=${2:-}

install() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing $*"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
    else
        echo "please install: $*" >&2
        exit 1
    fi
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
"$python" -c 'import ensurepip, venv' 2>/dev/null || install python3-venv

if [ "$want" = chromium ]; then
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || install chromium
fi

if [ "$want" = pgbouncer ] && [ "$(id -u)" = 0 ] && [ ! -d /run/systemd/system ]; then
    command -v pgbouncer >/dev/null || ! command -v apt-get >/dev/null || install pgbouncer
fi

if [ "$want" = faketime ] && [ "$(id -u)" = 0 ]; then
    command -v faketime >/dev/null || install faketime || echo "without faketime, no clock is set wrong" >&2
fi
