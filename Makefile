# One command starts the app, one passes all tests; both set up their own virtual environment.
# Without --no-compile, pip spends half a minute on modules that are never imported.
PYTHON ?= python3
VENV ?= .venv
PORT ?= 8501
BIN := $(VENV)/bin

.PHONY: run test check lint audit smoke bench docs clean

run: $(VENV)/.installed
	$(BIN)/python -m streamlit run app.py --server.port $(PORT)

test: $(VENV)/.installed-test
	failed=0; \
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --ignore tests/browser || failed=1; \
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 2 --dist worksteal tests/browser || failed=1; \
	exit $$failed

check: lint audit

lint: $(VENV)/.installed-test
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/oxlint --deny-warnings siamese/app
	$(BIN)/python -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

# Known vulnerabilities of what is installed. Not part of a change's tests: a new one is not that change's fault.
audit: $(VENV)/.installed-test
	$(BIN)/python -m pip_audit --progress-spinner off

# A wheel of the last commit, tried in fresh environments from the package index: the core, each extra, the image.
smoke: $(VENV)/.installed-test
	$(BIN)/python -m tests.smoke

bench: $(VENV)/.installed-test
	$(BIN)/python -m benchmarks

docs: $(VENV)/.installed-test
	$(BIN)/python -m tests.api

$(VENV)/.installed: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --no-compile -r requirements.txt
	touch $@

$(VENV)/.installed-test: requirements.txt requirements-test.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-compile -r requirements-test.txt
	touch $@

clean:
	rm -rf $(VENV)
