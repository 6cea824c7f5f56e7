"""Reading that brings no row ends with a sentence; what only takes long does not."""

from __future__ import annotations

import io

import pytest

from customers.importing import staging
from customers.importing.files import LINES_AT_ONCE
from customers.importing.models import Import
from customers.importing.patience import waiting
from customers.importing.problems import FileRefused, refusal_in_words
from customers.importing.workbooks import texts
from customers.importing.working import steps, work
from tests.customers.import_files import checked, many, table
from tests.customers.test_workbooks_refused import PEOPLE
from tests.customers.workbook_files import Book, Sheet, shared, worksheet

pytestmark = pytest.mark.django_db

BLANK_ROWS = "".join(f'<row r="{line}"><c/></row>' for line in range(10, 9000))
ENDLESS = "Reading has gone on for a minute without a row."


def with_blank_lines() -> bytes:
    return table(*many(3)) + b"\n" * 2 * LINES_AT_ONCE


def with_blank_rows() -> bytes:
    """Fewer than are looked at to find how wide the table is."""
    sheet = Book([Sheet(PEOPLE)], inline=True)._sheet(Sheet(PEOPLE))
    rows = sheet.partition("<sheetData>")[2].partition("</sheetData>")[0] + BLANK_ROWS
    parts: dict[str, str | bytes | None] = {"xl/worksheets/sheet1.xml": worksheet(rows)}
    return Book([Sheet(PEOPLE)], inline=True, parts=parts).content()


def uploaded(content: bytes) -> Import:
    return Import.upload(io.BytesIO(content), name="x", by=None, kind="customers", in_worker=False)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "LONGEST_WAIT", -1 - staging.LONGEST_STEP)


@pytest.mark.parametrize("made", [with_blank_lines, with_blank_rows])
def test_a_file_of_blank_rows_without_end_is_refused(made, monkeypatch) -> None:
    assert checked(made(), name="x").stage == "checked"
    one = uploaded(made())
    monkeypatch.setattr(staging, "LONGEST_WAIT", -1 - staging.LONGEST_STEP)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.failure) == ("failed", ["endless", ""])
    assert refusal_in_words(one.failure, None).startswith(ENDLESS)


def test_what_was_read_before_is_passed_over_however_long_that_takes(settings, impatient) -> None:
    settings.IMPORT_CHUNK_ROWS = LINES_AT_ONCE - 2
    one = uploaded(table(*many(LINES_AT_ONCE + 50)))
    taken = steps(one.pk)
    next(taken)
    taken.close()
    one.refresh_from_db()
    assert (one.rows_count, one.stage) == (LINES_AT_ONCE - 2, "reading")
    next(steps(one.pk))
    one.refresh_from_db()
    assert (one.rows_count, one.stage) == (LINES_AT_ONCE + 50, "reading")


def test_texts_that_are_fetched_again_and_again_are_not_for_ever(monkeypatch) -> None:
    """A row may name texts of two large blocks by turns: each cell costs as much as a block."""
    monkeypatch.setattr(texts, "HELD_BYTES", 10)
    found = texts.Texts(io.BytesIO(shared(f"<t>{at}</t>" for at in range(300)).encode()))
    assert [found[at] for at in (299, 0, 299)] == ["299", "0", "299"]
    with waiting(at_most=-1), pytest.raises(FileRefused, match="endless"):
        found[0]
    assert found[0] == "0"
    found.close()
