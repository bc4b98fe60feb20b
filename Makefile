# Two commands do everything on a machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8000
DATA ?= ./var
BIN = $(VENV)/bin
PLUGINS = $(sort $(wildcard plugins/*/pyproject.toml))
EDITABLE = -e . -e ./demo $(foreach plugin,$(PLUGINS),-e ./$(dir $(plugin)))
# uv where it can be had, since it is much faster; pip where not
PIP = $(shell $(BIN)/python -m uv --version >/dev/null 2>&1 && echo "$(BIN)/python -m uv pip install --quiet --python $(BIN)/python" || echo "$(BIN)/python -m pip install --quiet --disable-pip-version-check")
# bytecode beforehand: every process starts two seconds earlier
COMPILE = $(BIN)/python -m compileall -q -j 0 $(VENV)/lib lms demo plugins >/dev/null || true
# a process for each core and one more; what is dear to build stays in one of them (tests/conftest.py)
SHARED = -n auto --dist loadgroup --no-loadscope-reorder
.DEFAULT_GOAL := help

.PHONY: help demo test test-fast lint types scripts contracts migrations translations screenshots site coverage mutants fuzz bench lock clean
help: ## show this list
	@$(PYTHON) -c 'import re; [print(f"  make {t:12} {w}") for t, w in re.findall(r"(?m)^([a-z-]+):.*?## (.*)", open("Makefile").read())]'

demo: $(VENV)/.run ## start everything with the programme of the six schools (PORT=8000 DATA=./var)
	@exec $(BIN)/lms demo --port $(PORT) --data $(DATA) --parent $$PPID

test: $(VENV)/.dev ## all tests, on SQLite and on a real PostgreSQL, with a real broker and worker; TESTS=path for a part
	exec $(BIN)/python -m pytest --parent $$PPID $(SHARED) --db both $(TESTS)

test-fast: $(VENV)/.dev ## the tests on SQLite, without a browser
	exec $(BIN)/python -m pytest --parent $$PPID $(SHARED) --db sqlite -m "not browser and not slow"

lint: $(VENV)/.dev ## style, after `make scripts` also of scripts and styles
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@[ ! -d node_modules ] || node_modules/.bin/biome ci --error-on-warnings

types: $(VENV)/.dev ## mypy, strict; after `make scripts` also types of scripts
	$(BIN)/mypy
	@[ ! -d node_modules ] || node_modules/.bin/tsc

scripts: node_modules/.package-lock.json ## install what checks scripts and styles (wants npm)

contracts: $(VENV)/.dev ## who may import whom
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/contract/test_imports.py

migrations: $(VENV)/.dev ## models and migrations agree, on both databases
	$(BIN)/python -m pytest --db both tests/contract/test_migrations.py

# sentences that are translated later (lms/contract/text.py)
SENTENCES = -k message -k counted_message:1,1 -k message_in:1c,2
translations: $(VENV)/.dev ## collect sentences for translators, and compile what they wrote
	@for package in lms plugins/*/imbas_*; do \
	  $(BIN)/pybabel -q extract -F babel.cfg $(SENTENCES) --no-location --sort-output -o $$package/messages.pot $$package && \
	  mkdir -p $$package/translations && \
	  if [ -f $$package/translations/en/LC_MESSAGES/messages.po ]; \
	    then $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i $$package/messages.pot -d $$package/translations -l en; \
	    else $(BIN)/pybabel -q init -i $$package/messages.pot -d $$package/translations -l en; fi; \
	  $(BIN)/pybabel -q compile -d $$package/translations; rm -f $$package/messages.pot; done

screenshots: $(VENV)/.dev ## make the pictures of README and guides again
	$(BIN)/python docs/screenshots.py

site: $(VENV)/.dev ## the documentation as a site, build/site/index.html; a link or a name that leads nowhere is an error
	$(BIN)/python -m sphinx -E -W --keep-going -q -j auto -c docs/site -d build/doctrees . build/site

# tests of what people get: scores, completion, certificates, and what they may do
COVERED = $(addprefix tests/unit/,assessment certificates completion contract evidence/test_rubric_outcomes.py evidence/test_rubric_scoring.py people/access web/test_routing.py) \
  $(addprefix tests/functional/,programmes $(addprefix test_,$(addsuffix .py,authorisation_matrix certificates discussion failing_plugins graders issuing overdue quiz_help quiz_pages quiz_unusable replays required_reading rescoring same_key school_accounts)))
coverage: $(VENV)/.dev ## lines and branches of scoring, completion, certificates and authorisation that tests run; fails below tests/floors.py (five minutes of processor time)
	@rm -f .coverage .coverage.*
	exec $(BIN)/coverage run -m pytest --parent $$PPID $(SHARED) --db sqlite $(COVERED)
	@$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered
	$(BIN)/python tests/floors.py

mutants: $(VENV)/.dev ## change the rules in a thousand places: which change does no test notice?
	$(PIP) mutmut==3.8.1
	$(BIN)/mutmut run; $(BIN)/mutmut results

fuzz: $(VENV)/.dev ## send every route odd values as every role, on both databases, for an hour or two (LMS_FUZZ_SEED, LMS_FUZZ_FROM, DB=sqlite)
	LMS_FUZZ_CASES=$${LMS_FUZZ_CASES:-all} $(BIN)/python -m pytest -n 0 --db $(or $(DB),both) tests/fuzz

bench: $(VENV)/.dev ## the figures of bench/README.md
	$(BIN)/python -m bench

lock: ## write requirements/*.lock again: hashes, no addresses
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra demo --extra build pyproject.toml -o requirements/run.lock
	$(BIN)/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --all-extras pyproject.toml -o requirements/dev.lock
	@touch $(VENV)/.venv
	@$(MAKE) --no-print-directory $(VENV)/.dev
	$(BIN)/python requirements/licences.py

clean: ## remove what make has built
	rm -rf $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache

node_modules/.package-lock.json: package.json package-lock.json
	@npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENV)/.venv:
	@echo "Setting up in $(VENV); this takes a minute or two, once ..."
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment. On Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv || true
	@: > $@

$(VENV)/.run: $(VENV)/.venv requirements/run.lock pyproject.toml demo/pyproject.toml $(PLUGINS)
	@$(PIP) --require-hashes -r requirements/run.lock
	@$(PIP) --no-deps --no-build-isolation $(EDITABLE)
	@$(COMPILE)
	@: > $@

$(VENV)/.dev: $(VENV)/.venv requirements/dev.lock pyproject.toml demo/pyproject.toml $(PLUGINS)
	@$(PIP) --require-hashes -r requirements/dev.lock
	@$(PIP) --no-deps --no-build-isolation $(EDITABLE)
	@$(COMPILE)
	@: > $@ && : > $(VENV)/.run
