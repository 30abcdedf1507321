#!/usr/bin/env bash
# An API server of its own, without nodes and controllers: etcd and kube-apiserver, for tests that let a real API server
# judge rendered manifests (kubectl apply --server-side --dry-run=server). Any user; any number at a time, one for each
# ${SEAWALL_APISERVER_STATE:-/tmp/seawall-apiserver}. Listens on 127.0.0.1 only, on a port that it finds free. Needs openssl,
# and Go for the first time: what it builds stays in ${SEAWALL_CLUSTER_CACHE:-~/.cache/seawall-cluster}.
#   apiserver.sh up                  starts it, waits until it is ready, prints: export KUBECONFIG=... PATH=...
#   apiserver.sh namespace NAME...   makes namespaces, each with the service account `default` that a controller would make
#   apiserver.sh kubeconfig          prints the path of its KUBECONFIG; fails if it does not run
#   apiserver.sh down                stops it and deletes its state
SEAWALL_CLUSTER_STATE=$(realpath -m "${SEAWALL_APISERVER_STATE:-/tmp/seawall-apiserver}") # so that settings.sh speaks of this one
. "$(dirname "$0")/settings.sh"

build() {
  local v=k8s.io/component-base/version c=k8s.io/client-go/pkg/version
  command -v go >/dev/null || die "etcd, kube-apiserver or kubectl is not in $BIN, and go is not on the PATH to build it"
  compile etcd "" etcd=go.etcd.io/etcd/server/v3
  compile kubernetes "-X $v.gitVersion=$KUBERNETES -X $v.gitMajor=1 -X $v.gitMinor=34 -X $v.gitTreeState=clean
  -X $c.gitVersion=$KUBERNETES -X $c.gitMajor=1 -X $c.gitMinor=34 -X $c.gitTreeState=clean" \
    kube-apiserver=k8s.io/kubernetes/cmd/kube-apiserver kubectl=k8s.io/kubernetes/cmd/kubectl
}
both_running() { running etcd && running kube-apiserver; }
ready() { kubectl get --raw /readyz && kubectl get namespace default; } >/dev/null 2>&1
try_port() { # try_port PORT: starts both there; fails if kube-apiserver ends before it is ready, or is not ready in a minute
  local end=$((SECONDS + 60))
  API=https://127.0.0.1:$1
  rm -f "$KUBECONFIG" "$STATE/client:1" "$STATE/peer:1" "$STATE/logs/kube-apiserver.log"
  kubeconfig "$KUBECONFIG" /O=system:masters/CN=admin
  cd "$STATE" # the sockets client:1 and peer:1 by relative paths: a socket's path has at most 107 bytes
  start etcd etcd --name etcd --data-dir etcd --unsafe-no-fsync --log-level warn \
    --listen-client-urls unix://client:1 --advertise-client-urls unix://client:1 \
    --listen-peer-urls unix://peer:1 --initial-advertise-peer-urls unix://peer:1 --initial-cluster etcd=unix://peer:1
  until [ -S client:1 ]; do running etcd && ((SECONDS < end)) || return 1; sleep 0.05; done
  start kube-apiserver kube-apiserver --bind-address 127.0.0.1 --advertise-address 127.0.0.1 --secure-port "$1" \
    --endpoint-reconciler-type none --etcd-servers unix://client:1 --service-cluster-ip-range "$SERVICE_CIDR" \
    --allow-privileged --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction --profiling=false \
    --client-ca-file pki/ca.crt --tls-cert-file pki/apiserver.crt --tls-private-key-file pki/apiserver.key \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-key-file pki/sa.key --service-account-signing-key-file pki/sa.key
  until ready; do
    both_running && ((SECONDS < end)) || return 1
    sleep 0.2
  done
}

up() {
  local f i
  for f in etcd kube-apiserver kubectl; do [ -x "$BIN/$f" ] || { build >&2; break; }; done
  umask 077
  mkdir -p "$STATE"
  [ -O "$STATE" ] || die "$STATE is another user's"
  exec 9>"$STATE/lock"
  flock 9
  mkdir -p "$STATE"/{run,logs,pki,etcd}
  if ! { both_running && ready; }; then
    stop kube-apiserver && stop etcd
    authority ca
    certificate apiserver ca /CN=kube-apiserver "IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc"
    [ -s "$STATE/pki/sa.key" ] || openssl ecparam -name prime256v1 -genkey -noout -out "$STATE/pki/sa.key"
    for ((i = 1; ; i++)); do # below the ports that the kernel gives to clients; a port that is taken after all is tried no more
      try_port $((20000 + SRANDOM % 10000)) 9>&- && break
      stop kube-apiserver && stop etcd
      grep -q 'address already in use' "$STATE/logs/kube-apiserver.log" && ((i < 10)) && continue
      for f in "$STATE"/logs/*.log; do tail -n 20 "$f" >&2; done
      die "it does not start"
    done
    namespace default kube-system
    echo "the API server is up (Kubernetes $KUBERNETES) after $SECONDS s" >&2
  fi
  echo "export KUBECONFIG=$KUBECONFIG PATH=$BIN:\$PATH"
}
namespace() {
  local n
  for n in "$@"; do
    printf '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "%s"}}\n' "$n"
    printf '{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": "%s"}}\n' "$n"
  done | kubectl apply --server-side --field-manager=apiserver.sh -f - >/dev/null
}
down() {
  local name pid
  [ -d "$STATE" ] || return 0
  for name in kube-apiserver etcd; do # at once: nothing of it is to be kept
    running "$name" || continue
    read -r pid _ <"$STATE/run/$name"
    kill -9 "$pid" || true
    while running "$name" && ! grep -qs ') Z' "/proc/$pid/stat"; do sleep 0.05; done # a zombie is gone enough
  done
  rm -rf "$STATE"/{run,logs,pki,etcd,client:1,peer:1,admin.conf,lock}
  rmdir "$STATE" 2>/dev/null || true # unless something else lies there
}

case ${1-} in
  up | down) "$1" ;;
  namespace) shift; [ $# -gt 0 ] || die "usage: apiserver.sh namespace NAME..."; both_running || die "it does not run"; namespace "$@" ;;
  kubeconfig) both_running || die "it does not run"; echo "$KUBECONFIG" ;;
  *) die "usage: apiserver.sh up | namespace NAME... | kubeconfig | down" ;;
esac
