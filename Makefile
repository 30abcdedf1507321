# Two targets matter: `make up` runs examples/microstack, `make test` runs every check and test.
# Needs: make, and Python 3.11 or newer with its venv module. As root on Debian, what is missing is installed with apt.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help up test check unit reliability e2e package scan test-platform test-cluster reference types lock format clean

help:  ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

up: $(STAMP)  ## run examples/microstack on this machine, until Ctrl-C
	cd examples/microstack && exec ../../$(BIN)/seawall up

test: check unit e2e package  ## every check and every test

check: $(STAMP)  ## format, lint, types, import rules, reference pages, code blocks of the documentation
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	for stack in examples/*/stack.py tests/e2e/*/stack.py src/seawall/cli/template/stack.py; do (cd $$(dirname $$stack) && $(CURDIR)/$(BIN)/mypy --strict --explicit-package-bases --cache-dir $(CURDIR)/.mypy_cache .) || exit 1; done
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/python tools/reference.py --check
	$(BIN)/python tools/kubernetes_types.py --check
	$(BIN)/pytest tests/test_documentation.py

unit: $(STAMP)  ## tests of parts, with real PostgreSQL and real processes, and their coverage
	tools/debian.sh $(PYTHON) pgbouncer
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "not e2e and not package and not reliability and not platform" --durations=10
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --sort=cover --fail-under=85

reliability: $(STAMP)  ## nine minutes of harm to the job engine; RELIABILITY_SEEDS="3 4" RELIABILITY_SECONDS=300 for more
	tools/debian.sh $(PYTHON) faketime
	$(BIN)/pytest -m reliability --durations=5

e2e: $(STAMP) chromium  ## whole systems, with headless Chromium
	$(BIN)/pytest -m e2e --durations=5

package: $(STAMP)  ## the wheel and the sdist, installed into empty virtual environments
	$(BIN)/pytest -m package

scan: $(STAMP)  ## what is rendered, by checkov, trivy and Monokle; installs them first, with npm
	PYTHON=$(abspath $(BIN)/python) tests/platform/checkers.sh
	$(BIN)/pytest -m platform tests/platform/test_scanners.py

test-platform: scan  ## that, images and Compose on Docker and Podman, and test-cluster if a cluster is given
	$(BIN)/pytest -m platform --deselect tests/platform/test_scanners.py

test-cluster: $(STAMP)  ## the examples on a Kubernetes cluster that you give: CONTRIBUTING.md says how
	REQUIRE_CLUSTER=1 $(BIN)/pytest -m cluster --log-cli-level=INFO --durations=10

reference: $(STAMP)  ## make docs/reference/ again from the code
	$(BIN)/python tools/reference.py

types: $(STAMP)  ## make the types of Kubernetes' objects again from the published schemas
	$(BIN)/python tools/kubernetes_types.py

lock: $(STAMP)  ## resolve the development dependencies again and lock them by hash
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command 'make lock' --upgrade --extra local --extra traces --group dev -o requirements/dev.lock pyproject.toml
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	for example in agnos greeter microstack orion shop; do (cd examples/$$example && $(CURDIR)/$(BIN)/uv pip compile --quiet --universal --generate-hashes \
	  --no-annotate --no-emit-package seawall --find-links $(CURDIR)/dist --custom-compile-command 'make lock' --upgrade \
	  -o requirements.txt pyproject.toml) || exit 1; done

format: $(STAMP)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove what the other targets made, but for the examples' data
	rm -rf $(VENV) dist build .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(STAMP): requirements/dev.lock pyproject.toml tools/debian.sh
	tools/debian.sh $(PYTHON)
	@echo "installing into $(VENV): about a minute"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.PHONY: chromium
chromium:
	tools/debian.sh $(PYTHON) chromium
