# make demo    the whole desk with a demo shop, on PORT (8000) and VAR_DIR (var)
# make dev     the same, starting anew whenever the code changes
# make test    the whole test suite on servers of its own
# make check   format, lint, types, layers, templates, migrations, translations, lock files
# make backup  everything but the keys, into BACKUPS (backups/); the desk may run meanwhile.
#              KEEP=14 removes all but the last 14, once the new one was read back
# make restore FROM=backups/shopdesk-…  into the empty database of DATABASE_URL
# make lock    renew the lock files after a change to requirements*.in

PYTHON ?= python3
PORT ?= 8000
VAR_DIR ?= var
export PORT VAR_DIR

RUN := .venv/bin/python
INSTALL := sh shopdesk/launcher/install.sh '$(PYTHON)'
EMBEDDED := $(RUN) -m shopdesk.launcher.embedded --
PYTEST := TESTING=1 $(EMBEDDED) $(RUN) -m pytest -q

.PHONY: demo dev test test-main test-browser test-faults check format lock install install-dev backup restore

demo:
	@$(INSTALL) && exec $(RUN) manage.py up --demo --end-with-parent

dev:
	@$(INSTALL) --dev && exec $(RUN) manage.py up --demo --reload --end-with-parent

install:
	@$(INSTALL)

install-dev:
	@$(INSTALL) --dev

BACKUPS ?= backups

backup: install
	@$(RUN) manage.py backup "$(BACKUPS)" $(if $(KEEP),--keep "$(KEEP)")

restore: install
	@test -n "$(FROM)" || { echo "Which backup? make restore FROM=backups/shopdesk-…"; exit 2; }
	@$(RUN) manage.py restore "$(FROM)"

# Each part in a process of its own, and all of them even when one fails. MAIN_ON names servers that
# are there already ("DATABASE_URL=… REDIS_URL=…") for the first; the others start their own.
MAIN_ON ?=
test: install-dev
	@$(MAKE) --no-print-directory --keep-going test-main test-browser test-faults

test-main: install-dev
	$(MAIN_ON) $(PYTEST) -n 2 --ignore tests/browser --ignore tests/faults

test-browser: install-dev
	$(PYTEST) -n 2 --dist loadfile tests/browser

test-faults: install-dev
	$(PYTEST) -n 4 --dist loadfile tests/faults

check: install-dev
	@PATH="$(CURDIR)/.venv/bin:$$PATH" $(RUN) -m shopdesk.launcher.checks

format: install-dev
	$(RUN) -m ruff format .
	$(RUN) -m ruff check --fix .

lock: install-dev
	@$(RUN) -m shopdesk.launcher.checks lock
