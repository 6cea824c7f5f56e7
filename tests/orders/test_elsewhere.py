"""Orders on other pages: the customer's, the search over everything, the account."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from customers.exact_hits import exact
from customers.timeline import timeline_of
from orders.importing.past import PastParcel, PastRefund, bring_in
from orders.models import Order
from orders.panels import find_orders
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import BEANS, NOON, past_order, place
from tests.holding import held

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client, RequestFactory
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def address_of(rel: str, page: str) -> str:
    return re.findall(f'rel="{rel}" href="([^"]+)"', page)[0]


def names_in(page: str) -> list[str]:
    return re.findall(r'class="title[^"]*"><a href="[^"]+">(#\d+)</a>', page)


def told(customer: Customer) -> list[str]:
    """The timeline's sentences about orders, without their links."""
    lines = [re.sub(r"<[^>]+>", "", entry.line.text) for entry in timeline_of(customer).entries]
    return [line for line in lines if "rder" in line]


class TestCustomersPage:
    @pytest.fixture
    def desk(self, agent: User) -> Client:
        return sign_in(agent, headers=ENGLISH)

    def test_the_newest_five_and_the_way_to_all(self, desk: Client, customer: Customer) -> None:
        for number in range(1, 8):
            place(customer, number=number, placed_at=NOON + timedelta(days=number))
        page = text_of(desk, reverse("customer_detail", args=[customer.pk]))
        panel = page[page.index('id="customer_orders"') :]
        assert names_in(panel) == ["#7", "#6", "#5", "#4", "#3"]
        assert f'href="/admin/orders/?customer={customer.pk}">View all 7</a>' in panel

    @pytest.mark.parametrize(
        ("orders", "sentence"),
        [
            (2, "1 of them was cancelled and does not count in the figures."),
            (8, "4 of them were cancelled and do not count in the figures."),
        ],
    )
    def test_it_says_which_orders_the_figures_leave_out(
        self, desk: Client, customer: Customer, orders: int, sentence: str
    ) -> None:
        for number in range(orders):
            order = place(customer, number=number)
            if number % 2:
                order.cancel("customer", by=None)
        page = text_of(desk, reverse("customer_detail", args=[customer.pk]))
        assert sentence in page[page.index('id="customer_orders"') :]

    def test_nobody_elses_orders(self, desk: Client, customer: Customer) -> None:
        place(CustomerFactory(), number=4711)
        page = text_of(desk, reverse("customer_detail", args=[customer.pk]))
        assert "No orders yet." in page
        assert "#4711" not in page

    def test_an_order_number_finds_its_customer(self, customer: Customer) -> None:
        place(CustomerFactory(), number=11001)
        place(customer, number=1001).ship(by=None, number="JD0146")
        assert [exact(text) for text in ["#1001", "1001", "jd 0146", "100"]] == [
            *[{customer.pk: "Order #1001"}] * 2,
            {customer.pk: "Parcel JD0146"},
            {},
        ]


class TestTimeline:
    def test_what_happens_here_is_told_by_events(self, customer: Customer) -> None:
        order = place(customer, number=1001)
        order.pay(by=None)
        parcel = order.ship(by=None, company="DHL", number="1")
        order.deliver(parcel, by=None)
        order.refund(order.total, by=None)
        place(customer, number=1002).cancel("customer", by=None)
        assert told(customer) == [
            "Order #1002 cancelled",
            "Order #1002 placed",
            "€25.00 of order #1001 refunded",
            "Parcel of order #1001 delivered",
            "Parcel of order #1001 shipped",
            "Order #1001 paid",
            "Order #1001 placed",
        ]

    def test_what_came_with_its_past_is_told_by_its_rows(self, customer: Customer) -> None:
        parcel = PastParcel("GLS", "Z1", NOON + timedelta(days=1), {1: 1}, NOON + timedelta(days=2))
        refund = PastRefund(BEANS.price, NOON + timedelta(days=3))
        bring_in(
            [
                past_order(
                    customer,
                    number=1001,
                    financial_status="refunded",
                    parcels=[parcel],
                    refunds=[refund],
                ),
                past_order(CustomerFactory(), number=1002),
            ],
            by=None,
        )
        assert told(customer) == [
            "€25.00 of order #1001 refunded",
            "Parcel of order #1001 delivered",
            "Parcel of order #1001 shipped",
            "Order #1001 placed",
        ]

    def test_it_has_pages(self, customer: Customer) -> None:
        rows = [
            past_order(customer, number=n, placed_at=NOON + timedelta(hours=n)) for n in range(1, 9)
        ]
        bring_in(rows, by=None)
        first = timeline_of(customer, size=5)
        rest = timeline_of(customer, cursor=first.older, size=50)
        lines = [*first.entries, *rest.entries]
        assert sum("Order" in entry.line.text for entry in lines) == 8


class TestPalette:
    def test_an_order_is_found_by_number_and_by_parcel(self, agent: User) -> None:
        order = place(number=1001, email="somebody@example.com")
        order.ship(by=None, number="0034 0434")
        for text in ["1001", "%231001", "00340434", "somebody@"]:
            page = text_of(sign_in(agent, headers=ENGLISH), f"{reverse('desk_search')}?q={text}")
            assert reverse("order_detail", args=[order.pk]) in page


class TestAccount:
    @pytest.fixture
    def shop(self, customer: Customer) -> Client:
        return sign_in(customer.user, headers=ENGLISH)

    @pytest.mark.parametrize(
        ("status", "word"), [("unfulfilled", "Being prepared"), ("restocked", "Back at the shop")]
    )
    def test_it_is_told_in_customers_words(
        self, shop: Client, customer: Customer, agent: User, status: str, word: str
    ) -> None:
        order = place(customer, number=1001)
        Order.objects.update(fulfillment_status=status)
        for page in (reverse("account_home"), reverse("account_order", args=[order.pk])):
            assert f">{word}</span>" in text_of(shop, page)
        assert word not in text_of(sign_in(agent), reverse("order_detail", args=[order.pk]))

    def test_customers_see_their_own_order(self, shop: Client, customer: Customer) -> None:
        order = place(customer, number=1001)
        order.ship(by=None, company="Hermes", number="H1001")
        page = text_of(shop, reverse("account_order", args=[order.pk]))
        for words in ["Order #1001", "Espresso Nordlicht", "€25.00", "Parcel with Hermes", "H1001"]:
            assert words in page

    def test_nobody_elses(self, shop: Client) -> None:
        for order in [place(CustomerFactory()), place()]:
            answer = shop.get(reverse("account_order", args=[order.pk]))
            assert answer.status_code == 404
            assert order.name not in answer.content.decode()

    def test_strangers_sign_in_first(self, stranger: Client, customer: Customer) -> None:
        order = place(customer)
        answer = stranger.get(reverse("account_order", args=[order.pk]))
        assert answer["Location"].startswith("/account/login/")

    def test_staff_are_no_customers(self, agent: User, customer: Customer) -> None:
        order = place(customer)
        answer = sign_in(agent).get(reverse("account_order", args=[order.pk]))
        assert answer["Location"].startswith("/account/login/")

    def test_the_account_lists_them_newest_first(self, shop: Client, customer: Customer) -> None:
        place(customer, number=1)
        place(customer, number=2, placed_at=NOON + timedelta(days=1))
        place(CustomerFactory(), number=3)
        page = text_of(shop, reverse("account_home"))
        assert names_in(page) == ["#2", "#1"]

    def test_the_account_leads_to_the_older_ones_and_back(
        self, shop: Client, customer: Customer
    ) -> None:
        for number in range(1, 23):
            place(customer, number=number, placed_at=NOON + timedelta(days=number))
        newest = text_of(shop, reverse("account_home"))
        older = text_of(shop, reverse("account_home") + address_of("next", newest))
        again = text_of(shop, reverse("account_home") + address_of("prev", older))
        assert names_in(older) == ["#2", "#1"]
        assert names_in(again) == names_in(newest) == [f"#{number}" for number in range(22, 2, -1)]

    def test_an_address_that_somebody_cut_off_shows_the_newest(
        self, shop: Client, customer: Customer
    ) -> None:
        place(customer, number=1)
        assert ">#1</a>" in text_of(shop, reverse("account_home") + "?cursor=cut")

    def test_an_account_without_orders_says_so(self, shop: Client) -> None:
        assert "You have not ordered anything yet." in text_of(shop, reverse("account_home"))

    @pytest.mark.parametrize("rows", [1, 3])
    def test_the_list_costs_the_same_for_any_number_of_orders(
        self,
        customer: Customer,
        rows: int,
        django_assert_num_queries: Callable[[int], CaptureQueriesContext],
    ) -> None:
        for _ in range(rows):
            place(customer)
        with django_assert_num_queries(1):
            names = [order.name for order in Order.objects.visible_to(customer.user).newest_first()]
        assert len(names) == rows


def test_a_slow_search_of_orders_does_not_hold_up_ctrl_k(
    agent: User, rf: RequestFactory, settings: Any
) -> None:
    settings.SEARCH_TIMEOUT_MS = 50
    request = rf.get("/admin/search/")
    request.user = agent
    with held("orders_order"):
        assert find_orders(request, "1001") == []
