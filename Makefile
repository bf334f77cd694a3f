# What a person may ask of this checkout. Logic lives in infrastructure/ (Python and scripts).
SHELL := /bin/bash
.DEFAULT_GOAL := help
scripts := infrastructure/scripts
local := .venv/bin/python -m fiapx_local
installed := @test -x .venv/bin/python || { echo "nothing is installed yet: make up" >&2; exit 1; }

# the user's own film, and options as JSON, for `make demo`
export VIDEO ?=
export OPTIONS ?=

.PHONY: help demo test up down status logs doctor reset compose chart manifests observe check format proto lock install

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: install ## run everything and take frames from a sample film (VIDEO=path OPTIONS='{"sampling":…}' for yours)
	@$(local).demo --video "$$VIDEO" --options "$$OPTIONS"

test: ## install what is missing and run every test, with coverage
	@$(scripts)/test.sh

up: install ## start the platform on this machine, and wait until it answers
	@$(local) up

down: ## stop everything that was started here
	$(installed)
	@$(local) down

status: ## show health, and what stands in for what
	$(installed)
	@$(local) status

logs: ## follow the logs
	$(installed)
	@$(local) logs

doctor: ## explain what is wrong: programs, ports, disk, ffmpeg, object store, CORS, clock
	$(installed)
	@$(local) doctor

reset: ## stop, and delete all accounts, videos, mails and secrets
	$(installed)
	@$(local) reset

compose: ## build and start the platform in containers (needs a Docker engine)
	@$(scripts)/compose.sh

observe: ## watch a platform with Prometheus under load, and prove dashboards, alerts, traces and logs
	@$(scripts)/observe.sh

chart: ## judge the Helm chart without a cluster
	@$(scripts)/chart.sh

manifests: ## print the chart as plain YAML for kubectl
	@$(scripts)/manifests.sh

check: install ## lint, format, types, import rules, generated files and pins fresh
	@$(scripts)/check.sh

format: install ## apply the formatters
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

proto: install ## generate the gRPC package anew
	@proto/generate.sh

lock: install ## resolve all pins anew (needs a package index)
	@$(scripts)/lock.sh

install: ## install what is missing (the other commands do it themselves)
	@$(scripts)/install.sh
