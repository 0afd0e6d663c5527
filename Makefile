# What CI does is in .ci/run; these are its pieces, for everyday work.
VENV ?= .venv
BIN := $(VENV)/bin
SITE := tests/fixtures/photo_site

.PHONY: help demo test lint format docs site build clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(BIN)/ik-migrate: pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/pip install -q -e ".[test]"
	@touch $@

demo: $(BIN)/ik-migrate  ## the report and the diff for the sample project; changes nothing
	$(BIN)/ik-migrate scan --exit-zero $(SITE)
	$(BIN)/ik-migrate apply --diff --exit-zero $(SITE)

test: $(BIN)/ik-migrate  ## all tests
	$(BIN)/python -m pytest -n auto

lint: $(BIN)/ik-migrate  ## style, types, and whether the written pages are up to date
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python scripts/render_docs.py --check

format: $(BIN)/ik-migrate  ## fix the style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(BIN)/ik-migrate  ## write the pages and the image that are made from the code
	$(BIN)/python scripts/render_docs.py
	$(BIN)/python scripts/render_screenshot.py

site: $(BIN)/ik-migrate  ## the documentation as a site, in build/site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

build: $(BIN)/ik-migrate  ## source distribution and wheel, in dist/
	$(BIN)/python -m build

clean:  ## remove what was built
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
