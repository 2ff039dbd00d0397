# Two commands matter: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1

.PHONY: help run test fast check bench chaos lock schema setup setup-dev format clean
.DEFAULT_GOAL := help

help:          ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.make/uv: requirements-setup.lock
	@mkdir -p .make
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-setup.lock
	@touch $@

.make/setup: .make/uv requirements.lock pyproject.toml
	@echo "Installing the locked dependencies …"
	@test -e .make/setup-dev || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.make/setup-dev: .make/uv requirements-dev.lock pyproject.toml
	@echo "Installing the locked dependencies, tests included …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@ .make/setup

setup: .make/setup          ## virtual environment with the locked dependencies
setup-dev: .make/setup-dev  ## the same with what the tests need

run: .make/setup            ## everything on this machine, with Region Halland's demo loaded
	@$(BIN)/arende up --demo

test: .make/setup-dev       ## lint, types and every test
	@tests/setup.sh
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@$(BIN)/python -m pytest

fast: .make/setup-dev       ## the tests that take under a minute
	@$(BIN)/python -m pytest -q -m "not slow"

check: .make/setup-dev      ## format, lint, types and the fast tests: before every commit
	@$(BIN)/ruff format -q . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/python -m pytest -q -m "not slow"

bench: .make/setup-dev      ## the benchmarks; prints ratios
	@$(BIN)/python -m benchmarks

chaos: .make/setup-dev      ## kill processes at random while the demo plays
	@$(BIN)/python -m pytest -q tests/slow/test_chaos.py --kills=50

lock: .make/uv              ## resolve the dependencies anew
	@for part in "requirements" "requirements-dev --group dev"; do set -- $$part; out=$$1; shift; \
	  $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate pyproject.toml $(BUILD) $$@ -o $$out.lock; done

schema: .make/setup-dev     ## write revision 0001 anew from models.py (until the first release)
	@$(BIN)/python -m arende.migrations
	@$(BIN)/ruff check -q --fix src/arende/migrations/versions; $(BIN)/ruff format -q src/arende/migrations/versions

clean:         ## remove what was built (not the data)
	rm -rf .venv .make dist build
