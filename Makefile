# make run opens the app, make test tests it; both set up what they need first.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: setup setup-dev setup-bench browser run test lint format bench bench-live clean

setup: .venv/.run
setup-dev: .venv/.dev
setup-bench: .venv/.bench

# A stamp is written only after its install went through, so an interrupted one is done again.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; run make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { rm -rf .venv; echo "Python's venv module is missing; install it (Debian: apt-get install python3-venv)"; exit 1; }

.venv/.run: .venv/bin/python requirements.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

.venv/.bench: .venv/.dev requirements-bench.txt
	$(BIN)/python -m pip install --quiet -r requirements-bench.txt
	@touch $@

browser: setup-dev
	@sh tests/install_browser.sh $(BIN)

run: setup
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: setup-dev browser
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-bench
	$(BIN)/python -m benchmarks.steps

bench-live: setup-dev browser
	$(BIN)/python -m benchmarks.live

clean:
	rm -rf .venv
