# The commands of this repository; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := venv

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHON_SOURCES := bench conductor docs lab packaging files/scripts modules tests
# What `test` has no time for: each takes minutes by itself.
DRILLS := $(addprefix tests/e2e/, test_5_outage.py test_5_second_cluster.py test_6_split.py test_6_split_apart.py \
  test_7_generations.py test_7_restore.py test_8_conductor.py)
# What `check` has no time for: each fault at each call to the cloud, and (marked) at each change of a file.
FAULTS := $(wildcard tests/cloud/test_faults*.py)
SHELL_SOURCES = $(shell git ls-files '*.sh' .ci/run; git grep -lE '^\#!/bin/(ba)?sh' -- packaging modules tests/site)
PUPPET_SOURCES := manifests $(wildcard modules/*/manifests modules/*/types modules/*/functions) tests/site/manifests \
  $(wildcard tests/site/site-modules/*/manifests)
# The lab's own is a template.
YAML_SOURCES = $(shell git ls-files '*.yaml' '*.yml' '*.yaml.sample' ':!lab/start_instance.yaml')

.PHONY: help venv constraints deps check lint shellcheck types unit faults rspec test drills differential bench fuzz mutants demo clean diagrams reference-cli figures reference archives contents

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile

venv: $(VENV)/.complete ## Make .venv with the Python packages (the default)

$(VENV)/.complete: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/python -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	  print(*p["dependencies"], *p["optional-dependencies"]["lab"], *p["optional-dependencies"]["dev"], sep="\n")' \
	  | $(BIN)/pip install --quiet --constraint constraints.txt --requirement /dev/stdin
	touch $@

# What only `fuzz` and `mutants` need: heavy, and not to be had for every Python.
$(VENV)/.fuzz: $(VENV)/.complete
	$(BIN)/python -c 'import tomllib; p = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
	  print(*p["optional-dependencies"]["fuzz"], sep="\n")' \
	  | $(BIN)/pip install --quiet --constraint constraints.txt --requirement /dev/stdin
	touch $@

constraints: ## Take the newest Python packages, and write down which
	rm -rf $(VENV)
	printf '# The Python packages that the tests passed with; `make constraints` takes the newest ones that agree.\n' > constraints.txt
	$(MAKE) $(VENV)/.fuzz
	$(BIN)/pip freeze >> constraints.txt
	touch $(VENV)/.complete $(VENV)/.fuzz

deps: ## Install the Debian packages that the lab and the checks need (root)
	@missing=$$(sed 's/\#.*//' debian-packages.txt | xargs -n1 sh -c \
	  'dpkg-query -W -f "\$${db:Status-Status}" "$$0" 2>/dev/null | grep -qx installed || echo "$$0"'); \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" != 0 ]; then echo "missing Debian packages: run sudo make deps" >&2; exit 1; fi; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $$missing > /dev/null; \
	fi

check: venv ## Lint, types, unit tests and rspec, two at once: minutes, no root
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target unit rspec types lint

lint: venv shellcheck ## Ruff, shellcheck, puppet-lint, Puppet's own parser, EPP, YAML, REFERENCE.md
	$(BIN)/ruff check --quiet $(PYTHON_SOURCES)
	$(BIN)/ruff format --quiet --check $(PYTHON_SOURCES)
	puppet-lint --fail-on-warnings $(PUPPET_SOURCES)
	puppet parser validate $(PUPPET_SOURCES)
	puppet epp validate $$(git ls-files '*.epp')
	yamllint --strict --config-data '{extends: relaxed, rules: {line-length: disable}}' $(YAML_SOURCES)
	$(BIN)/python -m docs.generate.modules --check

shellcheck: ## All shell scripts, those without an ending too
	shellcheck $(SHELL_SOURCES)

types: venv ## mypy, strict
	$(BIN)/mypy

unit: venv ## pytest without a lab: units, the conductor against moto, documents
	$(BIN)/pytest --quiet --numprocesses 2 -m 'not faults' $(FAULTS:%=--ignore=%)

faults: venv ## The conductor and the CA, with each fault at each call or change of a file: minutes, no root
	$(BIN)/pytest --quiet --numprocesses 2 $(FAULTS)
	$(BIN)/pytest --quiet --numprocesses 2 -m faults tests/unit/enrolment tests/unit/database

rspec: ## The catalogs, on every supported system
	rspec

test: deps venv check faults ## The checks, then clusters in the lab from nothing (root)
	$(BIN)/pytest tests/e2e -v --durations=15 $(DRILLS:%=--ignore=%)

drills: deps venv ## More of them: two Hadoop clusters; each server on a host of its own; three generations; the CA's host lost (root)
	$(BIN)/pytest -v --durations=15 $(DRILLS)

differential: deps venv ## The CA and the master against puppetserver, in the lab (root)
	$(BIN)/python -m tests.differential.in_lab

bench: deps venv ## All benchmarks, under an hour; with QUICK=1 smaller, under ten minutes (root)
	bench/all $(if $(QUICK),--quick)

fuzz: $(VENV)/.fuzz ## Ten minutes of fuzzing what strangers may send to the CA, no root
	PYTHONPATH=files/scripts $(BIN)/python -m tests.fuzz

mutants: $(VENV)/.fuzz ## Change the decision's code in every way; each change must make a test fail
	$(BIN)/python -m tests.mutation

demo: deps venv ## From nothing to a Hadoop job on this machine (root)
	$(BIN)/python -m lab.demo

diagrams: venv ## Draw docs/diagrams anew from its texts (Graphviz)
	$(BIN)/python -m docs.generate.diagrams

reference-cli: venv ## Write docs/reference-conductor.md anew from the commands
	$(BIN)/python -m docs.generate.cli

figures: venv ## Write the figures of docs/benchmarks.md anew from bench/results
	$(BIN)/python -m docs.generate.benchmarks

reference: venv ## Write modules/*/REFERENCE.md anew from the comments (puppet-strings)
	$(BIN)/python -m docs.generate.modules

contents: ## Write spec/contents anew: all resources of each role
	CONTENTS=write rspec spec/contents_spec.rb

archives: ## Build an archive of each module, as the Forge takes them, in pkg/
	packaging/modules

clean: ## Remove what the checks leave in the checkout
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .fuzz .mutants pkg
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
