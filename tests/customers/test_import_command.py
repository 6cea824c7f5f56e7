"""`manage.py import_customers FILE`: what it says, and how it ends."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.importing.models import Import
from customers.importing.working import steps
from customers.models import Customer
from tests.customers.import_files import FILES, many, table

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}


def test_the_command_imports_and_says_what_it_did():
    said = io.StringIO()
    call_command("import_customers", str(FILES / "current.csv"), stdout=said)
    assert said.getvalue().splitlines()[-1] == "Done: created 3, changed 0, unchanged 0, skipped 0"
    assert Customer.objects.count() == 3


def test_the_commands_dry_run_changes_nothing(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(table(JANA, {"Email": "broken"}))
    said = io.StringIO()
    call_command("import_customers", str(path), "--dry-run", stdout=said)
    assert said.getvalue().splitlines()[-2:] == [
        "Would be created 1, changed 0, unchanged 0, skipped 1",
        "Line 3: Skipped. “broken” is not an e-mail address.",
    ]
    assert (Customer.objects.count(), Import.objects.get().stage) == (0, "cancelled")


def test_the_command_refuses_with_the_same_sentences(tmp_path):
    path = tmp_path / "export.csv"
    path.write_bytes(b"Email\na@b.de\n")
    with pytest.raises(CommandError, match="the column “First Name” is missing"):
        call_command("import_customers", str(path))
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_customers", str(tmp_path / "nowhere.csv"))


@pytest.fixture
def path(tmp_path: Path, settings: Any) -> str:
    settings.IMPORT_CHUNK_ROWS = 2
    path = tmp_path / "export.csv"
    path.write_bytes(table(*many(4)))
    return str(path)


def cancel(one: Import) -> None:
    one.cancel(by=None)


def pause(one: Import) -> None:
    one.pause(by=None)


def spoil(one: Import) -> None:
    Import.objects.filter(pk=one.pk).update(attempts=Import.MAX_ATTEMPTS)


@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        (cancel, "Cancelled: see the import"),
        (pause, "Paused: see the import"),
        (spoil, "The file is not to blame"),
    ],
)
@pytest.mark.parametrize("stage", ["reading", "checking", "importing"])
def test_what_does_not_come_to_its_end_is_an_error(
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    meddle: Callable[[Import], None],
    said: str,
    stage: str,
) -> None:
    """Stopped at the desk, or given up, at whatever moment."""

    def meddled(import_id: int) -> Iterator[str]:
        for done in steps(import_id):
            if done == stage:
                meddle(Import.objects.get(pk=import_id))
            yield done

    monkeypatch.setattr("customers.importing.command.steps", meddled)
    out = io.StringIO()
    with pytest.raises(CommandError, match=said):
        call_command("import_customers", path, stdout=out)
    assert "Done" not in out.getvalue()


def test_who_cancels_it_between_check_and_start_is_told(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Import.start

    def cancelled_before(one: Import, **options: Any) -> bool:
        Import.objects.get(pk=one.pk).cancel(by=None)
        return start(one, **options)

    monkeypatch.setattr(Import, "start", cancelled_before)
    with pytest.raises(CommandError, match="Cancelled: see the import"):
        call_command("import_customers", path, stdout=io.StringIO())
    assert Customer.objects.count() == 0
