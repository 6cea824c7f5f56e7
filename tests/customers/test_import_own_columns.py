"""A shop's own export is read without asking; who wants it otherwise goes back to its columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from customers.importing.models import Import
from customers.importing.of_customers.models import StagedRow
from customers.importing.working import work
from customers.models import Customer, ExternalId
from tests.customers.headers import CURRENT, LAYOUTS
from tests.customers.import_files import checked, counts, imported, table
from tests.customers.mapped_files import filled, said
from tests.factories.accounts import sign_in
from tests.orders.import_files import checked as checked_orders
from tests.orders.import_files import order
from tests.orders.import_files import table as orders_table
from tests.products.import_files import checked as checked_products
from tests.products.import_files import product
from tests.products.import_files import table as products_table

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/imports/"
BUTTON = "Change the columns"
WITH_MORE = [*CURRENT, "Geburtsort (customer.metafields.custom.born_in)"]
JANA = {
    "Customer ID": "7001",
    "First Name": "Jana",
    "Last Name": "Müller",
    "Email": "jana@example.de",
    "Default Address Address1": "Hauptstraße 1",
    "Default Address City": "Köln",
    "Default Address Province Code": "NW",
    "Default Address Country Code": "DE",
    "Default Address Phone": "0221 1234567",
    "Tags": "VIP; gut, Stammkunde",
    "Note": "klingelt zweimal",
}
WOOCOMMERCE = """Name;Username;Last Active;Sign Up;Email;Orders;Total Spend;AOV;City
Jana Müller;jana;2026-01-01;2025-01-01;jana@example.de;2;50;25;Köln
"""


def asked(one: Import) -> Import:
    assert one.change_columns(by=None)
    return one


def page(one: Import) -> str:
    return f"{LIST}{one.pk}/"


@pytest.fixture
def desk(lead: User) -> Client:
    return sign_in(lead, headers={"accept-language": "en"})


def rows() -> list[dict[str, object]]:
    """All that was read, but for whose it is and what became of it."""
    hidden = {"of_import_id", "verdict"}
    found = StagedRow.objects.order_by("line").values()
    return [{key: cell for key, cell in row.items() if key not in hidden} for row in found]


def test_the_check_leads_to_the_columns_as_they_are_known(desk: Client) -> None:
    one = checked(table(JANA))
    assert BUTTON in desk.get(page(one)).text
    answer = desk.post(f"{page(one)}remapping/", follow=True)
    assert "ShopDesk knows these columns by their names" in answer.text
    assert "ShopDesk does not know this table" not in answer.text
    choices = filled(one)
    assert (choices["Customer ID"], choices["Default Address Phone"]) == (
        "external_id",
        "address_phone",
    )
    assert (choices["Email"], choices["Tax Exempt"]) == ("email", "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_left_as_they_are_the_file_says_the_same(layout: str) -> None:
    columns = LAYOUTS[layout]
    row = {name.replace("Default Address ", ""): cell for name, cell in JANA.items()} | JANA
    one = checked(table({key: row[key] for key in columns if key in row}, layout=columns))
    before = rows()
    one = said(asked(one))
    assert (rows(), one.stage, one.source) == (before, "checked", "shopify")


def test_a_column_is_taken_in_and_the_ids_stay() -> None:
    file = table(JANA | {WITH_MORE[-1]: "Bonn"}, layout=WITH_MORE)
    one = said(asked(checked(file)), **{f"column_{len(CURRENT)}": "noted"})
    one.start(by=None, in_worker=False)
    work(one.pk)
    jana = Customer.objects.get()
    assert "Bonn" in jana.note
    assert list(jana.external_ids.values_list("source", "value")) == [("shopify", "7001")]
    moved = table(JANA | {"Email": "jana@firma.example"})
    assert counts(imported(moved)) == (0, 1, 0, 0)


def test_an_id_can_be_left_out_but_stands_in_no_other_column(desk: Client) -> None:
    one = asked(checked(table(JANA)))
    answers = {f"column_{place}": value for place, value in enumerate(filled(one).values())}
    wrong = answers | {"column_0": "", f"column_{CURRENT.index('Note')}": "external_id"}
    assert desk.post(f"{page(one)}mapping/", wrong).status_code == 422
    one = said(one, column_0="")
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert Customer.objects.count() == 1
    assert not ExternalId.objects.exists()


def test_what_was_said_once_is_offered_of_the_next_such_file() -> None:
    said(asked(checked(table(JANA))), column_0="")
    assert filled(asked(checked(table(JANA | {"Customer ID": "7002"}))))["Customer ID"] == ""


def test_of_another_shops_system_as_well() -> None:
    one = checked(WOOCOMMERCE.encode())
    before = rows()
    assert filled(asked(one)) == {
        "Name": "full_name",
        "Email": "email",
        "Orders": "orders_count",
        "Total Spend": "amount_spent",
        "City": "city",
        **dict.fromkeys(["Username", "Last Active", "Sign Up", "AOV"], ""),
    }
    assert (said(one).source, rows()) == ("woocommerce", before)


def test_of_orders_and_products_it_says_why_not(desk: Client) -> None:
    orders = checked_orders(orders_table(order()))
    products = checked_products(products_table(product()))
    for one in (orders, products):
        shown = desk.get(page(one)).text
        assert BUTTON not in shown
        assert "What the columns of such a file hold is known by their names" in shown
        late = desk.post(f"{page(one)}remapping/", follow=True)
        assert "The columns cannot be changed any more." in late.text
        one.refresh_from_db()
        assert one.stage == "checked"
    assert "known by their names and cannot" not in desk.get(page(checked(table(JANA)))).text


def test_the_first_rows_show_what_somebody_spent_and_in_how_many_orders(desk: Client) -> None:
    spent = {"Total Spent": "1234.50", "Total Orders": "1"}
    shown = desk.get(page(checked(table(JANA | spent, {"Email": "ben@example.de"})))).text
    assert "€1,234.50" in shown
    assert shown.count("1 order</span>") == 1


def test_while_a_known_file_is_read_nobody_is_asked_about_its_columns(desk: Client) -> None:
    stream = io.BytesIO(table(JANA))
    one = Import.upload(stream, name="customers.csv", by=None, in_worker=False, may_ask=True)
    assert BUTTON not in desk.get(page(one)).text
    assert one.pause(by=None)
    shown = desk.get(page(one)).text
    assert BUTTON in shown
    assert "What had been written by then was kept." not in shown
