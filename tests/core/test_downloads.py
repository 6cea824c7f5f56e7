"""Cells of a download are safe to open, in a spreadsheet of any country, and come back whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads import TookTooLong, csv_pieces, in_time, safe, unguarded
from customers.importing.cells import bare

if TYPE_CHECKING:
    from collections.abc import Generator

GUARDED = {
    "=1+1": "'=1+1",
    # A comma file in a spreadsheet that splits at ";", and the other way round.
    "x;=cmd|' /C calc'!A0;": "x;'=cmd|' /C calc'!A0;",
    "x,@SUM(1)": "x,'@SUM(1)",
    "x\t-1": "x\t'-1",
    # A quoted line break ends the line where the quotation mark is not known.
    "x\n+1": "x\n'+1",
    "=a;=b": "'=a;'=b",
    "x;＝1": "x;'＝1",
    # Its quotation mark is doubled in the file: an empty text, to whom a cell begins there.
    """M;"=cmd|'/C calc'!A0;""": """M;"'=cmd|'/C calc'!A0;""",
    'x,""+1': """x,""'+1""",
}


@pytest.mark.parametrize("cell", GUARDED)
def test_whatever_would_begin_a_cell_with_a_formula_is_guarded(cell: str) -> None:
    assert safe(cell) == GUARDED[cell]


@pytest.mark.parametrize(
    "cell", ["Müller, Jana", "a; b", "1-2", "a, -b", "x=1", "'s-Hertogenbosch"]
)
def test_what_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert safe(cell) == cell


@given(st.text(alphabet='a=+-@,;|\t\n"', max_size=12))
def test_the_import_takes_the_guards_off_again(cell: str) -> None:
    assert unguarded(safe(f"x{cell}")) == f"x{cell}"
    assert bare(safe(cell.strip())) == cell.strip()


def test_while_no_row_is_ready_the_server_gets_what_there_is() -> None:
    pieces = list(csv_pieces(iter([["a"], None, None, ["b"], ["c"]])))
    assert pieces == ["\ufeffa\r\n", "", "b\r\nc\r\n"]


def test_a_page_worker_serves_no_file_for_ever_and_what_it_read_is_closed(settings: Any) -> None:
    """An error ends the answer without its last chunk: browsers show no shorter file."""
    ended = []

    def made() -> Generator[str, None, None]:
        try:
            yield "a"
            yield "b"
        finally:
            ended.append("closed")

    settings.DOWNLOAD_SECONDS = 60
    assert list(in_time(csv_pieces(iter([["a"]])))) == ["\ufeffa\r\n"]
    settings.DOWNLOAD_SECONDS = 0
    pieces = in_time(made())
    with pytest.raises(TookTooLong):
        next(pieces)
    assert ended == ["closed"]
