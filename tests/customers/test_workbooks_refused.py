"""Workbooks that nobody should have written: each is refused in a sentence, and soon."""

from __future__ import annotations

import io
import re
import struct
import time
import zipfile
from collections.abc import Callable
from typing import BinaryIO

import pytest

from customers.importing.problems import FileRefused, refusal_in_words
from customers.importing.reading import read_rows, recognise
from tests.customers.import_files import opener
from tests.customers.workbook_files import (
    MAIN,
    Book,
    Raw,
    Sheet,
    relations,
    workbook,
    worksheet,
)

PEOPLE = [["First Name", "Email"], ["Jana", "jana@example.de"]]
GOOD = workbook(*PEOPLE)
SHEET = GOOD.index(b"xl/worksheets/sheet1.xml") + 30
DAMAGED = "The workbook is damaged. Open it in the spreadsheet program, save it, and try again."
OTHER = "ShopDesk does not read %s. Save it as an Excel workbook (.xlsx) or as CSV (UTF-8)."
LOCKED = "The workbook is locked with a password. Save it without one."
PACKED = "This is a packed file. Unpack it and choose the CSV file or workbook inside."
NO_TABLE = "This is no table with rows and columns. Choose a CSV file or an Excel workbook."
BOMB = (
    "The workbook holds next to nothing and swells to a great size when it is unpacked. Copy the"
    " table into a new workbook, or save it as CSV (UTF-8)."
)
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def packed(parts: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def with_part(name: str, part: str | bytes | None) -> bytes:
    return Book([Sheet(PEOPLE)], parts={name: part}).content()


def with_sheet(part: str | bytes) -> bytes:
    return with_part("xl/worksheets/sheet1.xml", part)


def with_cell(cell: str) -> bytes:
    return workbook(*PEOPLE, ["Emil", Raw(cell)])


def said(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def ole(*names: str) -> bytes:
    """A container of the old kind, as far as its directory."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[30:32], header[48:52] = struct.pack("<H", 9), struct.pack("<I", 1)
    return bytes(header) + b"\0" * 512 + b"".join(_entry(name) for name in names)


def _entry(name: str) -> bytes:
    return name.encode("utf-16-le").ljust(128, b"\0")


def locked_part() -> bytes:
    """The flag of each part says that it is encrypted."""
    return re.sub(rb"(PK\x01\x02.{4})\x00\x00", b"\\1\x01\0", GOOD, flags=re.DOTALL)


def another_method() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(content, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name), zipfile.ZIP_LZMA)
    return content.getvalue()


def wrong_sum() -> bytes:
    """One byte of a part that is stored as it is differs from what was packed."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(content, "w") as archive:
        for name in good.namelist():
            archive.writestr(name, good.read(name))
    return content.getvalue().replace(b"jana@example.de", b"jena@example.de")


REFUSED: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    # Other containers, and other things in this one
    "an old workbook": (ole("Root Entry", "Workbook"), OTHER % ".xls"),
    "one that is locked": (ole("Root Entry", "EncryptionInfo", "EncryptedPackage"), LOCKED),
    "the head of an old one": (b"\xd0\xcf\x11\xe0", OTHER % ".xls"),
    "OpenDocument": (
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
        OTHER % ".ods",
    ),
    "Numbers": (packed({"Index/Document.iwa": b"x"}), OTHER % ".numbers"),
    "a binary workbook": (
        packed({"[Content_Types].xml": "", "xl/workbook.bin": b"x"}),
        OTHER % ".xlsb",
    ),
    "a letter": (
        packed(
            {
                "[Content_Types].xml": "",
                "_rels/.rels": relations([("word/document.xml", "officeDocument")]),
                "word/document.xml": f'<w:document xmlns:w="{MAIN}"/>',
            }
        ),
        NO_TABLE,
    ),
    "another package": (packed({"[Content_Types].xml": ""}), NO_TABLE),
    "a packed CSV": (packed({"customers.csv": "Email"}), PACKED),
    "an empty archive": (packed({}), PACKED),
    # Damage
    "half of it": (GOOD[: len(GOOD) // 2], DAMAGED),
    "its first bytes": (GOOD[:4], DAMAGED),
    "noise in the middle": (GOOD[:SHEET] + b"\xff" * 40 + GOOD[SHEET + 40 :], DAMAGED),
    "a wrong sum": (wrong_sum, DAMAGED),
    "parts that are encrypted": (locked_part, LOCKED),
    "a method of packing that nobody uses": (another_method, DAMAGED),
    "a sheet that is missing": (with_part("xl/worksheets/sheet1.xml", None), DAMAGED),
    "texts that are missing": (with_part("xl/sharedStrings.xml", None), DAMAGED),
    "a sheet that ends in the middle": (with_sheet(worksheet("<row>")[:-30]), DAMAGED),
    "no XML": (with_sheet(b"\x00\x01\x02"), DAMAGED),
    "an encoding that is none": (with_sheet('<?xml version="1.0" encoding="x"?><a/>'), DAMAGED),
    "a text beyond the table": (with_cell('<c {at} t="s"><v>99</v></c>'), DAMAGED),
    "a text before the table": (with_cell('<c {at} t="s"><v>-1</v></c>'), DAMAGED),
    "a text without a number": (with_cell('<c {at} t="s"><v>x</v></c>'), DAMAGED),
    "rows backwards": (with_sheet(worksheet('<row r="2"/><row r="1"/>')), DAMAGED),
    "a row beyond the last": (with_sheet(worksheet('<row r="1048577"/>')), DAMAGED),
    "a row within a row": (with_sheet(worksheet("<row><row/></row>")), DAMAGED),
    "a cell within a cell": (with_sheet(worksheet("<row><c><c/></c></row>")), DAMAGED),
    "a column beyond the last": (with_cell('<c r="XFE3"><v>1</v></c>'), DAMAGED),
    "a column of no letters": (with_cell('<c r="3"><v>1</v></c>'), DAMAGED),
    "a column of other letters": (with_cell('<c r="Ä3"><v>1</v></c>'), DAMAGED),
    # Traps
    "laughs in a sheet": (with_sheet(LAUGHS + worksheet("<row/>")[38:]), DAMAGED),
    "laughs in the texts": (with_part("xl/sharedStrings.xml", LAUGHS + "<sst/>"), DAMAGED),
    "laughs in the styles": (with_part("xl/styles.xml", LAUGHS + "<styleSheet/>"), DAMAGED),
    "a file from outside": (with_part("xl/workbook.xml", OUTSIDE + "<workbook/>"), DAMAGED),
    "elements without end": (with_sheet(worksheet("<x>" * 10**5)), DAMAGED),
    "texts without end": (with_part("xl/sharedStrings.xml", "<sst>" + "<r>" * 10**5), DAMAGED),
    "styles without end": (with_part("xl/styles.xml", "<x>" * 10**5), DAMAGED),
    "a tag of two megabytes": (with_sheet(f'<worksheet a="{"x" * 2_000_000}"/>'), DAMAGED),
    "a cell of 200,000 letters": (
        with_cell(f'<c {{at}} t="inlineStr"><is><t>{"x" * 200_000}</t></is></c>'),
        "Row 3: A cell is too long.",
    ),
    "a shared text of 200,000 letters": (
        workbook(*PEOPLE, ["x" * 200_000]),
        "A cell is too long.",
    ),
    "a row of two million letters": (
        with_sheet(worksheet(f"<row>{said('x' * 100_000) * 20}</row>")),
        "Row 1: A row is too long.",
    ),
    # Nothing in it
    "no rows": (workbook(), "The file is empty."),
    "a first row alone": (
        workbook(PEOPLE[0]),
        "The file has a first line with column names, but no rows below it.",
    ),
    "all sheets hidden": (
        Book([Sheet(PEOPLE, state="hidden"), Sheet([], name="B")]).content(),
        "None of the workbook's sheets has rows. Hidden sheets are not read.",
    ),
    "a name in the last column": (
        with_sheet(worksheet('<row><c r="A1" t="str"><v>a</v></c><c r="XFD1"><v>1</v></c></row>')),
        "The file has more than 800 columns.",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_a_person_reads(content: bytes | Callable[[], bytes], sentence: str) -> None:
    made = content() if callable(content) else content
    begun = time.process_time()
    with pytest.raises(FileRefused) as refused:
        _read_all(opener(made))
    assert refusal_in_words(refused.value.problem, refused.value.line) == sentence
    assert time.process_time() - begun < 2


def _read_all(open_file: Callable[[], BinaryIO]) -> None:
    list(read_rows(open_file, recognise(open_file, "customers").shape, country="DE"))
