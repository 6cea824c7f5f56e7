"""Staff's pages of orders: who may, what is found, what bad input does."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from orders.listing import OrderList
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import MILL, NOON, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from customers.models import Customer
    from orders.models import Order

pytestmark = pytest.mark.django_db
LIST = "/admin/orders/"


@pytest.fixture
def desk(agent: User) -> Client:
    return sign_in(agent, headers={"accept-language": "en"})


def shown(client: Client, query: str = "", **headers: str) -> list[str]:
    """The names of the orders in the list, from top to bottom."""
    answer = client.get(LIST + query, headers=headers)
    assert answer.status_code == 200
    return re.findall(r'class="title[^"]*"><a href="[^"]+">(#?[^<]+)</a>', answer.content.decode())


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owner", "lead", "agent", "other_agent", "reader"])
    def test_all_staff_see_orders(self, cast: dict[str, User], who: str) -> None:
        order = place()
        client = sign_in(cast[who])
        assert shown(client) == [order.name]
        assert order.name in text_of(client, reverse("order_detail", args=[order.pk]))

    def test_strangers_are_led_to_the_sign_in(self, stranger: Client) -> None:
        order = place()
        for address in [LIST, reverse("order_detail", args=[order.pk])]:
            assert stranger.get(address)["Location"].startswith("/admin/login/")

    def test_a_customer_does_not_come_in_here(self, customer: Customer) -> None:
        place(customer)
        answer = sign_in(customer.user).get(LIST)
        assert answer["Location"].startswith("/admin/login/")

    def test_looking_is_all_there_is(self, desk: Client) -> None:
        order = place()
        for address in [LIST, reverse("order_detail", args=[order.pk])]:
            assert desk.post(address).status_code == 405


class TestFinding:
    @pytest.fixture
    def orders(self, customer: Customer) -> dict[str, Order]:
        """Three orders that have little in common."""
        found = {
            "jana": place(customer, number=1001, email="jana.mueller@example.de"),
            "kn": place(number=1002, name="KN-1002", email="k@example.com", lines=[MILL]),
            "other": place(CustomerFactory(last_name="Groß"), number=21001),
        }
        found["kn"].ship(by=None, company="DHL", number="00340434512000418837")
        return found

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("1001", ["#1001"]),
            ("%231001", ["#1001"]),
            ("kn-1002", ["KN-1002"]),
            ("1002", ["KN-1002"]),
            ("0034 0434 5120 0041 8837", ["KN-1002"]),
            ("jana.mueller@example.de", ["#1001"]),
            ("JANA.M", ["#1001"]),
            ("k@ex", ["KN-1002"]),
            ("mueller jana", ["#1001"]),
            ("gross", ["#21001"]),
            ("100", []),
            ("%25", []),
            ("99999999999999999999999999", []),
            ("nobody", []),
        ],
    )
    def test_by_whatever_they_say(
        self, desk: Client, orders: dict[str, Order], text: str, names: list[str]
    ) -> None:
        assert shown(desk, f"?q={text}") == names

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("?money=pending", ["#21001", "KN-1002", "#1001"]),
            ("?money=paid", []),
            ("?goods=fulfilled", ["KN-1002"]),
            ("?goods=unfulfilled", ["#21001", "#1001"]),
            ("?goods=delivered", []),
            ("?view=on_the_way", ["KN-1002"]),
            ("?view=to_ship", ["#21001", "#1001"]),
            ("?view=unpaid", ["#21001", "KN-1002", "#1001"]),
            ("?view=cancelled", []),
            ("?sort=total", ["KN-1002", "#21001", "#1001"]),
            ("?sort=-total", ["#1001", "#21001", "KN-1002"]),
            ("?sort=number", ["#21001", "KN-1002", "#1001"]),
            ("?sort=-number", ["#1001", "KN-1002", "#21001"]),
            ("?sort=-newest", ["#1001", "KN-1002", "#21001"]),
        ],
    )
    def test_filters_views_and_sorts(
        self, desk: Client, orders: dict[str, Order], query: str, names: list[str]
    ) -> None:
        assert shown(desk, query) == names

    def test_only_one_customers_orders(
        self, desk: Client, orders: dict[str, Order], customer: Customer
    ) -> None:
        assert shown(desk, f"?customer={customer.pk}") == ["#1001"]
        assert "Customer: Jana Müller" in text_of(desk, f"{LIST}?customer={customer.pk}")

    def test_a_day_is_a_day_in_the_shops_time_zone(self, desk: Client) -> None:
        late = NOON.replace(hour=23, minute=30)  # half past midnight in Berlin
        place(number=1, placed_at=late)
        assert shown(desk, "?placed_from=2026-11-03&placed_to=2026-11-03") == ["#1"]
        assert shown(desk, "?placed_to=2026-11-02") == []

    def test_cancelled_orders_have_a_view(self, desk: Client, customer: Customer) -> None:
        order = place(customer)
        place(customer)
        order.cancel("customer", by=None)
        assert shown(desk, "?view=cancelled") == [order.name]


class TestPaging:
    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(OrderList, "page_size", 2)

    def test_there_and_back(self, desk: Client) -> None:
        for number in range(1, 6):
            place(number=number, placed_at=NOON + timedelta(hours=number))
        assert shown(desk) == ["#5", "#4"]
        later = re.search(r'rel="next" href="([^"]+)"', text_of(desk, LIST))
        assert later
        assert shown(desk, later[1].replace("&amp;", "&")) == ["#3", "#2"]
        assert "5 orders" in text_of(desk, LIST)

    def test_a_cursor_of_another_list_is_left_out_and_named(self, desk: Client) -> None:
        place(number=1)
        assert shown(desk, "?cursor=WzAsMV0") == ["#1"]
        assert "could not be read" in text_of(desk, f"{LIST}?cursor=WzAsMV0")


@pytest.mark.parametrize(
    "query",
    [
        "?cursor=%FF%00",
        "?cursor=W10",
        "?customer=abc",
        "?customer=99999999999999999999",
        "?customer=-1",
        "?view=nothing&money=gold&goods=air&sort=random",
        "?placed_from=yesterday&placed_to=31.02.2026",
        "?placed_to=9999-12-31",
        "?placed_from=0001-01-01",
        "?q=" + "ä" * 10_000,
        "?q=%25_%5C%27%22%3Cscript%3E",
        "?q=%F0%9F%A6%8A",
    ],
)
def test_no_address_breaks_the_list(desk: Client, query: str) -> None:
    place(number=1)
    answer = desk.get(LIST + query)
    assert answer.status_code in {200, 400}
    assert "<script>" not in answer.content.decode().lower().replace("<script type", "")


def test_htmx_gets_the_rows_alone(desk: Client) -> None:
    place(number=1)
    answer = desk.get(LIST, headers={"HX-Request": "true"})
    body = answer.content.decode().strip()
    assert body.startswith('<div id="order_tabs" hx-swap-oob="true">')
    assert '<div id="order_rows">' in body
    assert "<html" not in body
    assert "HX-Request" in answer["Vary"]


def test_an_empty_shop_says_where_orders_come_from(desk: Client) -> None:
    assert "Orders appear here as soon as the shop sends them." in text_of(desk, LIST)


def test_what_a_search_does_not_find_is_said(desk: Client) -> None:
    place()
    assert "No order found" in text_of(desk, f"{LIST}?q=4711")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    desk: Client,
    rows: int,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    for _ in range(rows):
        place(CustomerFactory(first_name="", last_name=""))
    desk.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(LIST)


# Shop, session, user, two of what they keep of the list; the time-out's five; the page, its people,
# the total's two.
LIST_QUERIES = 14


class TestOneOrder:
    def test_everything_about_it(self, desk: Client, customer: Customer) -> None:
        order = place(customer, number=1001, lines=[MILL], note="Bitte klingeln", tags=["Abo"])
        order.pay(by=None)
        parcel = order.ship(by=None, company="DPD", number="01505123456789")
        order.deliver(parcel, by=None)
        order.refund(order.total / 2, by=None, reason="Dented")
        page = text_of(desk, reverse("order_detail", args=[order.pk]))
        for words in [
            "Handmühle Feinschliff",
            "€178.00",
            "€89.00",
            "Parcel with DPD",
            'href="https://tracking.dpd.de/parcelstatus?query=01505123456789&amp;locale=de_DE"',
            "20259 Hamburg",
            "Germany",
            "Same as shipping address",
            "Dented",
            "Bitte klingeln",
            "Jana Müller",
            "1 order · €89.00 spent",
            "Partially refunded",
            "Delivered",
            "parcel_",
        ]:
            assert words in page
        assert page.count('<span class="at">') == 5

    def test_what_a_customer_typed_stays_text(self, desk: Client) -> None:
        order = place(note="<b>x</b>", shipping_address={"name": "<i>y</i>"})
        page = text_of(desk, reverse("order_detail", args=[order.pk]))
        assert "&lt;b&gt;x&lt;/b&gt;" in page
        assert "&lt;i&gt;y&lt;/i&gt;" in page

    def test_a_link_that_is_no_web_address_is_not_made(self, desk: Client) -> None:
        order = place()
        parcel = order.ship(by=None, number="1")
        type(parcel).objects.filter(pk=parcel.pk).update(url="javascript:alert(1)")
        assert "javascript:" not in text_of(desk, reverse("order_detail", args=[order.pk]))

    @pytest.mark.parametrize("pk", [999_999, 99_999_999_999_999_999_999])
    def test_one_that_is_not_there(self, desk: Client, pk: int) -> None:
        assert desk.get(f"/admin/orders/{pk}/").status_code == 404

    @pytest.mark.parametrize("lines", [1, 3])
    def test_it_costs_the_same_for_any_number_of_lines(
        self,
        desk: Client,
        customer: Customer,
        lines: int,
        django_assert_num_queries: Callable[[int], CaptureQueriesContext],
    ) -> None:
        order = place(customer, lines=[MILL] * lines)
        for line in order.lines.all():
            order.ship(by=None, number=f"N{line.pk}", quantities={line.pk: 1})
        address = reverse("order_detail", args=[order.pk])
        desk.get(address)
        with django_assert_num_queries(DETAIL_QUERIES):
            desk.get(address)


DETAIL_QUERIES = 12
