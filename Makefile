# What a person may ask of this checkout. Logic lives in infrastructure/ (Python and scripts).
SHELL := /bin/bash
.DEFAULT_GOAL := help
scripts := infrastructure/scripts
local := .venv/bin/python -m fiapx_local
installed := @test -x .venv/bin/python || { echo "nothing is installed yet: make up" >&2; exit 1; }

# the user's own film, and options as JSON, for `make demo`
export VIDEO ?=
export OPTIONS ?=
# what pytest is told besides, for `make test`: TESTS=tests/e2e
TESTS ?=
# for `make admin`; infrastructure/scripts/fiapx-admin.sh says what they mean
export WHERE NAMESPACE RELEASE OPERATOR
ARGS ?= all --help
# for `make deploy` and `make image`; infrastructure/scripts/{deploy,images}.sh say what they mean
export ENVIRONMENT IMAGE_PREFIX IMAGE_TAG SERVICE SBOM SIGNER

.PHONY: help demo test up down status logs admin doctor reset compose chart manifests observe bench bench-api chaos promises check format proto contracts lock install

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

demo: install ## run everything and take frames from a sample film (VIDEO=path OPTIONS='{"sampling":…}' for yours)
	@$(local).demo --video "$$VIDEO" --options "$$OPTIONS"

test: ## install what is missing and run every test, with coverage
	@$(scripts)/test.sh $(TESTS)

browser: install ## the page's tests alone, in a real browser
	@$(scripts)/install-packages.sh --tests
	@.venv/bin/python -m pytest tests/browser

long: install ## the long forms of tests: more of what is random, larger files
	@$(scripts)/install-packages.sh --tests
	@FIAPX_LONG=1 .venv/bin/python -m pytest api-gateway/tests/integration/test_fuzzing.py tests/e2e/test_memory.py tests/chaos/test_mutants.py pkg/common/tests/integration/postgres/test_relaying_outages.py notification-service/tests/integration/test_process.py

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

admin: ## what operators do: ARGS="upload dead-letters list", WHERE=local|compose|kubernetes
	@$(scripts)/fiapx-admin.sh $(ARGS)

doctor: ## explain what is wrong: programs, ports, disk, ffmpeg, object store, CORS, clock
	$(installed)
	@$(local) doctor

reset: ## stop, and delete all accounts, videos, mails and secrets
	$(installed)
	@$(local) reset

compose: ## build and start the platform in containers; without a Docker engine, prove them on one of its own
	@$(scripts)/compose.sh

observe: ## watch a platform with Prometheus under load, and prove dashboards, alerts, traces and logs
	@$(scripts)/observe.sh

chart: ## judge the Helm chart without a cluster
	@$(scripts)/chart.sh

manifests: ## print the chart as plain YAML for kubectl
	@$(scripts)/manifests.sh

bench: install ## compare the engine with the plain ffmpeg command line: CPU time at the same pixels
	@$(scripts)/bench.sh

bench-api: install ## measure the API beside a bare FastAPI program and a plain PUT to the store (ONLY=reads|uploads|logins)
	@$(scripts)/bench-api.sh

chaos: install ## strike a whole platform while videos are uploaded: nothing may be lost (UPLOADS SECONDS_ TIMES KILLS FAULTS PROGRAMS SEED FULL=1)
	@$(scripts)/chaos.sh

promises: install ## measure the figures of docs/reliability.md on a whole platform (ONLY=part of a name, QUICK=1)
	@$(scripts)/promises.sh

.PHONY: deploy rollback preview image push sign verify audit browser long
deploy: ## put this version on a cluster: ENVIRONMENT=staging|production, KUBECONFIG, IMAGE_PREFIX, IMAGE_TAG
	@$(scripts)/deploy.sh deploy

rollback: ## put the release before back: ENVIRONMENT, KUBECONFIG
	@$(scripts)/deploy.sh rollback

preview: ## show what deploy would send, without a cluster: ENVIRONMENT, IMAGE_PREFIX, IMAGE_TAG
	@$(scripts)/deploy.sh preview

image: ## build one image: SERVICE=api-gateway, IMAGE_PREFIX, IMAGE_TAG
	@$(scripts)/images.sh build

push sign verify: # the image's way to a registry; infrastructure/scripts/images.sh tells it
	@$(scripts)/images.sh $@

audit: ## ask the public databases for known holes in the pins (needs the internet)
	@$(scripts)/audit.sh

check: install ## lint, format, types, import rules, generated files and pins fresh
	@$(scripts)/check.sh

format: install ## apply the formatters
	@.venv/bin/ruff format
	@.venv/bin/ruff check --fix

proto: install ## generate the gRPC package anew
	@proto/generate.sh

contracts: install ## write docs/openapi.json and docs/events.md from the code (BREAKING=1 lets clients break)
	@.venv/bin/python infrastructure/scripts/contracts.py write

lock: install ## resolve all pins anew (needs a package index)
	@$(scripts)/lock.sh

install: ## install what is missing (the other commands do it themselves)
	@$(scripts)/install.sh
