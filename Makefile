# `make run` tries the site, `make test` checks all of it. Nothing else has to be installed first but Python and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What touches the database is tested on PostgreSQL with all the rest, and on SQLite by itself.
ON_BOTH_DATABASES := tests/actions tests/api tests/history tests/test_models.py tests/test_saving.py

export PORT ?= 8000
export TORNADO_PORT ?= 8888
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Of the hundreds of processes that the tests start, each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run setup test lint format screenshots requirements clean

help:
	@echo "make run           the site at http://127.0.0.1:$(PORT)/ (PORT and TORNADO_PORT may be set)"
	@echo "make test          all checks and all tests"
	@echo "make lint          the checks alone"
	@echo "make format        format the Python code"
	@echo "make setup         everything that the tests need, in .venv/ and node_modules/"
	@echo "make screenshots   take the pictures in docs/images anew"
	@echo "make requirements  pin the requirements anew"
	@echo "make clean         remove what was made here, but not the data in var/"

# `exec`, so that Ctrl-C and SIGTERM reach supervisor itself.
run:
	@$(PYTHON) deploy/development/ports.py "$(PORT)" "$(TORNADO_PORT)"
	@$(MAKE) --silent $(VENV)/.runtime
	@exec $(BIN)/python deploy/development/run.py

# Most of a test is waiting, so a process more than small machines have processors; each has servers of its own.
test: system-packages setup lint
	@$(BIN)/python -m pytest --numprocesses 3 -m "not alone"
	@$(BIN)/python -m pytest -m alone
	@$(BIN)/python -m pytest --numprocesses 3 --database sqlite $(ON_BOTH_DATABASES)

setup: $(VENV)/.complete node_modules/.complete

lint: $(VENV)/.complete
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy

format: $(VENV)/.complete
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

screenshots: system-packages setup
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: system-packages
system-packages:
	@$(PYTHON) tests/system_packages.py

# A virtual environment that was only half made is not one: it goes away again.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=<path to it> ...")'
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements.txt
	@echo "Installing requirements.txt (about half a minute)"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.complete: $(VENV)/.runtime requirements-dev.txt
	@echo "Installing requirements-dev.txt"
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

# What tests put into a page; the site itself needs no node.
node_modules/.complete: package-lock.json
	@echo "Installing package-lock.json"
	@npm ci --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# One file for all systems and for Python 3.11 and newer; it names no registry.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --strip-extras --upgrade
requirements: $(VENV)/.python
	@$(BIN)/python -m pip install --quiet uv
	@$(UV_COMPILE) requirements.in -o requirements.txt
	@$(UV_COMPILE) requirements-dev.in -c requirements.txt -o requirements-dev.txt
	@$(UV_COMPILE) --no-deps requirements-redis.in -o requirements-redis.txt

clean:
	rm -rf $(VENV) node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name '*.mo' -delete
