"""However large a workbook is, or swells: little of it is in memory, and traps are told soon."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc

import pytest

from customers.importing.problems import FileRefused, refusal_in_words
from customers.importing.reading import first_records, read_rows, recognise
from customers.importing.workbooks import container, texts, xml
from tests.customers.import_files import CURRENT, many, opener
from tests.customers.test_workbooks_refused import BOMB, DAMAGED, PEOPLE, with_part
from tests.customers.workbook_files import Book, Sheet, shared, workbook, worksheet

SHEET = "xl/worksheets/sheet1.xml"


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        recognise(opener(content))
    return refusal_in_words(refused.value.problem, refused.value.line)


def test_what_swells_when_it_is_unpacked_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    blank = worksheet(" " * 40_000_000)
    tracemalloc.start()
    content = with_part(SHEET, blank)
    del blank
    tracemalloc.reset_peak()
    assert refusal(content) == BOMB
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()
    monkeypatch.setattr(container, "MOST_TEXTS", 1000)
    large = with_part("xl/sharedStrings.xml", "<sst>" + " " * 2000)
    assert refusal(large).startswith("Unpacked, the workbook is larger than 0 MB.")


def test_a_directory_of_a_million_names_is_not_read() -> None:
    """Two megabytes of names would become a hundred in memory."""
    entry = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\1\2", *[20, 0, 20, 0], *[0] * 4, 0, 0, 0, 1, *[0] * 6
    )
    directory = (entry + b"x") * 50_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 50_000, 50_000, len(directory), 4, 0)
    tracemalloc.start()
    assert refusal(b"PK\3\4" + directory + end) == DAMAGED
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_a_million_empty_rows_with_a_format_are_no_table_and_soon_told() -> None:
    rows = "".join(
        f'<row r="{line}" s="1"><c r="A{line}" s="1"/></row>' for line in range(1, 700_000)
    )
    begun = time.process_time()
    assert refusal(with_part(SHEET, worksheet(rows))) == "The file is empty."
    assert time.process_time() - begun < 5


def test_rows_behind_many_empty_ones_are_found_once_the_table_has_begun() -> None:
    rows = [*PEOPLE, ["Emil", "emil@example.de"]]
    content = Book([Sheet(rows, lines=[1, 2, 1_000_000])]).content()
    open_file = opener(content)
    read = read_rows(open_file, recognise(open_file).shape, country="DE")
    assert [(row.line, getattr(row, "email")) for row in read] == [  # noqa: B009 -- a customer's
        (2, "jana@example.de"),
        (1_000_000, "emil@example.de"),
    ]


def test_ten_times_as_many_rows_and_texts_take_no_more_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(texts, "HELD_BYTES", 20_000)
    monkeypatch.setattr(xml, "PIECE", 4096)

    def peak(count: int) -> int:
        rows = [[person.get(name) for name in CURRENT] for person in many(count)]
        open_file = opener(workbook(CURRENT, *rows))
        del rows
        shape = recognise(open_file).shape
        tracemalloc.start()
        assert sum(1 for _row in read_rows(open_file, shape, country="DE")) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(400)
    assert peak(5000) < 1.5 * peak(500)


def test_a_cell_far_to_the_right_makes_no_row_as_wide_as_the_sheet() -> None:
    """One alone; or errors of formulas without end, each behind the one before."""
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in CURRENT)
    near = "<row><c><v>7</v></c></row>" * 20
    far = "".join(f'<row><c r="XFD{line}"><v>1</v></c></row>' for line in range(22, 5000))
    errors = "<row>" + '<c t="e"/>' * 100_000 + "</row>"
    content = with_part(SHEET, worksheet(f"<row>{head}</row>{near}{far}{errors}"))
    open_file = opener(content)
    shape = recognise(open_file).shape
    tracemalloc.start()
    count = sum(1 for _row in read_rows(open_file, shape, country="DE"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, peak < 30_000_000) == (4999, True)


def test_texts_in_any_order_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "HELD_BYTES", 5000)
    table = io.BytesIO(shared(f"<t>text {number}</t>" for number in range(3000)).encode())
    found = texts.Texts(table)
    for number in (2999, 0, 1500, 255, 256, 2999, 7):
        assert found[number] == f"text {number}"
    for number in (3000, -1):
        with pytest.raises(LookupError):
            found[number]
    found.close()


def test_the_first_rows_are_shown_without_reading_the_others() -> None:
    read: list[int] = []
    rows = [[person.get(name) for name in CURRENT] for person in many(8000)]
    content = workbook(CURRENT, *rows)
    shape = recognise(opener(content)).shape

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            read.append(len(piece))
            return piece

    assert len(first_records(lambda: Counted(content), shape, 3)) == 4
    assert sum(read) < len(content) / 3
