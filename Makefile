# make run      the whole demo product at http://127.0.0.1:8000 (PORT=… DATA_DIR=… choose other places)
# make manage   ARGS="…": any management command against the same servers
# make test     every test; ARGS="tests/journeys -k sign" for some
# make bench    how long the figures of a large force take, a million incidents, and papers; BENCH_UNITS=1000,
#               BENCH_INCIDENTS=100000 and BENCH_COMPENDIUM=20 for smaller ones
# make lint     everything that can be checked without running the product
# make format   lay out the Python files
# make lock     renew both requirements files from pyproject.toml (ARGS=--upgrade for newer versions)
# make clean    remove what was built; the data in var/ stays
#
# Each target first sets up what it needs and does not have: system packages, .venv, packages, assets.

PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
DATA_DIR ?= var
# Tests have servers and data of their own, so that they can run while `make run` is up.
TEST_DATA_DIR ?= var/test
ARGS ?=
export PORT
# Every process imports some thousand files: compiled once and kept, a start takes half the time.
unexport PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.13.9
BIN := $(VENV)/bin
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python
# exec puts the launcher in the place of the recipe's shell: its parent is make itself, and it ends with it.
LAUNCH := exec $(BIN)/python -m config.servers --parent $$PPID
WITH_TEST_SERVERS := TRUELEVEL_PROFILE=test; export TRUELEVEL_PROFILE; \
	$(LAUNCH) exec --throwaway --data-dir "$(TEST_DATA_DIR)" --
ASSETS := $(addprefix assets/,pyproject.toml asset_backend.py setup.py package.json package-lock.json) \
	assets/truelevel_assets/__init__.py

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run manage test bench lint format lock clean runtime development usable

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

run: runtime
	@$(LAUNCH) run --data-dir "$(DATA_DIR)"

manage: runtime
	@$(LAUNCH) exec --data-dir "$(DATA_DIR)" -- $(BIN)/python manage.py $(ARGS)

test: development
	@$(WITH_TEST_SERVERS) $(BIN)/python -m pytest $(if $(ARGS),$(ARGS),--numprocesses=auto)

bench: development
	@TRUELEVEL_PROFILE=test $(BIN)/python -m benchmarks

lint: development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(WITH_TEST_SERVERS) sh -ec '$(BIN)/mypy .; $(BIN)/python manage.py check; \
		$(BIN)/python manage.py makemigrations --check --dry-run; \
		TRUELEVEL_PROFILE=production ALLOWED_HOSTS=truelevel.invalid DATA_DIR="$(TEST_DATA_DIR)/production" \
		SECRET_KEY="$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(50))")" \
		$(BIN)/python manage.py check --deploy --fail-level WARNING'

format: development
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: usable
	$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header $(ARGS) \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-header $(ARGS) \
		--group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) assets/build assets/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# --- What the targets need ------------------------------------------------------------------------------------------

runtime: usable $(VENV)/.runtime $(VENV)/.assets
	@$(BIN)/python config/system_packages.py run

development: usable $(VENV)/.runtime $(VENV)/.development $(VENV)/.assets
	@$(BIN)/python config/system_packages.py run test

# An environment that another user made, or whose Python has gone, is met here with a word of advice.
usable: $(VENV)/.uv-$(UV_VERSION)
	@$(BIN)/python -c '' 2>/dev/null || { \
		echo "The environment in $(VENV) does not work for you: the Python it was made with cannot be started."; \
		echo "Remove it (rm -r $(VENV)), or use another place for yours: make … VENV=.venv-mine"; \
		exit 1; } >&2

WRITABLE = if [ -e $(VENV) ] && [ ! -w $(VENV) ]; then \
	echo "The environment in $(VENV) is out of date and is not yours to change. Type the same command as the" \
		"user who made it, or use another place for yours: make … VENV=.venv-mine" >&2; \
	exit 1; fi

$(VENV)/.uv-$(UV_VERSION):
	@$(WRITABLE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is older or missing. Name another: make … PYTHON=python3.12" >&2; \
		exit 1; }
	@$(PYTHON) config/system_packages.py build
	@echo "Setting up $(VENV)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.runtime: requirements.lock $(VENV)/.uv-$(UV_VERSION)
	@$(WRITABLE)
	@echo "Installing the packages of requirements.lock…"
	@$(INSTALL) --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.runtime
	@$(WRITABLE)
	@echo "Installing the packages of requirements-dev.lock…"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.assets: $(ASSETS) $(VENV)/.runtime
	@$(WRITABLE)
	@echo "Building the style sheet, script and fonts…"
	@$(INSTALL) --no-deps --reinstall-package truelevel-assets ./assets
	@touch $@
