"""Files that begin well and break off further down: taken in, read, and refused as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Stage
from tests.customers import import_files as customers
from tests.malformed.seen import Desk, added, last_import, page_of, read, send_file, tables
from tests.orders import import_files as orders

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

CUSTOMERS = customers.table(*customers.many(6))
ORDERS = orders.table(*(orders.order(Name=f"#{number}") for number in range(1, 7)))
UTF_16 = ("\ufeff" + CUSTOMERS.decode()).encode("utf-16-le")

BROKEN_BYTES = "The file holds bytes that are not text."
LONG_CELL = "Line 8: A cell is too long. Perhaps a quotation mark is opened and never closed."
OPEN_QUOTE = "Line 8: A quotation mark is opened and never closed."
STRAY_QUOTE = "Line 8: A quotation mark stands where none belongs."
LONG_LINE = "Line 8: A line is too long. Perhaps this is not a CSV file."

BROKEN: dict[str, tuple[bytes, str]] = {
    "customers: a quote open at the end": (CUSTOMERS + b'1,"Jana', OPEN_QUOTE),
    "customers: a quote open in the middle": (
        CUSTOMERS + b'1,"Jana,x\r\n' + b"2,Ben\r\n" * 30_000,
        LONG_CELL,
    ),
    "customers: a quote astray": (CUSTOMERS + b'1,"Ja"na"\r\n', STRAY_QUOTE),
    "customers: a cell of 200 kB": (CUSTOMERS + b"x" * 200_000, LONG_CELL),
    "customers: a line without an end": (CUSTOMERS + b"x," * 600_000, LONG_LINE),
    "customers: UTF-16 cut off within a letter": (UTF_16[:-1], BROKEN_BYTES),
    "orders: a quote open at the end": (ORDERS + b'#7,"jana', OPEN_QUOTE),
    "orders: a quote astray": (ORDERS + b'#7,"ja"na\r\n', STRAY_QUOTE),
    "orders: a cell of 200 kB": (ORDERS + b"#7," + b"x" * 200_000, LONG_CELL),
    "orders: a line without an end": (ORDERS + b"x," * 600_000, LONG_LINE),
}
# Who sent a file of which name and when; not one row of it, and no file that may hold people.
KEPT = {"customers_import": 1, "shop_storedfile": 1}
TOLD_OF = ["import.uploaded", "import.failed"]


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_refused_as_a_whole_and_nothing_of_its_rows_is_kept(
    owner: User, settings: Any, name: str
) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    content, sentence = BROKEN[name]
    desk, before = Desk(owner), tables()
    assert send_file(content)(desk.english).status_code == 302
    one = last_import()
    told = desk.told(lambda client: client.get(page_of(one)))
    notice = f"{sentence} Nothing was imported."
    assert (told.status, told.sentences[-1], one.rows_count >= 4) == (200, notice, True)
    more = added(before)
    events = more.pop("events_event")
    assert (more, events) == (KEPT, len(TOLD_OF))


FINE: dict[str, tuple[bytes, int]] = {
    "cp1252": (CUSTOMERS.decode().encode("cp1252"), 6),
    "latin-1 with semicolons": (CUSTOMERS.decode().replace(",", ";").encode("latin-1"), 6),
    "UTF-32": (CUSTOMERS.decode().encode("utf-32"), 6),
    "divided by bars": (CUSTOMERS.replace(b",", b"|"), 6),
    "surplus delimiters": (CUSTOMERS.replace(b"\r\n", b",,,\r\n"), 6),
    "blank lines between": (CUSTOMERS.replace(b"\r\n", b"\r\n\r\n"), 6),
    "no line end at the end": (CUSTOMERS.rstrip(), 6),
}


@pytest.mark.parametrize("name", FINE)
def test_what_only_looks_odd_is_read_all_the_same(owner: User, name: str) -> None:
    content, rows = FINE[name]
    desk = Desk(owner)
    send_file(content)(desk.english)
    one = last_import()
    assert (one.stage, one.created_count, one.skipped_count) == (Stage.CHECKED, rows, 0)
    shown = read(desk.english.get(page_of(one)))
    assert "The file was checked. Nothing has changed yet." in shown
