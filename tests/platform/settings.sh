# What the scripts of the tests' Kubernetes share. Sourced, never run.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${SEAWALL_CLUSTER_CACHE:-$HOME/.cache/seawall-cluster} # what was built; kept between runs
STATE=${SEAWALL_CLUSTER_STATE:-/tmp/seawall-cluster}         # one server's
BIN=$CACHE/bin
PATH=$BIN:$PATH:/usr/local/go/bin:/usr/sbin:/sbin

KUBERNETES=v1.34.4
SERVICE_CIDR=10.96.0.0/16
export KUBECONFIG=$STATE/admin.conf

die() { echo "$(basename "$0"): $*" >&2; exit 1; }

# compile MODULE LDFLAGS OUT=PACKAGE...: in gomod/MODULE; not if this very input has been built before
compile() {
  local module=$1 flags=$2 stamp out built=yes began=$SECONDS
  shift 2
  mkdir -p "$BIN" "$CACHE/stamps"
  stamp=$(cd "$HERE/gomod/$module" && { find . -type f | LC_ALL=C sort | xargs sha256sum; go version; echo "$flags" "$@"; } | sha256sum)
  for out in "$@"; do
    [ -x "$BIN/${out%%=*}" ] && [ "$(cat "$CACHE/stamps/${out%%=*}" 2>/dev/null)" = "$stamp" ] || built=
  done
  [ -z "$built" ] || return 0
  for out in "$@"; do
    echo "building ${out%%=*}"
    (cd "$HERE/gomod/$module" && CGO_ENABLED=0 GOWORK=off GOTOOLCHAIN=local GOFLAGS= nice -n 5 \
      go build -p 2 -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w $flags" -o "$BIN/${out%%=*}" "${out#*=}")
    echo "$stamp" >"$CACHE/stamps/${out%%=*}"
  done
  echo "built $module in $((SECONDS - began)) s"
}

# Processes are known by pid and start time, so that a pid used again by another process is never taken for ours.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
running() { # running NAME: is the process that `start NAME` started still there?
  local pid time
  read -r pid time 2>/dev/null <"$STATE/run/$1" && [ -n "$time" ] && [ "$(start_time "$pid")" = "$time" ]
}
start() { # start NAME COMMAND...: unless it runs already; its output goes to logs/NAME.log
  local name=$1 pid
  shift
  running "$name" && return
  setsid "$@" </dev/null >>"$STATE/logs/$name.log" 2>&1 &
  pid=$!
  echo "$pid $(start_time "$pid")" >"$STATE/run/$name"
}
stop() { # stop NAME: SIGTERM, and SIGKILL after 3 seconds
  local pid time i
  running "$1" || { rm -f "$STATE/run/$1"; return 0; }
  read -r pid time <"$STATE/run/$1"
  kill "$pid" 2>/dev/null || true
  for ((i = 0; i < 30; i++)); do running "$1" || break; sleep 0.1; done
  if running "$1"; then kill -9 "$pid" 2>/dev/null || true; fi
  rm -f "$STATE/run/$1"
}

# Certificates: EC P-256, one year.
authority() { # authority NAME
  [ -s "$STATE/pki/$1.crt" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 \
    -keyout "$STATE/pki/$1.key" -out "$STATE/pki/$1.crt" -subj "/CN=$1" \
    -addext keyUsage=critical,keyCertSign,digitalSignature 2>/dev/null
}
certificate() { # certificate NAME AUTHORITY SUBJECT [SUBJECT-ALTERNATIVE-NAMES]
  local f=$STATE/pki/$1
  [ -s "$f.crt" ] && return
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$f.key" -out "$f.csr" -subj "$3" 2>/dev/null
  openssl x509 -req -in "$f.csr" -CA "$STATE/pki/$2.crt" -CAkey "$STATE/pki/$2.key" -CAcreateserial -days 365 -out "$f.crt" \
    -extfile <(printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth,serverAuth\n%s' "${4:+subjectAltName=$4}") 2>/dev/null
  rm "$f.csr"
}
kubeconfig() { # kubeconfig FILE SUBJECT: a client of the API server, by certificate
  local name
  [ -s "$1" ] && return
  name=client-$(basename "$1" .conf)
  certificate "$name" ca "$2"
  cat >"$1" <<EOF
apiVersion: v1
kind: Config
clusters: [{name: seawall, cluster: {server: "$API", certificate-authority-data: $(base64 -w0 <"$STATE/pki/ca.crt")}}]
users: [{name: $name, user: {client-certificate-data: $(base64 -w0 <"$STATE/pki/$name.crt"), client-key-data: $(base64 -w0 <"$STATE/pki/$name.key")}}]
contexts: [{name: seawall, context: {cluster: seawall, user: $name}}]
current-context: seawall
EOF
}
