# Two commands: `make lab` opens the course, `make test` proves that it works.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
ARGS ?=
export PATH := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: lab
lab: $(VENV)/.lessons ## Set up if needed, then open JupyterLab on lesson 00 (ARGS=--no-browser: print the address only)
	@traceblock lab $(ARGS)

.PHONY: doctor
doctor: $(VENV)/.lessons ## Say what works on this machine and what mends the rest
	@traceblock doctor

.PHONY: setup
setup: $(VENV)/.lessons ## Set up what the lessons need, and nothing else

# Everything in one run, so that the workers share it evenly: tests, and all notebooks against what they store
# (an exercise stores nothing, and must run without an error).
CHECKS := pytest -n 2 --durations=10 --nbval tests notebooks solutions exercises

.PHONY: test
test: $(VENV)/.dev lint ## Set up if needed, then run every check but the slowest
	$(CHECKS) -m "not slow"

.PHONY: test-all
test-all: $(VENV)/.dev lint ## Set up if needed, then run every check, which takes long
	$(CHECKS)

.PHONY: ci
ci: test ## What must hold for a change to be accepted

.PHONY: bench
bench: $(VENV)/.bench $(VENV)/.dev ## Set up if needed, then measure against peers, and fail where a ratio is missed
	pytest bench --benchmark-columns=median,iqr,rounds

.PHONY: lint
lint: $(VENV)/.dev ## Format check, lint, types, layers, spelling
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	codespell

.PHONY: format
format: $(VENV)/.dev ## Format the code and mend what can be mended
	ruff format .
	ruff check --fix .

.PHONY: notebooks
notebooks: $(VENV)/.dev ## Run lessons and solutions in place, and generate the exercises from the solutions
	python tools/notebooks.py $(ARGS)

.PHONY: record
record: $(VENV)/.dev ## Check data/ and write its hashes into data/datapackage.json
	python tools/record.py

.PHONY: samples
samples: $(VENV)/.dev ## Write the synthetic samples in data/ from their seeds, then check data/
	python tools/samples.py
	python tools/record.py

.PHONY: lock
lock: $(VENV)/.dev ## Write the lock files, requirements*.txt, from pyproject.toml
	python tools/lock.py

# A venv holds its own path and its Python's: it survives neither another folder nor another Python.
BROKEN = { echo "$(VENV) belongs to another folder, or to a Python that is gone: run \`rm -r $(VENV)\`, then make again" >&2; exit 1; }

$(VENV)/bin/python:
	@test ! -L $@ || $(BROKEN)
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is %d.%d: make PYTHON=/path/to/python3.12 …" % sys.version_info[:2])'
	@echo "Setting up in $(VENV): this takes a minute or two, once."
	@$(PYTHON) -m venv $(VENV)

.PHONY: venv
venv: | $(VENV)/bin/python
	@test ! -s $(VENV)/.lessons || { \
		test "$$(cat $(VENV)/.lessons)" = "$(CURDIR)" && $(BIN)/python -c 'import traceblock.cli' 2>/dev/null; \
	} || $(BROKEN)

$(VENV)/.lessons: requirements.txt pyproject.toml | venv
	@echo "Installing what the lessons need (requirements.txt) …"
	@$(PIP) install --quiet --require-hashes --requirement requirements.txt
	@echo "Installing the course itself …"
	@$(PIP) install --quiet --no-deps --editable .
	@$(BIN)/python -S tools/path_file.py $(VENV)
	@echo "$(CURDIR)" >$@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.lessons
	@echo "Installing what the checks need (requirements-dev.txt) …"
	@$(PIP) install --quiet --require-hashes --requirement requirements-dev.txt
	@touch $@

$(VENV)/.bench: requirements-bench.txt $(VENV)/.lessons
	@echo "Installing what the measurements need (requirements-bench.txt) …"
	@$(PIP) install --quiet --require-hashes --requirement requirements-bench.txt
	@touch $@
