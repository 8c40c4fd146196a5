# make run opens the app, make test tests it; both set up what they need first.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin

.PHONY: setup setup-dev setup-bench browser run test lint format bench bench-live bench-data clean

setup: .venv/.run
setup-dev: .venv/.dev
setup-bench: .venv/.bench

# A stamp is written only after its step went through, so an interrupted one is done again. A .venv whose pip does not
# answer is made anew.
.venv/.made:
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		command -v $(PYTHON) >/dev/null \
			|| { echo "$(PYTHON) was not found; run make PYTHON=/path/to/python3.11"; exit 1; }; \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
			|| { echo "Python 3.11 or newer is needed, $(PYTHON) is older; run make PYTHON=/path/to/python3.11"; exit 1; }; \
		$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
			|| { echo "Python's venv module is missing; install it (Debian: apt-get install python3-venv)"; exit 1; }; \
		$(PYTHON) -m venv --clear .venv \
			|| { echo ".venv could not be made; make room on the disk or make this folder writable"; exit 1; }; \
	fi
	@touch $@

.venv/.run: requirements.txt | .venv/.made
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
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup-bench
	$(BIN)/python -m benchmarks.steps

bench-live: setup-dev browser
	$(BIN)/python -m benchmarks.live

# A million rows, and a person who uploads 200 MB while another works; takes minutes and 3 GB of disk.
bench-data: setup-dev browser
	$(BIN)/python -m benchmarks.data

clean:
	rm -rf .venv
