# Two targets do everything: `make run` and `make test`. `make help` lists the others.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= 1
PORT ?= 8501
ADDRESS ?= 127.0.0.1
LARGEST ?=
SERIES ?=
WORKERS ?= 2
SECONDS = 60

# Tests start hundreds of processes: each compiles again what none may keep.
unexport PYTHONDONTWRITEBYTECODE

# `make mission NAME`: the second word is the mission's name, not a target.
ifeq (mission,$(firstword $(MAKECMDGOALS)))
NAME ?= $(word 2,$(MAKECMDGOALS))
$(eval $(NAME):;@:)
endif

.PHONY: help run test check hook unit live browser fuzz bench screenshots mission lock chromium postgresql libreoffice calc labelled

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: $(VENV)/run ## start Vigie with demo data; DEMO=0 starts it empty; PORT=8501; ADDRESS=127.0.0.1
	@VIGIE_DEMO=$(DEMO) $(BIN)/streamlit run app.py --server.address $(ADDRESS) --server.port $(PORT)

test: check unit libreoffice live browser ## every check and every tier of tests

check: $(VENV)/dev ## lint, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

hook: ## let git run make check before every commit
	@printf '#!/bin/sh\nexec make check\n' > "$$(git rev-parse --git-path hooks)/pre-commit"
	@chmod +x "$$(git rev-parse --git-path hooks)/pre-commit"

# Neighbours stay on one worker until the other has nothing left, so that what a module shares is made once.
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# The other tiers are read where they stand: collecting every test costs each worker more than starting.
unit: $(VENV)/dev postgresql ## pure parts, on real files
	$(PYTEST) -m "not live and not browser and not bench and not libreoffice"

libreoffice: $(VENV)/dev calc ## files that LibreOffice has opened and saved
	$(PYTEST) tests/libreoffice

live: $(VENV)/dev ## a real server, its gate, its websocket
	$(PYTEST) tests/live

browser: $(VENV)/dev chromium ## a real browser
	$(PYTEST) tests/browser

fuzz: $(VENV)/dev ## random bytes for every reader, a minute each; SECONDS=60
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

bench: $(VENV)/dev ## measure: a table on screen and in bench/; LARGEST=100000 for a short one
	$(BIN)/python -m tests.bench $(if $(LARGEST),--largest $(LARGEST))

labelled: $(VENV)/dev ## the rule of unusual durations on labelled series: make labelled SERIES=folder
	@$(BIN)/python -m tests.labelled "$(SERIES)"

screenshots: $(VENV)/dev chromium ## every screen and tab, both themes, three widths, into screenshots/; the guide's pictures
	$(BIN)/python -m tests.screenshots

mission: $(VENV)/run ## make mission NAME: a new mission that works, with its tests
	@$(BIN)/python -m core.run.scaffold "$(NAME)"

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || \
	  { echo "Vigie needs Python 3.11: install it, or name one with make PYTHON=/path/to/python3.11"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || .ci/debian python3-venv
	"$(PYTHON)" -m venv $(VENV)

# What is installed is what was looked at: every package, also those that others draw in, by version and hash.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

$(VENV)/run: requirements.lock | $(BIN)/python
	$(INSTALL) -r requirements.lock
	@touch $@

$(VENV)/dev: requirements.lock requirements-dev.lock | $(BIN)/python
	$(INSTALL) -r requirements-dev.lock
	@touch $@ $(VENV)/run

COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --python-platform linux --generate-hashes --no-header --no-annotate

lock: $(VENV)/dev ## renew requirements.lock and requirements-dev.lock after a change of requirements*.txt
	$(COMPILE) requirements.txt -o requirements.lock
	$(COMPILE) -c requirements.lock requirements-dev.txt -o requirements-dev.lock

postgresql:
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || .ci/debian postgresql

calc:
	@command -v soffice >/dev/null || .ci/debian libreoffice-calc-nogui

chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null || .ci/debian chromium
