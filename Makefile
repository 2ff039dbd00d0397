# Two commands matter: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export UV_PYTHON_DOWNLOADS := never
export DO_NOT_TRACK := 1
# The lock files decide alone, whatever this machine's own pip settings add.
export PIP_CONSTRAINT := /dev/null
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_CONSTRAINT :=
export UV_OVERRIDE :=

.PHONY: help run test fast check bench chaos lock schema docs picture setup setup-dev format clean
.DEFAULT_GOAL := help

help:          ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/.uv: requirements-setup.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "arende needs Python 3.11 or newer; $(PYTHON) is not. Name another: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv is missing. On Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-setup.lock
	@touch $@

# What the pages load, from npm: this machine's own, else one that comes as a package of the locked ones.
STYLES := src/arende/web/static/vendor/SHA256SUMS
$(VENV)/.assets: $(VENV)/.uv package-lock.json .npmrc assets.py requirements-node.lock
	@echo "Fetching what the pages load …"
	@command -v npm > /dev/null \
	  || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --only-binary :all: -r requirements-node.lock || true
	@$(BIN)/python assets.py
	@if [ -e $(STYLES) ]; then touch $@; fi

# Bytecode is written once here: a command starts in half the time even where Python may not write it itself.
COMPILE := $(BIN)/python -m compileall -q src

$(VENV)/.setup: $(VENV)/.uv $(VENV)/.assets requirements.lock pyproject.toml
	@echo "Installing the locked dependencies …"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(COMPILE)
	@touch $@

$(VENV)/.setup-dev: $(VENV)/.uv $(VENV)/.assets requirements-dev.lock pyproject.toml
	@echo "Installing the locked dependencies, tests included …"
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes --only-binary :all: -r requirements-dev.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(COMPILE)
	@touch $@ $(VENV)/.setup

setup: $(VENV)/.setup          ## virtual environment with the locked dependencies
setup-dev: $(VENV)/.setup-dev  ## the same with what the tests need

run: $(VENV)/.setup            ## everything on this machine, with Region Halland's demo loaded
	@$(BIN)/arende up --demo

# The slow tests wait a third of their time, for browsers, mail and clocks: one more runs beside them.
WAITING = $(shell expr $$(nproc) + 1)

# What pytest makes of the tests is kept, so that only the first run has to make it.
test fast check: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.setup-dev       ## lint, types and every test
	@tests/setup.sh
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@TESTS=whole $(BIN)/python -m pytest -q -n auto -m "not slow"
	@TESTS=whole $(BIN)/python -m pytest -q -n $(WAITING) --dist worksteal -m slow --ignore=tests/slow
	@TESTS=whole $(BIN)/python -m pytest -q -n 2 --dist worksteal -m slow tests/slow

fast: $(VENV)/.setup-dev       ## the tests that are quick; under a minute in all
	@$(BIN)/python -m pytest -q -n auto -m "not slow and not long"

check: $(VENV)/.setup-dev      ## format, lint, types and the fast tests: before every commit
	@$(BIN)/ruff format -q . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/python -m pytest -q -n auto -m "not slow"

bench: $(VENV)/.setup-dev      ## the benchmarks; prints ratios
	@$(BIN)/python -m benchmarks

chaos: $(VENV)/.setup-dev      ## kill processes at random while the demo plays
	@$(BIN)/python -m pytest -q tests/slow/test_chaos.py --kills=50

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: $(VENV)/.uv              ## write the lock files; make lock UPGRADE=1 takes newer releases
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock > /dev/null
	@$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock > /dev/null
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group setup -o requirements-setup.lock > /dev/null
	@$(LOCK) $(if $(UPGRADE),--upgrade) --group node -o requirements-node.lock > /dev/null

schema: $(VENV)/.setup-dev     ## write revision 0001 anew from models.py (until the first release)
	@$(BIN)/python -m arende.migrations
	@$(BIN)/ruff check -q --fix src/arende/migrations/versions; $(BIN)/ruff format -q src/arende/migrations/versions

docs: $(VENV)/.setup-dev       ## write the pages of docs/reference anew from the program
	@$(BIN)/python docs/reference/make.py
	@WRITE_COVERAGE=1 $(BIN)/python -m pytest -q -p no:xdist tests/usecases/test_shipped_types.py -k go_through

picture: $(VENV)/.setup-dev    ## take the picture of the README anew; needs Chromium
	@$(BIN)/python docs/images/make.py

clean:         ## remove what was built (not the data)
	rm -rf $(VENV) dist build node_modules src/arende/web/static/vendor
