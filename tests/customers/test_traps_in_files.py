"""Files that were made to take hours or all memory: told, or read, in a moment."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

import pytest

from customers.importing import staging
from customers.importing.files import find_encoding
from customers.importing.models import Import
from customers.importing.of_customers.rows import CustomerRow
from customers.importing.problems import FileRefused
from customers.importing.reading import first_records, read_rows, recognise
from customers.importing.workbooks import reading, texts
from customers.importing.working import steps
from tests.customers.import_files import many, opener, table
from tests.customers.test_workbooks_refused import PEOPLE, with_part, with_sheet
from tests.customers.workbook_files import (
    Book,
    Cell,
    Raw,
    Sheet,
    relations,
    shared,
    styled,
    workbook,
    worksheet,
)

LONG = "x" * 100_000


@contextmanager
def soon() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 3


def refused(content: bytes) -> tuple[str, int | None]:
    with pytest.raises(FileRefused) as error, soon():
        recognise(opener(content))
    return error.value.problem.code, error.value.line


def test_a_row_that_goes_on_over_all_lines_of_the_file_is_not_held() -> None:
    content = b'Email,First Name\na@b.de,A\n"' + b'\n xx","' * 4_000_000 + b'"\n'
    tracemalloc.start()
    opened = opener(content)
    shape = recognise(opened).shape
    with pytest.raises(FileRefused) as error, soon():
        first_records(opened, shape, 10)
    assert (error.value.problem.code, error.value.line) == ("long_line", 3)
    assert tracemalloc.get_traced_memory()[1] < 150_000_000
    tracemalloc.stop()


def test_the_first_odd_letter_may_stand_at_the_end_of_a_large_file() -> None:
    content = b"x" * 60_000_000 + "\nGrüße aus Köln, Straße".encode("mac_roman")
    with soon():
        assert find_encoding(opener(content)) == "mac_roman"


@pytest.mark.parametrize("code", ["[" * 1_000_000, "0" * 1_000_000])
def test_a_format_is_no_longer_than_one_can_be(code: str) -> None:
    rows = [*PEOPLE, ["Emil", Raw('<c {at} s="1"><v>7</v></c>')]]
    content = Book([Sheet(rows)], styles=styled(code)).content()
    with soon():
        opened = opener(content)
        last = first_records(opened, recognise(opened).shape, 2)[-1]
    assert last.cells[1] == "7".zfill(255 if code[0] == "0" else 0)


def test_a_long_text_counts_for_each_cell_that_names_it() -> None:
    assert refused(workbook(*PEOPLE, [LONG] * 11)) == ("long_row", 3)


def test_of_an_error_without_end_a_part_is_told() -> None:
    row = ["Emil", Raw(f'<c {{at}} t="e"><v>{LONG}</v></c>')]
    opened = opener(workbook(*PEOPLE, row))
    last = first_records(opened, recognise(opened).shape, 2)[-1]
    assert (last.cells, last.errors) == (["Emil", ""], ((1, "x" * 40),))


def test_letters_of_a_column_without_end() -> None:
    row = f'<row r="1"><c r="{"A" * 900_000}1"><v>1</v></c></row>'
    assert refused(with_sheet(worksheet(row))) == ("workbook_damaged", None)


def test_a_workbook_of_a_million_relations() -> None:
    needed = [("worksheets/sheet1.xml", "worksheet"), ("sharedStrings.xml", "sharedStrings")]

    def with_themes(count: int) -> bytes:
        told = relations([*needed, *[("theme.xml", "theme")] * count])
        return with_part("xl/_rels/workbook.xml.rels", told)

    assert recognise(opener(with_themes(1))).shape.sheet == "Sheet1"
    assert refused(with_themes(10_001)) == ("workbook_damaged", None)


def test_empty_sheets_are_looked_at_up_to_a_size_of_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = [Sheet([], name=f"Sheet{number}") for number in range(3)]
    content = Book([*empty, Sheet(PEOPLE, name="People")]).content()
    assert recognise(opener(content)).shape.sheet == "People"
    monkeypatch.setattr(reading, "ALL_BEGINNINGS", 2 * len(worksheet("")))
    assert refused(content) == ("no_sheet", None)


def test_too_long_a_text_is_not_carried_along() -> None:
    opened = opener(table({"First Name": LONG, "Note": LONG}))
    (row,) = read_rows(opened, recognise(opened).shape, country="DE")
    assert isinstance(row, CustomerRow)
    assert (len(row.first_name), len(row.note), row.is_usable) == (100, 5000, False)


@pytest.mark.django_db
def test_rows_that_are_laborious_to_read_are_taken_in_by_fewer_a_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "LONGEST_STEP", -1)
    one = Import.upload(io.BytesIO(table(*many(3))), name="x.csv", by=None, in_worker=False)
    assert list(islice(steps(one.pk), 4)) == ["reading"] * 4
    one.refresh_from_db()
    assert (one.rows_count, one.stage) == (3, "checking")


FAR = Raw('<c {at} t="s"><v>10000</v></c>')


def with_far_texts(*rows: list[Cell]) -> bytes:
    """FAR names a text that stands behind ten thousand others."""
    table = shared(f"<t>{at}</t>" for at in range(10_000))
    table = table.replace("</sst>", "<si><t>far</t></si></sst>")
    parts: dict[str, str | bytes | None] = {"xl/sharedStrings.xml": table}
    return Book([Sheet(rows)], inline=True, parts=parts).content()


def test_whoever_waits_for_the_first_rows_does_not_wait_for_far_texts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever takes the rows in does."""
    opened = opener(with_far_texts(["Last Name", "Email"], [FAR, "jana@example.de"]))
    assert first_records(opened, recognise(opened).shape, 1)[1].cells[0] == "far"
    monkeypatch.setattr(texts, "BEGINNING", 1 << 16)
    shape = recognise(opened).shape
    assert first_records(opened, shape, 1)[1].cells == ["…", "jana@example.de"]
    (row,) = read_rows(opened, shape, country="DE")
    assert isinstance(row, CustomerRow)
    assert row.last_name == "far"


def test_names_of_columns_are_not_far(monkeypatch: pytest.MonkeyPatch) -> None:
    content = with_far_texts([FAR, "Last Name", "Email"], ["", "Jana", "jana@example.de"])
    assert recognise(opener(content)).layout
    monkeypatch.setattr(texts, "BEGINNING", 1 << 16)
    assert refused(content) == ("far_names", None)


def test_a_number_that_no_text_has_is_no_far_text() -> None:
    content = with_far_texts(["Last Name", "Email"], [Raw(FAR.replace("10000", "10001")), "a@b.de"])
    assert refused(content) == ("workbook_damaged", None)


def test_texts_are_read_once_however_many_sheets_name_the_last_of_them() -> None:
    """Empty texts make no row, so each sheet is looked at."""
    cell = Raw('<c {at} t="s"><v>299999</v></c>')
    empty = [Sheet([[cell]], name=f"Sheet{number}") for number in range(40)]
    table = shared("<t>x</t>" for _ in range(299_999)).replace("</sst>", "<si/></sst>")
    content = Book(
        [*empty, Sheet(PEOPLE, name="People")],
        inline=True,
        parts={"xl/sharedStrings.xml": table},
    ).content()
    with soon():
        assert recognise(opener(content)).shape.sheet == "People"
