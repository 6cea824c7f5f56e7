"""Files that are refused at once: the page says why in one sentence, and keeps nothing of them."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from typing import TYPE_CHECKING, Any

import pytest

from tests.customers import import_files as customers
from tests.malformed.seen import Desk, added, send_file, tables
from tests.orders import import_files as orders
from tests.products import import_files as products

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

CUSTOMERS = customers.table({"First Name": "Jana", "Email": "jana@example.de"})
ORDERS = orders.table(orders.order())
COLUMNS = CUSTOMERS.splitlines(keepends=True)[0]
ORDER_COLUMNS = ORDERS.splitlines(keepends=True)[0]
PRODUCT_COLUMNS = ",".join(products.HANDLE_2021).encode()
WIDE = b",".join(b"column %d" % number for number in range(10_000))
NOISE = bytes(range(256)) * 40
LOGIN = b"""\xef\xbb\xbf
<!DOCTYPE html>
<html><head><title>Log in</title></head>
<body><form action="/login"><input name="email">, <input name="password"></form></body></html>
"""
PEOPLE = [{"id": 1, "email": "jana@example.de", "first_name": "Jana"}]

EMPTY = "The file is empty."
NO_ROWS = "The file has a first line with column names, but no rows below it."
OLD_WORKBOOK = (
    "ShopDesk does not read .xls. Save it as an Excel workbook (.xlsx) or as CSV (UTF-8)."
)
PACKED = "This is a packed file. Unpack it and choose the CSV file or workbook inside."
NOT_TEXT = "This is not a text file. Choose the CSV file that the shop has exported."
NO_TABLE = "This is no table with rows and columns. Choose a CSV file or an Excel workbook."
WEB_PAGE = (
    "This is a web page, not a CSV file. Perhaps the shop asked for a sign-in: sign in there,"
    " and download the file again."
)
NOT_CUSTOMERS = "This is not an export of customers: the column “%s” is missing."
NOT_ORDERS = "This is not an export of orders: the column “%s” is missing."
BROKEN_BYTES = "The file holds bytes that are not text."
OPEN_QUOTE = "Line %d: A quotation mark is opened and never closed."
STRAY_QUOTE = "Line %d: A quotation mark stands where none belongs."
LONG_CELL = "Line %d: A cell is too long. Perhaps a quotation mark is opened and never closed."
LONG_LINE = "Line %d: A line is too long. Perhaps this is not a CSV file."
NAMES = "The first line has to name the columns, but one of its cells has more than 255 letters."

REFUSED: dict[str, tuple[bytes, str]] = {
    # Nothing in it
    "empty": (b"", EMPTY),
    "a BOM alone": (b"\xef\xbb\xbf", EMPTY),
    "a BOM of UTF-16 alone": (b"\xff\xfe", EMPTY),
    "white space": (b" \r\n\r\n\t ", EMPTY),
    "NULs alone": (b"\0" * 5000, EMPTY),
    "a separator's name alone": (b"sep=;\r\n", EMPTY),
    "customers' columns alone": (COLUMNS, NO_ROWS),
    "orders' columns alone": (ORDER_COLUMNS, NO_ROWS),
    "products' columns alone": (PRODUCT_COLUMNS + b"\r\n", NO_ROWS),
    "blank rows alone": (COLUMNS + b",,,\r\n" * 5, NO_ROWS),
    # No table at all
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", NOT_TEXT),
    "a picture": (b"\x89PNG\r\n\x1a\n" + NOISE, NOT_TEXT),
    "noise": (NOISE, NOT_TEXT),
    "a letter of a word processor": (b"{\\rtf1\\ansi, Dear\n{\\b, Jana}}\n", NOT_TEXT),
    "a tape archive": (b"customers.csv" + b"\0" * 500 + CUSTOMERS, BROKEN_BYTES),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + NOISE, OLD_WORKBOOK),
    "packed by gzip": (gzip.compress(CUSTOMERS), PACKED),
    "packed by bzip2": (bz2.compress(CUSTOMERS), PACKED),
    "packed by xz": (lzma.compress(CUSTOMERS), PACKED),
    "packed by zstd": (b"\x28\xb5\x2f\xfd" + NOISE, PACKED),
    "packed by 7-Zip": (b"7z\xbc\xaf\x27\x1c" + NOISE, PACKED),
    "a page to sign in, saved as CSV": (LOGIN, WEB_PAGE),
    "XML": (b'<?xml version="1.0"?>\n<customers>,</customers>\n', WEB_PAGE),
    "JSON in one line": (json.dumps({"customers": PEOPLE}).encode(), NO_TABLE),
    "JSON in many lines": (json.dumps(PEOPLE, indent=2).encode(), NO_TABLE),
    "a mail": (b"From: a@b.de\nSubject: Customers\n\nDear all\n", NOT_CUSTOMERS % "Email"),
    "a calling card": (b"BEGIN:VCARD\nN:M\xc3\xbcller;Jana\n", NOT_CUSTOMERS % "Email"),
    # Letters
    "UTF-16 cut off in the middle": (
        ("\ufeff" + CUSTOMERS.decode()).encode("utf-16-le")[:301],
        BROKEN_BYTES,
    ),
    "UTF-32 cut off in the middle": (CUSTOMERS.decode().encode("utf-32")[:302], BROKEN_BYTES),
    "a NUL in a column's name": (COLUMNS.replace(b"Note", b"No\0te") + b"1,A\r\n", NOT_TEXT),
    # Quotes and lengths
    "a quote that opens the file": (b'"', OPEN_QUOTE % 1),
    "a quote open in the columns": (b'Email,"First Name\na@b.de,A\n', OPEN_QUOTE % 1),
    "a quote open at the end": (COLUMNS + b'1,"Jana', OPEN_QUOTE % 2),
    "a quote astray": (COLUMNS + b'1,"Ja"na\r\n', STRAY_QUOTE % 2),
    "a quote astray in an order": (ORDER_COLUMNS + b'#1,"a"b\r\n', STRAY_QUOTE % 2),
    "a cell of 200 kB": (COLUMNS + b"1," + b"x" * 200_000 + b"\r\n", LONG_CELL % 2),
    "a column's name of 200 kB": (b"x" * 200_000 + b",Email\r\n1,2\r\n", LONG_CELL % 1),
    "a column's name of 300 letters": (COLUMNS.replace(b"Note", b"N" * 300) + b"1\r\n", NAMES),
    "a line without an end": (COLUMNS + b"x," * 600_000, LONG_LINE % 2),
    "a first line without an end": (b"x," * 600_000, LONG_LINE % 1),
    "10,000 columns": (WIDE + b"\r\n1,2\r\n", "The file has more than 800 columns."),
    "10,000 columns beside ours": (
        COLUMNS.strip() + b"," + WIDE + b"\r\n1,2\r\n",
        "The file has more than 800 columns.",
    ),
    # Columns
    "a column twice": (
        b"Email,First Name,EMAIL\r\na@b.de,A,\r\n",
        "The column “EMAIL” is there twice.",
    ),
    "a column of orders twice": (
        ORDER_COLUMNS.replace(b"Notes", b"Total") + b"#1\r\n",
        "The column “Total” is there twice.",
    ),
    "a column of products twice": (
        PRODUCT_COLUMNS.replace(b",Vendor,", b",Title,") + b"\r\nmill,Mill\r\n",
        "The column “Title” is there twice.",
    ),
    "a column of no addresses": (b"Shelf\r\nA 7\r\n", NOT_CUSTOMERS % "Email"),
    "no column of totals": (
        ORDER_COLUMNS.replace(b",Total,", b",Sum,") + b"#1\r\n",
        NOT_ORDERS % "Total",
    ),
    "no column of items": (
        ORDER_COLUMNS.replace(b"Lineitem name", b"Lineitem title") + b"#1\r\n",
        NOT_ORDERS % "Lineitem name",
    ),
    "columns divided by colons": (CUSTOMERS.replace(b",", b":"), NAMES),
    "prose": (b"Dear Sir or Madam\nhow are you\n", NOT_CUSTOMERS % "Email"),
}  # fmt: skip


def test_each_is_refused_in_one_sentence_and_nothing_of_it_is_kept(owner: User) -> None:
    desk, before = Desk(owner), tables()
    told, kept = {}, {}
    for name, (content, _sentence) in REFUSED.items():
        told[name] = desk.told(send_file(content))
        kept |= {name: more} if (more := added(before)) else {}
    assert told == {name: (422, [sentence]) for name, (_content, sentence) in REFUSED.items()}
    assert kept == {}


def test_a_file_larger_than_may_be_is_refused(owner: User, settings: Any) -> None:
    """As one line of a gigabyte is: by its size, before anybody looks for its end."""
    settings.IMPORT_SIZE_LIMIT = 2_000_000
    desk, before = Desk(owner), tables()
    told = desk.told(send_file(b"x" * 2_000_001))
    assert told == (422, ["The file is larger than 2 MB."])
    assert added(before) == {}
