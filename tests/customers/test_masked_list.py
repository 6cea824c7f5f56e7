"""The customers' list and its search, for whoever sees contact details and orders masked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.listing import CUSTOMERS
from customers.masked_listing import MASKED_CUSTOMERS
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.holding import held
from tests.masked import CITY, EMAIL, NUMBER, PARCEL, PHONE, POSTCODE, STREET, mask_for, ordered

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
LIST, SEARCH = "/admin/customers/", "/admin/search/"


@pytest.fixture
def vera(db: None) -> Customer:
    customer = CustomerFactory(first_name="Vera", last_name="Geheim", email=EMAIL, phone=PHONE)
    customer.add_address(by=None, street=STREET, postal_code=POSTCODE, city=CITY, country="DE")
    ordered(customer)
    return customer


@pytest.fixture
def nameless(db: None) -> Customer:
    return CustomerFactory(first_name="", last_name="", email="nobody@nameless.example")


@pytest.fixture
def desk(agent: User, vera: Customer, nameless: Customer) -> Client:
    CustomerFactory(first_name="Paul", last_name="Anders")
    mask_for("agent")
    return sign_in(agent)


def found(desk: Client, text: str) -> set[str]:
    """Who is in the list, by what they are called there."""
    page = desk.get(LIST, {"q": text}).context["list"]
    return {row.name for row in page.rows}


def sources(desk: Client, text: str) -> dict[str, list[str]]:
    groups = desk.get(SEARCH, {"q": text}).context["groups"]
    return {label: [one.label for one in lines] for label, lines in groups}


@pytest.mark.parametrize(
    "text",
    [EMAIL, EMAIL.upper(), f"<{EMAIL}>", PHONE, "+49 40 7319264", NUMBER, "86173", PARCEL,
     "Vera", "Geheim", "gehe", "vera geheim"],
)  # fmt: skip
def test_the_whole_of_it_or_part_of_a_name_finds_them(desk: Client, text: str) -> None:
    assert found(desk, text) == {"Vera Geheim"}
    assert sources(desk, text)["Customers"] == ["Vera Geheim"]


@pytest.mark.parametrize(
    "text",
    ["vera.geheim@verborgen", "vera.geheim", "@verborgen.example", "verborgen", "vera@",
     "7319264", "731926", "040 731926", "Zaunkönig", STREET, POSTCODE, CITY, "VG-8617", "8617",
     "VG", "nobody", "nobody@", "nameless", "JJD00039000726"],
)  # fmt: skip
def test_part_of_an_address_number_or_order_finds_nobody(desk: Client, text: str) -> None:
    assert found(desk, text) == set()
    assert "Vera" not in desk.get(SEARCH, {"q": text}).text
    assert (
        set(sources(desk, text)) & {"Customers", "Send a link", "Orders", "Did you mean"} == set()
    )


def test_others_are_found_by_such_parts(owner: User, desk: Client, vera: Customer) -> None:
    del desk
    for text in ("vera.geheim@verborgen", "731926", "Zaunkönig", CITY):
        assert found(sign_in(owner), text) == {vera.name}, text


def test_whoever_has_no_name_is_called_by_their_number(desk: Client, nameless: Customer) -> None:
    assert found(desk, "nobody@nameless.example") == {f"Customer {nameless.pk}"}


def test_there_is_no_column_sort_or_filter_of_what_is_masked(desk: Client) -> None:
    page = desk.get(LIST, {"sort": "spent", "country": "DE", "spent_min": "1"}).context["list"]
    names = {one.name for one in MASKED_CUSTOMERS.columns}
    assert names & {"email", "phone", "location", "orders", "spent", "last_order"} == set()
    assert [one.value for one in page.sort_choices] == ["newest", "-newest", "updated", "-updated"]
    assert set(page.form.fields) == {"account", "subscription", "tag"}
    assert (len(page.rows), page.asked.filters) == (3, {})
    assert page.desk_list.ordering(page.asked) == ("-created_at", "-id")


@pytest.mark.parametrize("sort", ["spent", "-spent", "orders", "last_order", "name", "-name"])
def test_no_order_of_rows_tells_it(desk: Client, sort: str) -> None:
    usual = [row.pk for row in desk.get(LIST).context["list"].rows]
    rows = [row.pk for row in desk.get(LIST, {"sort": sort}).context["list"].rows]
    assert sorted(rows) == sorted(usual)
    assert rows in (usual, usual[::-1])


def test_columns_that_were_chosen_before_are_left_out(agent: User, desk: Client) -> None:
    desk.post("/admin/lists/customer/columns/", {"columns": ["email", "spent", "tags"]})
    assert desk.get(LIST).context["list"].shown == {"name", "tags"}
    mask_for()
    assert desk.get(LIST).context["list"].shown == {"name", "email", "spent", "tags"}


def test_the_list_stays_as_it_is_for_somebody_who_has_shown_who_they_are(
    agent: User, desk: Client, vera: Customer
) -> None:
    """What is seen of them stands on their page; it takes no query to find out."""
    passed_check(vera, by=agent)
    assert EMAIL not in desk.get(LIST).text
    assert EMAIL in desk.get(f"{LIST}{vera.pk}/").text


def test_nothing_is_offered_that_they_may_not(desk: Client) -> None:
    page = desk.get(LIST).text
    for url in ("exports/", "imports/", "bulk-changes/", "duplicates/"):
        assert f'"{LIST}{url}' not in page
    assert 'name="customer"' not in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("columns", "count"), [([], 25), (["tags"], 26)])
def test_list_query_count_does_not_grow(
    agent: User, rows: int, columns: list[str], count: int
) -> None:
    for _row in range(rows):
        CustomerFactory().tag("VIP", by=None)
    mask_for("agent")
    desk = sign_in(agent)
    if columns:
        desk.post("/admin/lists/customer/columns/", {"columns": columns})
    desk.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(LIST).text
    assert (len(queries), page.count("VIP</td>")) == (count, rows if columns else 0)


def test_a_search_that_takes_too_long_says_nothing_of_hits(agent: User, settings: Any) -> None:
    mask_for("agent")
    desk = sign_in(agent)
    settings.SEARCH_TIMEOUT_MS = 50
    with held("customers_customersearch"):
        page = desk.get(LIST, {"q": "vera"})
    assert page.context["list"].listing.is_too_slow
    assert ("Add a word" in page.text, "among the newest" in page.text) == (True, False)


@pytest.mark.parametrize("role", ["agent", "lead", "owner"])
def test_a_role_that_sees_everything_asks_for_nothing_more(
    cast: dict[str, User], vera: Customer, role: str
) -> None:
    """The rules come along with who it is."""
    desk = sign_in(cast[role])
    desk.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(LIST)
    asked = [query["sql"] for query in queries if "accountrules" in query["sql"]]
    assert ['FROM "accounts_user"' in sql for sql in asked] == [True]
    assert (page.context["list"].desk_list, EMAIL in page.text) == (CUSTOMERS, True)
