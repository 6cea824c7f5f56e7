"""Which columns a list shows: chosen by each member of staff for themselves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from core.listing import Asked
from customers.listing import CUSTOMERS
from lists.models import ColumnChoice
from orders.listing import ORDERS
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User
    from core.listing import DeskList

pytestmark = pytest.mark.django_db
LIST, CHOICE = "/admin/customers/", "/admin/lists/customer/columns/"
USUAL = ["Name", "E-mail", "E-mail subscription", "Account", "Location", "Orders", "Amount spent"]


def english(user: User) -> Client:
    return sign_in(user, headers={"accept-language": "en"})


def page_of(client: Client, address: str = LIST) -> str:
    return client.get(address).content.decode()


def headings(html: str) -> list[str]:
    """The words above the table, but for those that only screen readers hear."""
    cells = re.findall(r'<th scope="col".*?</th>', html, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]


def cells(html: str) -> list[str]:
    """The cells of the first row that a wide screen shows, without its menu."""
    row = html.split("<tbody>")[1].split("</tr>", maxsplit=1)[0]
    found = re.findall(r"<td([^>]*)>(.*?)</td>", row, re.DOTALL)
    wide = [cell for kind, cell in found if not re.search(r"only-phone|more|pick", kind)]
    return [" ".join(re.sub(r"<[^>]+>", "", cell).split()) for cell in wide]


@pytest.fixture
def known(db: None) -> Any:
    customer = CustomerFactory(
        first_name="Jana",
        last_name="Müller",
        email="jana@example.de",
        company="Müller & Co",
        language="de",
    )
    customer.add_phone("+49 40 5550 1234", by=None)
    customer.add_address(by=None, city="Hamburg", country="DE")
    customer.tag_all(["wholesale", "VIP"], by=None)
    return customer


def test_who_has_chosen_nothing_sees_the_usual_columns(agent: User, known: Any) -> None:
    html = page_of(english(agent))
    assert headings(html) == USUAL
    assert "Usual columns" not in html


def test_what_is_chosen_is_shown_in_the_order_of_the_list(agent: User, known: Any) -> None:
    desk = english(agent)
    sent = {"columns": ["tags", "language", "phone", "company"]}
    answer = desk.post(f"{CHOICE}?q=jana&cursor=x&sort=name", sent)
    assert (answer.status_code, answer.url) == (302, f"{LIST}?q=jana&sort=name")
    html = page_of(desk)
    assert headings(html) == ["Name", "Phone", "Company", "Language", "Tags"]
    assert cells(html) == [
        *("Jana Müller", "Claimed +49 40 5550 1234", "Müller &amp; Co", "German", "VIP, wholesale")
    ]


@pytest.mark.parametrize("desk_list", [CUSTOMERS, ORDERS], ids=["customers", "orders"])
def test_each_column_stands_below_its_heading(agent: User, known: Any, desk_list: Any) -> None:
    """One column after the other is shown alone, and each time one cell comes along."""
    place(known, number=1)
    desk, address = english(agent), f"/admin/{desk_list.name}s/"
    for column in desk_list.columns[1:]:
        ColumnChoice.choose(desk_list.name, [column.name], by=agent)
        html = page_of(desk, address)
        assert headings(html) == [desk_list.columns[0].label, str(column.label)]
        assert len(cells(html)) == 2, column.name
    ColumnChoice.choose(desk_list.name, [one.name for one in desk_list.columns], by=agent)
    html = page_of(desk, address)
    assert headings(html) == [str(column.label) for column in desk_list.columns]
    assert len(cells(html)) == len(desk_list.columns)


def test_the_name_stays_when_all_else_is_taken_away(agent: User, known: Any) -> None:
    desk = english(agent)
    desk.post(CHOICE)
    assert headings(page_of(desk)) == ["Name"]


def test_the_phone_shows_every_customer_alike(agent: User, known: Any) -> None:
    ColumnChoice.choose("customer", ["name"], by=agent)
    html = page_of(english(agent))
    kinds = re.findall(r'<td class="(sub|state|num amount) only-phone"', html)
    assert kinds == ["sub", "state", "num amount"]


def test_what_is_chosen_gives_no_place_to_others_on_narrow_screens(agent: User, known: Any) -> None:
    desk = english(agent)
    assert page_of(desk).count("only-wide") == 2
    desk.post(CHOICE, {"columns": ["subscription"]})
    assert page_of(desk).count("only-wide") == 0


def test_the_usual_columns_come_back(agent: User, known: Any) -> None:
    desk = english(agent)
    desk.post(CHOICE, {"columns": ["tags"]})
    assert "Usual columns" in page_of(desk)
    desk.post(CHOICE, {"columns": ["tags"], "usual": "1"})
    assert headings(page_of(desk)) == USUAL
    assert ColumnChoice.objects.count() == 0


def test_a_choice_is_ones_own_and_of_one_list(agent: User, other_agent: User, known: Any) -> None:
    place(known, number=1)
    english(agent).post(CHOICE, {"columns": ["tags"]})
    assert headings(page_of(english(other_agent))) == USUAL
    assert "Payment" in headings(page_of(english(agent), "/admin/orders/"))


def test_choosing_twice_keeps_the_later_choice(agent: User) -> None:
    for chosen in (["tags"], ["phone", "email"]):
        ColumnChoice.choose("customer", chosen, by=agent)
    assert [one.columns for one in ColumnChoice.objects.all()] == [["phone", "email"]]


def test_columns_that_nobody_knows_are_left_out(agent: User, known: Any) -> None:
    desk = english(agent)
    desk.post(CHOICE, {"columns": ["drop table", "tags", "\u2028"]})
    assert ColumnChoice.objects.get().columns == ["name", "tags"]
    # A column that a later release no longer has.
    ColumnChoice.objects.update(columns=["name", "gone", "tags"])
    assert headings(page_of(desk)) == ["Name", "Tags"]


def test_an_unknown_list_is_not_found(agent: User) -> None:
    assert english(agent).post("/admin/lists/garbage/columns/").status_code == 404


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader"])
def test_all_staff_choose_for_themselves(who: str, cast: dict[str, User]) -> None:
    assert english(cast[who]).post(CHOICE, {"columns": ["tags"]}).status_code == 302
    assert ColumnChoice.objects.get().owner == cast[who]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("text", ["", "Muster"])
def test_all_columns_cost_one_query_more_however_many_rows(
    rows: int, text: str, agent: User, django_assert_num_queries: Any
) -> None:
    for number in range(rows):
        CustomerFactory().tag_all(["a", f"b{number}"], by=None)
    few, every = ["name"], [column.name for column in CUSTOMERS.columns]
    with django_assert_num_queries(QUERIES[text]):
        read(CUSTOMERS, agent, text, few)
    with django_assert_num_queries(QUERIES[text] + 1):
        shown = read(CUSTOMERS, agent, text, every)
    assert all(len(customer.tags.all()) == 2 for customer in shown)


# The time-out's five; the page, its addresses and the total's two, or a search's words, its window
# of newest rows, the customers and their addresses.
QUERIES = {"": 9, "Muster": 10}


def read(desk_list: DeskList[Any], user: User, text: str, columns: list[str]) -> list[Any]:
    rows = desk_list.read(Asked(text=text, columns=tuple(columns)), user=user).page.rows
    return [row for row in rows if row.primary_email and row.tags.all]


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_leave_one_choice(agent: User) -> None:
    told = all_at_once(lambda number: ColumnChoice.choose("customer", [f"c{number}"], by=agent))
    assert told == [None] * len(told)
    assert ColumnChoice.objects.count() == 1
