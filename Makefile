# Tombola. `make` lists what there is to do.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print)
DEMO := TOMBOLA_DATABASE__URL=sqlite:tombola-demo.sqlite TOMBOLA_AUTH__SIGNING_KEY_FILE=tombola-demo.key
CARGO_BUILD := cargo build --locked --workspace
CARGO_TESTS := cargo nextest run --locked --workspace --lib --bins --tests --no-fail-fast --status-level fail
FUZZ := cargo +nightly fuzz run
FUZZ_SECONDS ?= 600
FUZZ_LIMITS = -max_total_time=$(FUZZ_SECONDS) -timeout=10

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.PHONY: demo
demo: web/dist/index.html ## Build, fill a SQLite database with demo data, serve, and say where
	@echo "[2/3] Building the server (the first time takes some minutes)"
	@cargo build --locked -p api
	@echo "[3/3] Starting with demo data; what is there already is kept"
	@$(DEMO) target/debug/tombola demo

.PHONY: demo-reset
demo-reset: web/dist/index.html ## The same, with fresh demo data
	@cargo build --locked -p api
	@$(DEMO) target/debug/tombola demo --reset

.PHONY: test
test: tools web clients check ## Install what is missing, then check and test everything on SQLite and PostgreSQL
	@echo "== Tests on SQLite and PostgreSQL"
	@$(CARGO_BUILD)
	@scripts/with-postgres $(CARGO_TESTS)

.PHONY: test-sqlite
test-sqlite: nextest check ## Check and test what needs neither PostgreSQL, Chromium nor other clients
	@echo "== Tests on SQLite"
	@$(CARGO_BUILD)
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
		TOMBOLA_TEST_FOLDER=$$folder $(CARGO_TESTS) -- --skip Postgres --skip browser --skip clients

.PHONY: check
check: ## Formatting, lints
	@echo "== Formatting"
	@cargo fmt --all --check
	@echo "== Lints"
	@cargo clippy --locked --workspace --all-targets -- -D warnings
	@cargo clippy --locked -p api --features fuzzing -- -D warnings

.PHONY: generate
generate: ## Write everything that is generated: schema.graphql, docs/policy.md, parts of docs/api.md
	@TOMBOLA_UPDATE_SNAPSHOTS=1 cargo test --locked -p tests -- project::

.PHONY: bench
bench: ## Measure a release build on a large data set; writes docs/benchmarks.md
	@cargo build --locked --release -p api -p bench
	@cargo build --locked --release -p draw --examples
	@cargo bench --locked -p draw --bench engine
	@scripts/with-postgres target/release/bench

.PHONY: bench-quick
bench-quick: ## Six shapes of reading beside a bare server on PostgreSQL, for daily work; writes target/bench/shapes.md
	@cargo build --locked --release -p api -p bench
	@scripts/with-postgres target/release/bench --only shapes --database postgres --output target/bench/shapes.md

.PHONY: fuzz
fuzz: ## Throw random transcripts at the verifier, bodies, query strings and messages at the server, ten minutes each; needs a nightly Rust and cargo-fuzz
	@mkdir -p draw/fuzz/corpus/transcript api/fuzz/corpus/{body,query,message}
	@cd draw && $(FUZZ) transcript fuzz/corpus/transcript fuzz/seeds -- $(FUZZ_LIMITS) -max_len=6000
	@cd api && $(FUZZ) body fuzz/corpus/body fuzz/seeds/body -- $(FUZZ_LIMITS) -max_len=8000 -dict=fuzz/graphql.dict
	@cd api && $(FUZZ) query fuzz/corpus/query fuzz/seeds/query -- $(FUZZ_LIMITS) -max_len=8000 -dict=fuzz/graphql.dict
	@cd api && $(FUZZ) message fuzz/corpus/message fuzz/seeds/message -- $(FUZZ_LIMITS) -max_len=8000 -dict=fuzz/graphql.dict

.PHONY: web
web: web/dist/index.html ## Build the web page
	@cd web && npm run --silent check

web/dist/index.html: $(WEB_SOURCES) web/node_modules/.package-lock.json
	@echo "[1/3] Building the web page"
	@cd web && npm run --silent build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	@echo "[1/3] Installing what the web page is built with"
	@cd web && npm ci --no-audit --no-fund --loglevel=error

.PHONY: clients
clients: tests/clients/node_modules/.package-lock.json tests/clients/python/.venv/installed

tests/clients/node_modules/.package-lock.json: tests/clients/package.json tests/clients/package-lock.json
	@echo "== Installing the JavaScript clients that judge the server"
	@cd tests/clients && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

# A folder that was left half made is made anew.
tests/clients/python/.venv/installed: tests/clients/python/requirements.txt
	@echo "== Installing the Python clients that judge the server"
	@python3 -m venv --clear tests/clients/python/.venv
	@tests/clients/python/.venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: tools
tools: nextest
	@scripts/install-tools

.PHONY: nextest
nextest:
	@scripts/install-nextest
