"""No bytes whatsoever do worse than being refused: not in the container, nor in any part of it."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.importing.problems import FileRefused
from customers.importing.reading import read_rows, recognise
from tests.customers.import_files import opener
from tests.customers.workbook_files import Book, Sheet, styled

ROWS = [["First Name", "Email"], ["Jana", "jana@example.de"], ["Emil", 4915112345678.5]]
GOOD = Book([Sheet(ROWS), Sheet(ROWS, name="B")], styles=styled(14, "0%", "00000")).content()
PARTS = [
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
]
CHANGES = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(0, 3), st.binary(max_size=4)),
    min_size=1,
    max_size=4,
)


def changed(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """At each place some bytes go and others come."""
    for at, gone, come in changes:
        place = at % (len(content) + 1)
        content = content[:place] + come + content[place + gone :]
    return content


def read(content: bytes) -> None:
    open_file = opener(content)
    with suppress(FileRefused):
        rows = list(read_rows(open_file, recognise(open_file, "customers").shape, country="DE"))
        assert all(row.line > 1 for row in rows)


@given(CHANGES)
@settings(max_examples=400, deadline=None)
def test_a_container_of_any_bytes(changes: list[tuple[int, int, bytes]]) -> None:
    read(changed(GOOD, changes))


@pytest.mark.parametrize("part", PARTS)
@given(changes=CHANGES)
@settings(max_examples=80, deadline=None)
def test_parts_of_any_bytes(part: str, changes: list[tuple[int, int, bytes]]) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(content, "w") as archive:
        for name in good.namelist():
            whole = good.read(name)
            archive.writestr(name, changed(whole, changes) if name == part else whole)
    read(content.getvalue())
