# The commands of Reading Room. `make` alone lists them.

PORT ?= 8000
MANAGE = .venv/bin/python manage.py

.PHONY: help setup run test check security bench requirements screenshots
.DEFAULT_GOAL := help

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv with all requirements (PYTHON=/path/to/python chooses)
	@bash .ci/setup

run: setup ## Start the portal, with demo data when the database is new (PORT=8000)
	@$(MANAGE) migrate --no-input --verbosity 0 --skip-checks
	@$(MANAGE) collectstatic --no-input --verbosity 0 --skip-checks
	@$(MANAGE) demo --when-new --skip-checks
	@$(MANAGE) first_administrator --skip-checks --address http://127.0.0.1:$(PORT)
	@exec $(MANAGE) serve --port $(PORT)

test: ## Run all tests on SQLite and PostgreSQL (ARGS="-k name" goes to pytest)
	@bash .ci/test

security: ## Prove what SECURITY.md promises, at full size (ARGS=--write keeps the figures)
	@bash .ci/security

check: ## Lint, format, production settings, migrations, types, dangers
	@bash .ci/check

bench: setup ## Measure what things cost, as ratios in one run (ARGS="writes" for a part)
	@.venv/bin/python -m tests.bench $(ARGS)

requirements: setup ## Compile requirements.in into requirements.txt (ARGS=--upgrade renews)
	@command -v uv >/dev/null || .venv/bin/python -m pip install -qq uv
	@PATH="$$PATH:.venv/bin" uv pip compile requirements.in --output-file requirements.txt \
		--universal --python-version 3.12 --no-emit-index-url --quiet \
		--custom-compile-command "make requirements" $(ARGS)

screenshots: setup ## Take the pictures in docs/ anew from demo data
	@.venv/bin/python docs/screenshots.py
