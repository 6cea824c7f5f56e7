"""Orders and products know each other by SKU, and only by that."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.factories.accounts import sign_in
from tests.factories.orders import BEANS, MILL, NOON, place
from tests.factories.products import LARGE, SMALL, mirrored
from tests.orders.test_pages import shown, text_of

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer
    from products.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(agent: User) -> Client:
    return sign_in(agent, headers={"accept-language": "en"})


@pytest.fixture
def espresso() -> Product:
    """Sold as ESP-250 and ESP-1000; the latter is what BEANS are."""
    return mirrored(variants=[SMALL, LARGE])


def page_of(product: Product) -> str:
    return reverse("product_detail", args=[product.pk])


def test_a_line_leads_to_the_product_that_has_its_sku(desk: Client, espresso: Product) -> None:
    order = place(lines=[BEANS, MILL, replace(MILL, sku="")])
    page = text_of(desk, reverse("order_detail", args=[order.pk]))
    assert f'<b><a href="{page_of(espresso)}">Espresso Nordlicht</a></b>' in page
    assert page.count("<b>Handmühle Feinschliff</b>") == 2
    assert len(re.findall(r'href="/admin/products/\d', page)) == 1


def test_products_without_skus_are_nobodys(desk: Client) -> None:
    nameless = mirrored(variants=[replace(SMALL, sku="")])
    order = place(lines=[replace(BEANS, sku="")])
    page = text_of(desk, reverse("order_detail", args=[order.pk]))
    assert page_of(nameless) not in page
    assert "Nobody has ordered this product yet." in text_of(desk, page_of(nameless))
    assert shown(desk, f"?product={nameless.pk}") == []


def test_of_two_products_with_one_sku_the_older_one_counts(desk: Client, espresso: Product) -> None:
    younger = mirrored(variants=[LARGE])
    order = place(lines=[BEANS])
    page = text_of(desk, reverse("order_detail", args=[order.pk]))
    assert page_of(espresso) in page
    assert page_of(younger) not in page


def test_a_customer_is_not_led_to_the_desk(customer: Customer, espresso: Product) -> None:
    order = place(customer, lines=[BEANS])
    page = text_of(sign_in(customer.user), reverse("account_order", args=[order.pk]))
    assert "Espresso Nordlicht" in page
    assert "/admin/" not in page


def test_a_product_shows_its_newest_orders(
    desk: Client, espresso: Product, customer: Customer
) -> None:
    for number in range(1, 13):
        at = NOON + timedelta(hours=number)
        place(customer, number=number, placed_at=at, lines=[BEANS, replace(BEANS, sku="ESP-250")])
    place(number=99, lines=[MILL])
    page = text_of(desk, page_of(espresso))
    names = [f"#{number}" for number in range(1, 13) if f">#{number}</a>" in page]
    assert names == [f"#{number}" for number in range(3, 13)]
    assert ">#99<" not in page
    assert f'<a href="/admin/orders/?product={espresso.pk}">View all</a>' in page


def test_the_orders_list_filters_by_product(desk: Client, espresso: Product) -> None:
    place(number=1, lines=[BEANS, replace(BEANS, sku="ESP-250")])
    place(number=2, lines=[MILL])
    assert shown(desk, f"?product={espresso.pk}") == ["#1"]
    page = text_of(desk, f"/admin/orders/?product={espresso.pk}")
    assert "Product: Espresso Nordlicht" in page
    assert shown(desk, f"?product={espresso.pk}&money=paid") == []


@pytest.mark.parametrize("product", ["999999", "abc", "-1", "99999999999999999999"])
def test_a_product_that_is_not_there_breaks_nothing(desk: Client, product: str) -> None:
    place(number=1)
    assert shown(desk, f"?product={product}") == ([] if product == "999999" else ["#1"])


def test_orders_are_read_when_their_product_is_gone(desk: Client, espresso: Product) -> None:
    order = place(lines=[BEANS])
    espresso.delete()
    assert "Espresso Nordlicht" in text_of(desk, reverse("order_detail", args=[order.pk]))


def test_too_many_orders_to_look_through(
    desk: Client, espresso: Product, settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page comes all the same, and leads to the list."""
    from core.patience import TooSlow

    def give_up(*_args: object) -> None:
        raise TooSlow

    monkeypatch.setattr("orders.models.OrderQuerySet.newest_first", give_up)
    page = text_of(desk, page_of(espresso))
    assert "Too many orders to look through in a moment." in page
    assert f"/admin/orders/?product={espresso.pk}" in page
