# make run    opens the program (without a display: trains in the terminal and writes pictures to out/)
# make test   checks everything: format, lint, types, architecture, tests
# Both set up what they need: .venv, Python packages, Qt's system libraries.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

.PHONY: run test lint unit robust bench bench-recipes pictures clean

run: $(INSTALLED)
	@scripts/run $(BIN)/rnnviz

test: $(INSTALLED) lint unit

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(INSTALLED)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

# Killed writers, full disks, mutated files, two writers, long hours, in full: about half an hour.
robust: $(INSTALLED)
	$(BIN)/python -m tests.robustness

# Each takes up to three minutes, on a machine that does nothing else.
bench: $(INSTALLED)
	@for name in train corpus start frames age record open scrub curve; do $(BIN)/rnnviz bench $$name --json || exit; done

# Every recipe against plain PyTorch: half a minute for each.
bench-recipes: $(INSTALLED)
	@$(BIN)/rnnviz bench recipes --json

# The pictures of the start page and of the documentation, drawn anew from real runs.
pictures: $(INSTALLED)
	$(BIN)/python scripts/make_pictures.py
	$(BIN)/python scripts/make_view_pictures.py
	$(BIN)/python scripts/make_system_pictures.py
	PYTHONPATH=. $(BIN)/python scripts/make_cost_pictures.py

$(INSTALLED): pyproject.toml scripts/setup
	@scripts/setup $(PYTHON) $(VENV)
	@touch $@

clean:
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
