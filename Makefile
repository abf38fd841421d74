# make demo   set everything up and open the demo township (PORT=8501)
# make test   set everything up and run every check and test
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types data benchmark benchmark-planning benchmark-redraw lock clean

PORT ?= 8501
SEEDS ?= 10
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
            $(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALLED := .venv/installed
PEERS := .venv-peers/installed

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /make \1\t/' | expand -t 26

setup: $(INSTALLED) ## make .venv with all that the demo and the tests need

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "gridgis needs Python 3.11 or newer: install it, or name it with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) lacks venv: install your system's python3-venv package."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@echo "compiling, so that no first run is slow"
	@$(BIN)/python -m compileall -q gridgis
	@$(BIN)/gridgis plan --villages data/boundaries/villages.geojson --households data/households.csv \
	  --natural-villages data/boundaries/natural_villages.geojson -o .venv/first-plan.gpkg >/dev/null
	@touch $@

demo: setup ## open the demo township in a browser (PORT=8501)
	$(BIN)/gridgis demo --port $(PORT)

test: setup ## run every check and every test, browser and database included
	@.ci/system
	$(MAKE) lint types
	$(BIN)/pytest -m browser -n auto --maxprocesses 4
	$(BIN)/pytest -m "not browser" -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

data: setup ## write the demo township's files anew, byte for byte
	$(BIN)/python data/synthesise.py

benchmark: setup benchmark-planning benchmark-redraw ## measure all, with tables and charts in docs/
	$(BIN)/python benchmarks/run.py

benchmark-planning: setup $(PEERS) ## measure the planner beside its peers (SEEDS=10)
	$(BIN)/python -m benchmarks.planning.run --seeds $(SEEDS)

benchmark-redraw: setup ## measure every operation of a redraw
	$(BIN)/python -m benchmarks.redraw.run

# the peers have an environment of their own: the product needs none of them
$(PEERS): benchmarks/planning/peers.lock
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --require-hashes -r benchmarks/planning/peers.lock
	@touch $@

RESOLVE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: ## resolve the lock files anew (needs uv)
	$(RESOLVE) --all-extras pyproject.toml -o requirements.lock
	$(RESOLVE) benchmarks/planning/peers.in -o benchmarks/planning/peers.lock

clean: ## remove what was built
	rm -rf .venv .venv-peers .pytest_cache .mypy_cache .ruff_cache .hypothesis
