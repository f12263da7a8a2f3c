# Every target sets itself up: the stamp files in .venv make a second run install nothing.
# Needs python3 (3.11 or later), make, and a package index that pip or uv is configured to use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
E2E_NODE := tests/e2e/node_modules/.package-lock.json
DATA := $(abspath $(or $(WAREHOUSE_DATA_DIR),data))

# a first question, with an answer that fits on a small terminal
QUESTION := select deal_id, car_rate_before_pct, car_rate_after_pct, car_cut_date \
	from metrics.metric_deal_scorecards where car_cut_pp > 0

.DEFAULT_GOAL := help
.PHONY: help refresh check columns snapshots test e2e e2e-programs e2e-superset dev bench bench-serving mutation docs semantic locks clean

help:
	@echo "make refresh   build the warehouse and publish a release"
	@echo "make check     are the seeds fit to build?"
	@echo "make columns   write what dbt says of seed columns from their schemas"
	@echo "make snapshots restate what has landed in seeds/snapshots/"
	@echo "make test      lint, types and the test suite"
	@echo "make e2e       kills, full disks, the daemon, older DuckDB versions, PostgreSQL, clients, Chromium"
	@echo "make e2e-superset  Apache Superset on the published file, in an environment of its own"
	@echo "make dev       Dagster's interface with the schedule, on 127.0.0.1"
	@echo "make docs      the static site: pages, every table, dbt's catalogue"
	@echo "make semantic  MetricFlow on the current release: prepares \`mf query\`"
	@echo "make bench     measure a refresh against bare dbt and bare SQL"
	@echo "make bench-serving  what readers see while 20 releases appear, on the file and on PostgreSQL"
	@echo "make mutation  how many small faults in formulas and door the quick tests notice"
	@echo "make clean     remove what can be built again; landed payloads stay"

refresh: $(READY)
	@$(BIN)/warehouse refresh
	@echo
	@echo "Which deals cut the duty on cars?"
	@echo "  $(BIN)/warehouse sql \"$(QUESTION)\""
	@echo "What did Japan promise, and what do its goods pay? Then the page for readers without SQL:"
	@echo "  $(BIN)/warehouse as-of --partner japan"
	@echo "  $(BIN)/warehouse dashboard"
	@echo "(. $(BIN)/activate makes it \`warehouse\` alone.)"

check: $(READY)
	@$(BIN)/warehouse check

columns: $(READY)
	@$(BIN)/python -m dagster_project.seeds.describe

snapshots: $(READY)
	@$(BIN)/python -m dagster_project.sources.snapshots

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/sqlfmt --check --no-progressbar dbt
	$(BIN)/pyright
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -n 2 --dist loadfile --ignore tests/e2e

e2e: $(READY) e2e-programs .venv-e2e/.ready .venv-semantic/.ready $(E2E_NODE)
	.venv-e2e/bin/pytest -m e2e -n 2 --dist loadfile tests/e2e

e2e-superset: $(READY) .venv-superset/.ready
	$(BIN)/pytest -m e2e tests/e2e/test_superset.py

$(E2E_NODE): tests/e2e/package-lock.json | e2e-programs
	npm ci --prefix tests/e2e --no-fund --no-audit --silent
	@touch $@

# a browser and Node to drive it, PostgreSQL, and its clients: what shows that it is there, then Debian's package
e2e-programs:
	@missing=; need() { command -v "$$1" >/dev/null || ls $$1 >/dev/null 2>&1 || missing="$$missing $$2"; }; \
	need chromium chromium; need node nodejs; need npm npm; \
	need '/usr/lib/postgresql/*/bin/initdb' postgresql; need psql postgresql-client; \
	need java default-jdk-headless; need /usr/share/java/postgresql.jar libpostgresql-jdbc-java; \
	need odbcinst unixodbc; need '/usr/lib/*/odbc/psqlodbcw.so' odbc-postgresql; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" != 0 ]; then echo "Install first, as root: apt-get install$$missing" >&2; exit 1; fi; \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing

dev: $(READY)
	@$(BIN)/warehouse dev

bench: $(READY)
	@$(BIN)/python benchmarks/refresh.py

# on a warehouse, which dbt's unit tests read the shape of tables from
mutation: $(READY)
	@$(BIN)/warehouse refresh
	@$(BIN)/python benchmarks/mutation.py

bench-serving: .venv-e2e/.ready
	@.venv-e2e/bin/python benchmarks/serving.py $(ROUNDS)

docs: $(READY) .venv-docs/.ready
	@$(BIN)/python -m dagster_project.commands.site
	@NO_MKDOCS_2_WARNING=1 SITE_PAGES=$(DATA)/site-pages .venv-docs/bin/mkdocs --quiet build --strict --site-dir $(DATA)/site
	@echo "Open $(DATA)/site/index.html"

semantic: .venv-semantic/.ready
	@cd dbt && DBT_TARGET=published ../.venv-semantic/bin/dbt --quiet parse --profiles-dir .
	@echo "Ask it: cd dbt && DBT_TARGET=published ../.venv-semantic/bin/mf query --metrics investment_cash_usd --group-by deal"

# The locks of the environments: docs and semantic hold their extra alone. Needs uv.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
locks:
	$(COMPILE) pyproject.toml --extra test -o requirements.lock
	$(COMPILE) pyproject.toml --extra test --extra postgres --extra e2e -o requirements-e2e.lock
	for extra in docs semantic; do \
	    $(PYTHON) -c 'import sys, tomllib; from pathlib import Path; extras = tomllib.loads(Path("pyproject.toml").read_text()); \
	        print(*extras["project"]["optional-dependencies"][sys.argv[1]], sep="\n")' $$extra | \
	    $(COMPILE) - -o requirements-$$extra.lock; done
	$(COMPILE) tests/e2e/superset.in -o requirements-superset.lock
	echo "uv>=0.13,<0.14" | $(COMPILE) - -o requirements-uv.lock

clean:
	rm -rf $(VENV) .venv-docs .venv-semantic .venv-superset .venv-e2e .venv-uv .pytest_cache .ruff_cache .hypothesis *.egg-info tests/e2e/node_modules
	rm -rf data/builds data/building data/current data/releases data/dbt data/dagster data/cache data/site data/site-pages data/refresh.lock

# Make looks at the stamps once, when it starts; two at once in a fresh clone would both install. So the program holds a lock
# and looks again.
SET_UP := $(PYTHON) -I dagster_project/environment.py

$(READY): requirements.lock pyproject.toml
	@$(SET_UP) $(VENV) requirements.lock --project

# Environments of their own for programs that read a release, so that the warehouse's own holds none of them
.venv-%/.ready: requirements-%.lock
	@$(SET_UP) $(@D) $<

.venv-e2e/.ready: requirements-e2e.lock pyproject.toml
	@$(SET_UP) $(@D) $< --project
