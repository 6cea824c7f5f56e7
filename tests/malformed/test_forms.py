"""Forms sent with what none of their pages offers: a sentence, and everything as it was."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.importing.models import Import, Stage
from customers.models import Customer
from lists.models import ColumnChoice, SavedView
from tests.customers.import_files import imported, table
from tests.factories.customers import CustomerFactory
from tests.malformed.seen import IMPORTS, Desk, added, page_of, send_file, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

CUSTOMERS, BULK = "/admin/customers/", "/admin/customers/bulk-changes/new/"
VIEWS, COLUMNS = "/admin/lists/customer/views/", "/admin/lists/customer/columns/"
EXPORTS = "/admin/customers/exports/"
JANA = table({"First Name": "Jana", "Email": "jana@example.de"})
UNKNOWN = b"Who,Mail,Mail,,\r\nJana,jana@example.de,x,1,2\r\n"

REACH = "Say which column holds the e-mail address or the phone number."
NO_CHOICE = "Select a valid choice. {} is not one of the available choices."
NOTHING = "This field is required."
NUL = "Null characters are not allowed."
UNREADABLE = "Part of the selection could not be read. Choose again in the list."
NOBODY = "Tick customers in the list first."
NO_TAG = "A tag has between 1 and 255 letters."
SENSELESS = "This request makes no sense to us"
ALL = {"kind": "tag", "tag": "New", "all_matching": "1"}
# Where, what is sent there, and the sentence; `ID` is a customer that exists.
ID = object()
Case = tuple[str, dict[str, Any], str]
MAPPING: dict[str, Case] = {
    "nothing chosen": ("mapping", {}, REACH),
    "no way to reach anybody": ("mapping", {"column_0": "full_name"}, REACH),
    "one thing in two columns": (
        "mapping",
        {"column_0": "email", "column_1": "city", "column_2": "city"},
        "Two columns cannot both hold: City",
    ),
    "nobody reached by a column without a name": ("mapping", {"column_3": "city"}, REACH),
    "something that nobody holds": (
        "mapping",
        {"column_0": "salary"},
        NO_CHOICE.format("salary"),
    ),
    "a thousand columns": (
        "mapping",
        {f"column_{number}": "email" for number in range(1200)},
        SENSELESS,
    ),
}
UPLOAD: dict[str, Case] = {
    "no file": (
        IMPORTS,
        {"existing": "overwrite"},
        "No file has arrived. Choose one, and send it once more.",
    ),
    "text for a file": (
        IMPORTS,
        {"existing": "overwrite", "file": "Email"},
        "No file has arrived. Choose one, and send it once more.",
    ),
    "an option of nobody": (
        IMPORTS,
        {"existing": "burn", "file": JANA},
        NO_CHOICE.format("burn"),
    ),
    "no option": (IMPORTS, {"file": JANA}, NOTHING),
}
MANY: dict[str, Case] = {
    "nobody": (BULK, {"kind": "tag", "tag": "New"}, NOBODY),
    "a tag of 50 kB": (
        BULK,
        {"kind": "tag", "tag": "x" * 50_000, "customer": ID},
        "Ensure this value has at most 500 characters (it has 50000).",
    ),
    "a tag of 300 letters": (BULK, {"kind": "tag", "tag": "x" * 300, "customer": ID}, NO_TAG),
    "a tag with a NUL": (BULK, {"kind": "tag", "tag": "a\0b", "customer": ID}, NUL),
    "commas for tags": (BULK, {"kind": "tag", "tag": " , ,", "customer": ID}, NO_TAG),
    "a tag that nobody carries": (
        BULK,
        {"kind": "untag", "tag": "New", "customer": ID},
        "There is no tag “New”.",
    ),
    "a verb of nobody": (BULK, {"kind": "burn", "customer": ID}, NOTHING),
    "customer 0": (BULK, {"kind": "tag", "tag": "New", "customer": "0"}, NOBODY),
    "the last number": (BULK, {"kind": "tag", "tag": "New", "customer": 2**63 - 1}, NOBODY),
    "a number too far": (BULK, {"kind": "tag", "tag": "New", "customer": 2**63}, UNREADABLE),
    "customer -1": (BULK, {"kind": "tag", "tag": "New", "customer": "-1"}, UNREADABLE),
    "customer abc": (BULK, {"kind": "tag", "tag": "New", "customer": "abc"}, UNREADABLE),
    "a filter of words": (BULK, {**ALL, "of_list": "?orders_min=many"}, UNREADABLE),
    "a search for a NUL": (BULK, {**ALL, "of_list": "?q=%00"}, UNREADABLE),
    "a tag of nobody": (BULK, {**ALL, "of_list": "?tag=no-such-tag"}, NOBODY),
    "a thousand filters": (
        BULK,
        {**ALL, "of_list": "?" + "&".join(f"a{number}=1" for number in range(1200))},
        SENSELESS,
    ),
}
KEPT: dict[str, Case] = {
    "a view of 10 kB": (
        VIEWS,
        {"name": "x" * 10_000},
        "Ensure this value has at most 40 characters (it has 10000).",
    ),
    "a view with a NUL": (VIEWS, {"name": "a\0b"}, NUL),
    "a view of white space": (VIEWS, {"name": " \t "}, NOTHING),
    "a view of what is not seen": (VIEWS, {"name": "\u202e\u200b"}, NOTHING),
    "a view of nothing": (VIEWS, {}, NOTHING),
    "a view that is there": (VIEWS, {"name": "MINE"}, "You have a view of this name already."),
    "columns of no list": (
        "/admin/lists/salaries/columns/",
        {"columns": "email"},
        "This page does not exist",
    ),
    "an export by a filter of words": (f"{EXPORTS}?orders_min=many", {}, UNREADABLE),
}
STATUS = {SENSELESS: 400, "This page does not exist": 404}


def sender(url: str, given: dict[str, Any]) -> Callable[[Client], Any]:
    def send(client: Client) -> Any:
        sent = {
            name: SimpleUploadedFile("a.csv", value) if isinstance(value, bytes) else value
            for name, value in given.items()
        }
        return client.post(url, sent)

    return send


@pytest.mark.parametrize("forms", [MAPPING, UPLOAD, MANY, KEPT], ids=["map", "file", "bulk", "own"])
def test_each_form_says_what_will_not_do_and_changes_nothing(
    owner: User, forms: dict[str, Case]
) -> None:
    desk = Desk(owner)
    customer = CustomerFactory()
    SavedView.keep("Mine", "customer", {}, [], by=owner)
    send_file(UNKNOWN)(desk.english)
    mapping = page_of(Import.objects.get())
    before = tables()
    wrong = {}
    for name, (where, given, says) in forms.items():
        sent = {key: customer.pk if value is ID else value for key, value in given.items()}
        beside = {"mapping": mapping, IMPORTS: IMPORTS}.get(where, CUSTOMERS)
        url = f"{mapping}mapping/" if where == "mapping" else where
        told = desk.told(sender(url, sent), beside=beside)
        if told.status != STATUS.get(says, 422) or says not in told.sentences or added(before):
            wrong[name] = (told, added(before))
    assert wrong == {}
    assert Import.objects.get().stage == Stage.MAPPING


def test_what_columns_hold_is_not_said_of_an_import_that_is_over(owner: User) -> None:
    desk, one = Desk(owner), imported(JANA)
    before = tables()
    for given in ({"column_0": "email"}, {}):
        told = desk.told(sender(f"{page_of(one)}mapping/", given), beside=page_of(one))
        assert told == (302, ["What the columns hold was said before."])
    assert added(before) == {}


def test_of_columns_only_those_are_kept_that_the_list_has(owner: User) -> None:
    desk = Desk(owner)
    for columns, kept in (
        (["salary", "email", "a\0b", "x" * 10_000], ["name", "email"]),
        ([], ["name"]),
    ):
        answer = desk.english.post(COLUMNS, {"columns": columns})
        assert (answer.status_code, answer.url) == (302, CUSTOMERS)
        assert ColumnChoice.objects.get().columns == kept


@pytest.mark.parametrize("given", [{"columns": "salary"}, {"columns": "a\0b"}, {}])
def test_an_export_of_columns_of_nobody_holds_the_columns_of_the_list(
    owner: User, given: dict[str, str]
) -> None:
    ColumnChoice.choose("customer", ["name", "email"], by=owner)
    CustomerFactory(first_name="=cmd|'/c calc'!A0", email="jana@example.de")
    answer: Any = Desk(owner).english.post(EXPORTS, given)
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    heading, row = csv.reader(io.StringIO(text))
    assert heading == ["Customer number", "First name", "Last name", "E-mail"]
    assert (row[1], row[3]) == ("'=cmd|'/c calc'!A0", "jana@example.de")


def test_an_export_of_a_tag_of_nobody_is_a_line_of_columns(owner: User) -> None:
    CustomerFactory()
    answer: Any = Desk(owner).english.post(f"{EXPORTS}?tag=no-such-tag", {"columns": "shown"})
    assert len(b"".join(answer.streaming_content).splitlines()) == 1


NAMES = {
    "a path": ("../../etc/customers.csv", "customers.csv"),
    "a path of Windows": (r"C:\Users\jana\customers.csv", "customers.csv"),
    "a mark that turns the text around": ("\u202evsc.exe", "vsc.exe"),
    "line breaks": ("cus%0D%0ASet-Cookie: a=b.csv", "cus%0D%0ASet-Cookie: a=b.csv"),
    "4 kB": ("x" * 4000 + ".csv", "x" * 196 + ".csv"),
    "markup": ("<img src=x>.csv", "<img src=x>.csv"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_called_by_the_last_and_visible_part_of_its_name(owner: User, name: str) -> None:
    sent, kept = NAMES[name]
    desk = Desk(owner)
    answer = send_file(JANA, sent)(desk.english)
    one = Import.objects.get()
    assert (answer.status_code, one.file.name) == (302, kept)
    page = desk.english.get(answer.url).content.decode()
    assert ("<img" in page, Customer.objects.count()) == (False, 0)
