# Everything that is done to this project, in one list. `make help` prints it; CI calls the same targets.

SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMPS := .make
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install run web test test-python test-web check check-python check-web check-deploy format lock types bench bench-web campaign memory fuzz e2e clean servers sbom

help: ## Print this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: install ## Install what is missing, then serve everything on http://127.0.0.1:8000
	$(BIN)/relaypacs serve

install: $(STAMPS)/python $(STAMPS)/web ## Install what the gateway needs, and build the web app

test: servers install test-python test-web ## Run the whole suite; as root it installs the servers it needs

# These kill processes, count seconds or look at the whole machine; all others share it, file by file, three at a time
# on two cores as they often wait, in the order of tests/conftest.py. The seed has all workers collect the same tests.
# Browsers share the machine among themselves.
ALONE := tests/campaign tests/faults tests/hostile tests/main_job tests/power_loss
BROWSER := tests/web

test-python: $(STAMPS)/dev
	PYTHONHASHSEED=0 $(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(addprefix --ignore=,$(ALONE) $(BROWSER))
	$(BIN)/pytest $(ALONE)
	$(BIN)/pytest --numprocesses 2 --maxschedchunk 1 $(BROWSER)

test-web: $(STAMPS)/web-modules
	cd web && npm test

check: $(STAMPS)/dev $(STAMPS)/web-modules ## Format, lint, types, import rules, what is deployed, and whether generated files are fresh
	@$(MAKE) --no-print-directory --jobs 2 --output-sync check-python check-web check-deploy
	@$(MAKE) --no-print-directory lock types
	@git diff --exit-code --stat -- requirements.lock requirements-dev.lock web/openapi.json web/src/shared/api/schema.d.ts \
	  || { echo "Generated files are stale: commit what 'make lock types' has made."; exit 1; }

check-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check-web:
	cd web && npm run --silent format:check && npm run --silent lint && npm run --silent typecheck

check-deploy:
	$(BIN)/python deploy/check.py

format: $(STAMPS)/dev $(STAMPS)/web-modules ## Format all code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	cd web && npm run --silent format

lock: $(STAMPS)/uv ## Bring the Python lock files up to date with pyproject.toml (UPGRADE=1: newest versions)
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate \
	  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate \
	  --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade) -c requirements.lock --group dev \
	  pyproject.toml -o requirements-dev.lock

types: $(STAMPS)/dev $(STAMPS)/web-modules ## Generate the web app's API types from the server's own description
	@$(BIN)/relaypacs openapi > web/openapi.json
	@cd web && npm run --silent generate >/dev/null

bench: $(STAMPS)/dev ## Measure chunk intake, the main job and delivery against their limits, in one run
	$(BIN)/python -m bench

bench-web: servers install $(STAMPS)/dev ## Measure the web app on a phone: first load, and a CT over 2 Mbit/s (six minutes)
	$(BIN)/python -m bench.web

campaign: $(STAMPS)/dev ## Kill a gateway 200 times and count what is lost (DESTINATION=orthanc, KILLS=200, SEED=…)
	$(BIN)/python -m bench.campaign

memory: $(STAMPS)/dev ## Send uploads of 2 GB and see how much memory the gateway takes (SIZE_MIB=2000)
	$(BIN)/python -m bench.memory

fuzz: $(STAMPS)/dev ## Feed the checks with random bytes (SECONDS=60), guided by what they reach
	$(BIN)/python -m tests.fuzz $(or $(SECONDS),60)

e2e: servers install $(STAMPS)/dev ## Try the web app in a real browser, against a real gateway
	$(BIN)/pytest tests/web

sbom: $(STAMPS)/dev ## Write the bills of materials (CycloneDX) of server and web app into build/
	$(BIN)/python deploy/sbom.py build

servers: ## Install the servers that the tests start (needs root and apt; else says what is missing)
	@bash tests/servers/install.sh

clean: ## Remove everything that was installed or built
	rm -rf .venv $(STAMPS) web/node_modules web/dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache

# Stamps say what was installed from which lock file. Bytecode is made here, once, so that also the first start is quick,
# and every start where Python is told to write none.

$(STAMPS)/uv:
	@mkdir -p $(STAMPS)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv
	@touch $@

$(STAMPS)/python: $(STAMPS)/uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	$(BIN)/python -m compileall -q relaypacs
	@touch $@

$(STAMPS)/dev: $(STAMPS)/python requirements-dev.lock
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMPS)/web-modules: web/package-lock.json
	@mkdir -p $(STAMPS)
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(STAMPS)/web: $(STAMPS)/web-modules $(shell find web/src web/public web/plugins -type f 2>/dev/null) web/index.html web/vite.config.ts
	cd web && npm run --silent build
	@touch $@

web: $(STAMPS)/web ## Build the web app
