# Everything a fresh Debian or Raspberry Pi OS with git, make and python3 needs: `make demo`, `make test`.
# Each target that runs something sets up .venv first, and is silent about it when nothing is to do.
# Another interpreter: make PYTHON=python3.13 test

PYTHON ?= python3
BIN := .venv/bin
SET_UP = @PYTHON='$(PYTHON)' packaging/set-up.sh

UV := uv==0.13.9

.DEFAULT_GOAL := help
.PHONY: help demo test test-vm fuzz check coverage mutants bench lock mutants-lock bench-lock clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## set up, then open a simulated warehouse and the console on it
	$(SET_UP) run
	@$(BIN)/accessctl demo

# Most tests wait for a process, a line or a key to be stretched: three at a time take a third of the time.
test: ## set up, then run every test
	$(SET_UP) test
	@$(BIN)/pytest -n 3 --dist loadfile

check: ## style, types, architecture, docstrings of the tests, spelling
	$(SET_UP) run
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/interrogate tests
	$(BIN)/codespell

test-vm: ## the tests on a real kernel's GPIO lines and keyboards, in qemu; what it needs is installed
	$(SET_UP) test
	@tests/vm/run.sh

# What reads bytes of strangers: cards, lines, keyboards, files, sockets. Most of it is there in `make test` too.
FUZZED := tests/hardware/test_camera_multipart.py \
    tests/hardware/test_wiegand.py tests/hardware/test_wiegand_pulses.py tests/hardware/test_uid.py \
    tests/hardware/test_nfc_tag.py tests/hardware/test_nfc_ndef.py tests/hardware/test_osdp_frames.py \
    tests/hardware/test_osdp_line.py tests/hardware/test_usb_typed.py tests/hardware/test_hosted_wire.py \
    tests/door/test_card_numbers.py tests/config/test_robustness.py tests/link/test_messages.py \
    tests/simulate/test_anything.py tests/api/test_fuzz_api.py

fuzz: ## the properties of whatever reads strangers' bytes, with 50 times the examples (FUZZ_FACTOR=50)
	$(SET_UP) test
	@FUZZ_FACTOR=$(or $(FUZZ_FACTOR),50) $(BIN)/pytest $(FUZZED)

coverage: ## the tests with branch coverage of the rules, which must be whole
	$(SET_UP) test
	@$(BIN)/pytest --cov

mutants: ## plant faults in the rules, one at a time: do the tests notice?
	$(SET_UP) run
	@$(BIN)/python -m tests.mutants

bench: ## measure what a badge, a store, a record and the rules cost on this machine (FACES=DIR: how faces do)
	$(SET_UP) run
	@$(BIN)/python -m $(if $(FACES),tests.bench.faces '$(FACES)' $(if $(FACE_MODELS),--models '$(FACE_MODELS)'),tests.bench)

lock: ## renew requirements.lock (UPGRADE=1: take the newest of everything)
	@echo 'Renewing requirements.lock ...'
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check '$(UV)' && \
	"$$tools/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    $(if $(UPGRADE),--upgrade) --extra pcsc --extra nfc --extra osdp --extra usb --extra pi \
	    --extra codes --extra passes --extra cards --extra fingerprint \
	    --extra face --extra face-recognition --extra opencv --extra web --extra parquet --override packaging/overrides.txt \
	    --group dev --group build --output-file requirements.lock pyproject.toml >/dev/null

# After `lock`: where both have a library, they have it at one version.
mutants-lock:
	@echo 'Renewing tests/mutants/requirements.lock ...'
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check '$(UV)' && \
	"$$tools/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make mutants-lock' \
	    $(if $(UPGRADE),--upgrade) --group mutants --constraint requirements.lock \
	    --output-file tests/mutants/requirements.lock >/dev/null

# What the bench puts beside the rules. Neither accessctl nor its tests have any of it.
bench-lock:
	@echo 'Renewing tests/bench/requirements.txt ...'
	@tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && \
	"$$tools/bin/pip" install --quiet --disable-pip-version-check '$(UV)' && \
	"$$tools/bin/uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make bench-lock' \
	    $(if $(UPGRADE),--upgrade) --output-file tests/bench/requirements.txt tests/bench/requirements.in >/dev/null

clean: ## remove .venv and everything the tools left behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage build dist
	find accessctl hardware policies tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
