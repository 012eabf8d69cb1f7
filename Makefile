# Yice: `make help` lists what can be done. Needs Python 3.11 or newer, make and git; everything else comes from here.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check bench attack spark assets messages bom audit lock clean

PYTHON ?= $(firstword $(foreach name,python3.11 python3 python,$(shell command -v $(name))))
BIN := .venv/bin
PY := $(BIN)/python
STAMP := .venv/.synced
# Arguments for the tests or the benchmarks: make test ARGS="tests/areas -k Beijing", ARGS=--thorough for many more cases
ARGS ?=

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Yice needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Say which: make setup PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Debian: apt-get install python3-venv"; exit 1; }

$(STAMP): $(PY) pyproject.toml requirements/dev.txt requirements/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(PY) --require-hashes requirements/dev.txt
	@$(BIN)/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) ## the environment, the assets and the message catalogues; a second run does nothing
	@$(MAKE) --no-print-directory assets messages

assets: $(STAMP) ## style sheet and scripts, by npm ci and Sass
	@$(PY) -m tools.assets

messages: $(STAMP) ## compile the English catalogue
	@if test -f tools/messages.py; then $(PY) -m tools.messages compile; fi

demo: setup ## a demo county on 127.0.0.1 (PORT, AREA and PEOPLE may be set)
	@exec $(BIN)/yice demo

test: setup ## all tests: SQLite, PostgreSQL, Chromium
	@$(PY) -m tools.test $(ARGS)

check: setup ## format, lint, types, import contracts, migrations, templates, YAML, locks
	@$(PY) -m tools.check $(ARGS)

.venv-bench/.synced: $(STAMP) requirements/bench.txt
	@$(PY) -m venv .venv-bench
	@$(BIN)/uv pip sync --quiet --python .venv-bench/bin/python --require-hashes requirements/bench.txt
	@touch $@

.venv-rush/.synced: $(STAMP) requirements/rush.txt
	@$(PY) -m venv .venv-rush
	@$(BIN)/uv pip sync --quiet --python .venv-rush/bin/python --require-hashes requirements/rush.txt
	@touch $@

bench: setup .venv-bench/.synced .venv-rush/.synced ## import and screening figures
	@$(PY) -m bench $(ARGS)

.venv-spark/.synced: $(STAMP) requirements/spark.txt
	@$(BIN)/uv pip install --quiet --python $(PY) --target .venv-spark --no-deps --require-hashes -r requirements/spark.txt
	@touch $@

spark: setup .venv-spark/.synced ## what Spark finds is what one machine finds: the tests of --engine spark (needs Java 17)
	@PYTHONPATH=.venv-spark SPARK_LOCAL_IP=127.0.0.1 $(PY) -m pytest -q -m spark tests/rules tests/matching $(ARGS)

.venv-attack/.synced: $(STAMP) requirements/attack.txt
	@$(PY) -m venv .venv-attack
	@$(BIN)/uv pip sync --quiet --python .venv-attack/bin/python --require-hashes requirements/attack.txt
	@touch $@

attack: setup .venv-attack/.synced ## where values flow (semgrep); crawl a demo as every role, let schemathesis and sqlmap try it, on this machine alone
	@$(PY) -m tools.flows
	@$(PY) -m bench.attack --sqlmap $(ARGS)

.venv-release/.synced: $(STAMP) requirements/release.txt
	@$(PY) -m venv .venv-release
	@$(BIN)/uv pip sync --quiet --python .venv-release/bin/python --require-hashes requirements/release.txt
	@touch $@

BOM ?= var/yice.cdx.json

bom: setup .venv-release/.synced ## what a release is made of, as CycloneDX (BOM=file)
	@mkdir -p $(dir $(BOM))
	@$(PY) -m tools.bom $(BOM)

audit: setup .venv-release/.synced ## known weaknesses of locked packages: asks PyPI and npm, or reads OSV's files alone (FEED="pypi.zip npm.zip")
ifdef FEED
	@$(PY) -m tools.weak $(FEED)
else
	@for lock in requirements/*.txt; do .venv-release/bin/pip-audit --strict --disable-pip --require-hashes -r $$lock; done
	@npm audit --package-lock-only
endif

lock: $(STAMP) ## work out requirements/*.txt anew from pyproject.toml
	@$(PY) -m tools.lock

clean: ## remove everything that was built (var/ with its data stays)
	rm -rf .venv .venv-bench .venv-rush .venv-attack .venv-release .venv-spark node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache src/yice/web/ui/static/ui/build
	find src -name '*.mo' -delete
