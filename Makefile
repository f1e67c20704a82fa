# What a newcomer types. Everything it makes is in this folder: .venv*/ (environments), .local/ (the local engine's
# data), .build/ and .aws-sam/ (builds).
#
# `make run` needs Python 3.11 or newer with its venv module, and make. PYTHON picks the interpreter.

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PYTHON := $(or $(strip $(PYTHON)),python3)
STAGE ?= dev
SUBJECT ?=
PARAMETERS ?=
ARGS ?=
TO ?=
TEXT ?=
NUMBER ?=
SIP ?=
export TOCSIN_PORT TO TEXT NUMBER BY SIP

# Byte code is kept, whatever the shell says: each worker would compile all modules and tests again.
export PYTHONDONTWRITEBYTECODE =

DEV := .venv/bin
ENGINE := .venv-engine/bin
PHONE := .venv-phone/bin
SCAN := .venv-scan/bin
SAM := .venv-sam/bin
SBOM := .venv-sbom/bin

SUBJECTS := $(sort $(filter-out adapters bootstrap entrypoint, \
	$(patsubst layers/core/tocsin/%/__init__.py,%,$(wildcard layers/core/tocsin/*/__init__.py))))
ifneq ($(filter-out $(SUBJECTS),$(SUBJECT)),)
$(error no subject is called "$(SUBJECT)"; there are: $(SUBJECTS))
endif

# The tests of one subject: its own suites, and the tests of the layers above that import it.
ABOVE := tests/adapters tests/functional tests/scenarios
TESTS = $(if $(SUBJECT),$(wildcard $(foreach s,$(SUBJECT),tests/unit/$(s) tests/contract/$(s))) \
	$$(grep -rlw --include='test_*.py' $(foreach s,$(SUBJECT),-e 'tocsin\.$(s)') $(ABOVE)),tests)

# On all cores. A worker takes neighbours, so that what a module sets up once is set up by one worker.
PYTEST = $(DEV)/python -m pytest -q -n auto --dist worksteal

say = @printf '\n\033[1m%s\033[0m\n' "$(1)"

##@ Every day

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: .venv-engine/made-from ## Start the local engine, deploy, send a demo alert, stay up (ARGS=--once ends there)
	@exec $(ENGINE)/python -m infra.local.run $(ARGS)

.PHONY: reply
reply: .venv-engine/made-from ## Answer in a second terminal as somebody who got a message (TO=+44… TEXT="…")
	@$(ENGINE)/python -m infra.local.commands.reply --from="$$FROM" --mail-from="$$MAIL_FROM" --spf="$$SPF" --dkim="$$DKIM" --dmarc="$$DMARC" -- "$$TO" "$$TEXT"

.PHONY: click
click: .venv-engine/made-from ## Press the button of the last short link that a receiver got (TO=+44…)
	@$(ENGINE)/python -m infra.local.commands.click -- "$$TO"

.PHONY: phone
phone: .venv-engine/made-from $(if $(SIP),.venv-phone/made-from) ## Be a phone in a second terminal: it rings for calls to +447700900850 … 859 (or NUMBER=+44…; SIP=sip:me@192.168.1.20 rings a telephone)
	@exec $(if $(SIP),$(PHONE)/python -m infra.local.sip.bridge -- "$$SIP" "$$NUMBER",$(ENGINE)/python -m infra.local.commands.phone -- phone "$$NUMBER")

.PHONY: call
call: .venv-engine/made-from ## Call the running system from a phone (NUMBER=+44… TO=+44…; NUMBER=withheld)
	@exec $(ENGINE)/python -m infra.local.commands.phone -- call "$$NUMBER" "$$TO"

.PHONY: event
event: .venv-engine/made-from ## Send a telephony event, and see what came of it (TYPE=missed LINE=2010 FROM=+44…; TYPE=offline|text|integration-failed …)
	@$(ENGINE)/python -m infra.local.commands.event --type="$(or $(TYPE),missed)" --line="$(or $(LINE),2010)" \
		--from="$(or $(FROM),+447700900123)" --text="$(or $(TEXT),Is anybody there?)"

.PHONY: explain
explain: .venv-engine/made-from ## What a telephony event did, and which rules it missed by one filter (EVENT=…)
	@$(ENGINE)/python -m infra.local.commands.event --explain="$(EVENT)"

.PHONY: pbx
pbx: .venv-engine/made-from ## Play a day of four telephone systems to the running system, in five minutes (or SPEED=max)
	@exec $(ENGINE)/python -m infra.local.commands.pbx --speed="$(SPEED)"

.PHONY: connect
connect: .venv-engine/made-from ## Connect a mailbox of simulated Google or Microsoft, as a person clicks through (TYPE=GMAIL or MS365)
	@$(ENGINE)/python -m infra.local.commands.connect --type="$(or $(TYPE),GMAIL)"

.PHONY: report
report: .venv-engine/made-from ## Print the reports of a day of the running local engine (DATE=2026-11-29 ARGS="--tenant demo"); SEND=1 mails them
	@$(ENGINE)/python -m infra.local.pbx.report --date="$(DATE)" --send="$(SEND)" $(ARGS)

.PHONY: pushes
pushes: .venv-engine/made-from ## Be a browser in a second terminal: shows what is pushed to a person (ROLE=account_owner, manager, user …)
	@exec $(ENGINE)/python -m infra.local.commands.pushes --role="$(or $(ROLE),account_owner)"

.PHONY: tick
tick: .venv-engine/made-from ## Move the clock of the running local engine forward, and let happen what becomes due (BY=7d)
	@$(ENGINE)/python -m infra.local.commands.tick -- "$$BY"

.PHONY: check
check: .venv/made-from ## Lint, types, import rules, all tests that need no engine: five to ten minutes on two cores (or SUBJECT=escalation)
	$(call say,ruff)
	@$(DEV)/ruff check . && $(DEV)/ruff format --check .
	$(call say,mypy)
	@$(DEV)/mypy
	$(call say,import rules)
	@PYTHONPATH=layers/core:functions $(DEV)/lint-imports --no-cache --no-logo
	$(call say,tests)
	@$(PYTEST) $(TESTS) --ignore=tests/stack --ignore=tests/browser --ignore=tests/wire \
		-m "not ddblocal and not deep and not scan and not packaging" $(ARGS)

.PHONY: test
test: check deep wire scan newest dynamodb stack browser ## Everything CI runs (an hour on two cores)

.PHONY: template
template: .venv/made-from ## Write template.yaml and the nested templates that are made from infra/template
	@PYTHONPATH=layers/core $(DEV)/python -m infra.template

.PHONY: fmt
fmt: .venv/made-from ## Format, and mend what the linter can mend
	@$(DEV)/ruff format . && $(DEV)/ruff check --fix .

.PHONY: bench
bench: .venv/made-from .venv-engine/made-from ## Measure against the budgets and the peers (ARGS=--quick, --only 1,4)
	@TOCSIN_ENGINE_PYTHON="$(CURDIR)/$(ENGINE)/python" $(DEV)/python -m tests.benchmarks $(ARGS)

.PHONY: scale
scale: .venv/made-from .venv-engine/made-from ## Count what a million recipients in an hour would ask of AWS, and write docs/scale.md
	@TOCSIN_ENGINE_PYTHON="$(CURDIR)/$(ENGINE)/python" $(DEV)/python -m tests.benchmarks.scale $(ARGS)

.PHONY: key
key: .venv-engine/made-from ## Create an API key in the running local engine (ARGS="--name …")
	@$(ENGINE)/python -m infra.local.commands.operate key create $(if $(findstring --tenant,$(ARGS)),,--tenant demo) \
		$(if $(findstring --kind,$(ARGS)),,--kind live) $(if $(findstring --name,$(ARGS)),,--name "made by make key") $(ARGS)

.PHONY: token
token: .venv-engine/made-from ## A personal token of a person in the running local engine (USER=olivia@northwater.example)
	@$(ENGINE)/python -m infra.local.commands.token -- "$(USER)"

.PHONY: operate
operate: .venv-engine/made-from ## The operator's commands on the running local engine (ARGS="tenant show --tenant demo")
	@$(ENGINE)/python -m infra.local.commands.operate $(ARGS)

.PHONY: env
env: python ## API, KEY and NUMBER of the running local engine, for a shell: eval "$(make -s env)"
	@"$(PYTHON)" -m infra.local.commands.running

.PHONY: fresh
fresh: .venv-engine/made-from ## Forget everything in the local engine, and start it anew (asks first, but with YES=1)
	@exec $(ENGINE)/python -m infra.local.run --fresh $(if $(filter 1,$(YES)),--yes) $(ARGS)

##@ Now and then

.PHONY: stack
stack: .venv/made-from .venv-engine/made-from ## Tests on the deployed stack, in an engine of their own
	$(call say,stack)
	@TOCSIN_ENGINE_PYTHON="$(CURDIR)/$(ENGINE)/python" $(DEV)/python -m pytest -q tests/stack $(ARGS)

.PHONY: browser
browser: .venv/made-from .venv-engine/made-from ## Tests in a real browser, in an engine of their own; pictures go to reports/browser
	$(call say,browser)
	@TOCSIN_ENGINE_PYTHON="$(CURDIR)/$(ENGINE)/python" $(DEV)/python -m pytest -q tests/browser $(ARGS)

.PHONY: scan
scan: .venv/made-from .venv-scan/made-from .venv-sam/made-from .venv-sbom/made-from ## Scan the templates, build what is shipped and try it
	$(call say,templates and artefacts)
	@$(DEV)/python -m pytest -q -n auto --dist loadfile -m "scan or packaging" \
		tests/architecture tests/packaging $(ARGS)

.PHONY: deep
deep: .venv/made-from ## Tests with faults in pairs, a thousand callers, and random requests
	$(call say,deep)
	@$(PYTEST) -m "deep and not ddblocal and not scan and not packaging" tests --ignore=tests/stack --ignore=tests/browser --ignore=tests/wire $(ARGS)

.PHONY: wire
wire: .venv/made-from .venv-phone/made-from ## A true telephone call over loopback, between two SIP stacks
	$(call say,wire)
	@$(DEV)/python -m pytest -q tests/wire $(ARGS)

.PHONY: newest
newest: .venv/made-from ## Unit and functional tests on the Lambda runtime's Python, where it is installed
	@TOCSIN_EXAMPLES=100 $(DEV)/python -m infra.newest_python $(ARGS)

.PHONY: dynamodb
dynamodb: .venv/made-from ## Contract tests on DynamoDB Local, where Java and npm are installed
	@$(DEV)/python -m infra.local.dynamodb -- $(PYTEST) -m ddblocal tests/contract tests/adapters \
		tests/functional $(ARGS)

.PHONY: lock
lock: .venv/made-from ## Resolve requirements/*.in again (ARGS="--upgrade" for newer versions)
	@UV="$(CURDIR)/$(DEV)/uv" infra/lock.sh $(ARGS)

.PHONY: sbom
sbom: .venv-sbom/made-from ## Write the bills of materials of both layers to reports/sbom (CycloneDX)
	@mkdir -p reports/sbom
	@$(bill_of_materials) layers/dependencies/requirements.txt -o reports/sbom/dependencies.cdx.json
	@$(bill_of_materials) - -o reports/sbom/core.cdx.json </dev/null # our own code, and nothing else
	@echo "tocsin: reports/sbom/core.cdx.json, reports/sbom/dependencies.cdx.json"

bill_of_materials = PYTHONWARNINGS=ignore "$(SBOM)/cyclonedx-py" requirements --pyproject pyproject.toml --output-reproducible

.PHONY: docs
docs: .venv/made-from ## Write docs/openapi.json, docs/codes.md, docs/events, docs/webhooks, docs/bus and the guides that the API serves, again
	@PYTHONPATH=layers/core:functions $(DEV)/python -m alerts_api.openapi > docs/openapi.json
	@PYTHONPATH=layers/core:functions $(DEV)/python -m infra.codes > docs/codes.md
	@PYTHONPATH=layers/core:functions $(DEV)/python -m infra.guides
	@PYTHONPATH=layers/core:functions $(DEV)/python -m infra.event_schemas

.PHONY: assets
assets: .venv/made-from ## Bring the files of npm packages that assets.lock names, after another version is written there
	@$(DEV)/python -m infra.assets

.PHONY: clients
clients: .venv/made-from ## Write the generated part of clients/ again, from docs/openapi.json
	@$(DEV)/python -m infra.clients

.PHONY: build
build: .venv-sam/made-from ## Build what AWS runs (needs Python 3.13)
	@$(SAM)/sam build

.PHONY: deploy
deploy: build ## Deploy to AWS (STAGE=dev, staging or prod; PARAMETERS="EmailDomain=…" are added to the stage's own)
	$(SAM)/sam deploy --config-env $(STAGE) --parameter-overrides $(STAGES_OWN) $(PARAMETERS)

# Of samconfig.toml. sam replaces them when others are given on the command line, and so they are said once more.
STAGES_OWN = $(shell sed -n '/^\[$(STAGE)\.deploy\.parameters\]/,/^$$/s/^parameter_overrides = "\(.*\)"/\1/p' samconfig.toml)

ifneq ($(filter deploy,$(MAKECMDGOALS)),)
  ifeq ($(STAGES_OWN),)
    $(error STAGE=$(STAGE) is not in samconfig.toml: dev, staging or prod)
  endif
  ifneq ($(filter Stage=% ParameterKey=Stage%,$(PARAMETERS)),)
    $(error PARAMETERS cannot name another stage: make deploy STAGE=…)
  endif
endif

.PHONY: clean
clean: ## Remove environments, builds and caches; the local engine's data in .local stays
	@rm -rf .venv .venv-* .build .aws-sam .mypy_cache .ruff_cache .hypothesis .import_linter_cache reports
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Environments, made when something needs them.

make_environment = @"$(PYTHON)" -m infra.environment $(@D) $<

.venv/made-from: requirements/dev.txt requirements/uv.txt | python
	$(make_environment)

.venv-engine/made-from: requirements/engine.txt requirements/uv.txt | python
	$(make_environment)

.venv-phone/made-from: requirements/phone.txt requirements/uv.txt | python
	$(make_environment)

.venv-scan/made-from: requirements/scan.txt requirements/uv.txt | python
	$(make_environment)

.venv-sam/made-from: requirements/sam.txt requirements/uv.txt | python
	$(make_environment)

.venv-sbom/made-from: requirements/sbom.txt requirements/uv.txt | python
	$(make_environment)

.PHONY: python
python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		version=$$("$(PYTHON)" --version 2>/dev/null); \
		echo "tocsin: needs Python 3.11 or newer; $(PYTHON) is $${version:-not there}. Name one: make PYTHON=python3.13" >&2; exit 1; }
