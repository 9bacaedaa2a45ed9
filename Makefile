# Recoup. `make run`: fresh machine to running product. `make test`: fresh machine to the whole suite.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: run test check setup setup-dev lock browser prove bench mutants clean

run: setup
	@$(BIN)/recoup up

test: setup-dev browser check
	@$(BIN)/python -m pytest -q -n 2

# Format, lint, strict types, import contracts, migrations complete, stage diagram and catalogues current.
check: setup-dev
	@$(BIN)/ruff format --check --quiet . || (echo "run: .venv/bin/ruff format ." && false)
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-cache >.recoup/import-contracts.txt || (cat .recoup/import-contracts.txt && false)
	@$(BIN)/mypy
	@RECOUP_TESTING=yes $(BIN)/python -m tests.architecture.migrations_complete
	@$(BIN)/python -m recoup.cases.diagram --check
	@$(BIN)/recoup messages check

# Many more kills, races and simulated days than every day; ROUNDS raises the counts.
prove: setup-dev
	@ROUNDS=$${ROUNDS:-200} $(BIN)/python -m pytest -q -m kills -p no:randomly
	@ROUNDS=$${ROUNDS:-200} $(BIN)/python -m pytest -q -p no:randomly recoup/web/api/tests/test_schemathesis.py tests/architecture/test_api_matrix.py tests/architecture/test_matrix.py tests/crawl tests/browser/test_every_page.py

bench: setup
	@$(BIN)/recoup bench

# One change at a time in the code that makes figures; each must fail a test.
mutants: setup-dev
	@$(BIN)/python tests/mutants.py

setup: .venv/installed
setup-dev: .venv/installed-dev

.venv/installed: requirements/base.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -e .venv/installed-dev || $(PIP) --require-hashes -r requirements/base.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@mkdir -p .recoup && $(BIN)/recoup messages compile
	@touch $@

.venv/installed-dev: requirements/dev.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) --require-hashes -r requirements/dev.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@mkdir -p .recoup && $(BIN)/recoup messages compile
	@touch $@ .venv/installed

# The browser tests use the system's Chromium; installed where that is possible, else they are
# reported as skipped.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1; } || \
	  echo "Chromium is missing and could not be installed: browser tests will be skipped."

lock: setup-dev
	@command -v uv >/dev/null || (echo "make lock needs uv" && false)
	@for f in base dev ml; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/$$f.in -o requirements/$$f.lock; done

clean:
	@rm -rf .venv .recoup
