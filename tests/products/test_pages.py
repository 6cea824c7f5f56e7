"""Staff's pages of products: who may, what is found, what bad input does."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from products.listing import ProductList
from products.models import Product
from tests.factories.accounts import sign_in
from tests.factories.products import LARGE, SMALL, mirrored

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
LIST = "/admin/products/"
MILL = replace(SMALL, options=["Nussbaum"], sku="MILL-H2", price=Decimal(149), stock=0)
BOOK = replace(SMALL, options=[], sku="BUCH", price=Decimal(29), stock=None, barcode="978389")


@pytest.fixture
def desk(agent: User) -> Client:
    return sign_in(agent, headers={"accept-language": "en"})


def shown(client: Client, query: str = "", **headers: str) -> list[str]:
    """The titles in the list, from top to bottom."""
    answer = client.get(LIST + query, headers=headers)
    assert answer.status_code == 200
    return re.findall(r'class="title long"><a href="[^"]+">([^<]+)</a>', answer.content.decode())


def text_of(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def page_of(product: Product) -> str:
    return reverse("product_detail", args=[product.pk])


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owner", "lead", "agent", "other_agent", "reader"])
    def test_all_staff_see_products(self, cast: dict[str, User], who: str) -> None:
        product = mirrored()
        client = sign_in(cast[who])
        assert shown(client) == [product.title]
        assert product.handle in text_of(client, page_of(product))

    def test_nobody_else_does(self, stranger: Client, customer: Customer) -> None:
        for client in [stranger, sign_in(customer.user)]:
            for address in [LIST, page_of(mirrored())]:
                assert client.get(address)["Location"].startswith("/admin/login/")

    def test_looking_is_all_there_is(self, desk: Client) -> None:
        for address in [LIST, page_of(mirrored())]:
            assert desk.post(address).status_code == 405


class TestFinding:
    @pytest.fixture(autouse=True)
    def products(self) -> None:
        mirrored(title="Espresso", vendor="Rösterei", tags=["Bio", "100 %"], handle="espresso")
        mirrored(title="Ärmelhalter", handle="x", variants=[BOOK], status="archived")
        mirrored(title="Handmühle", handle="m", variants=[MILL], product_type="Mill")

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            ("", ["Ärmelhalter", "Espresso", "Handmühle"]),
            ("?q=muehle", ["Handmühle"]),
            ("?q=mill-h2", ["Handmühle"]),
            ("?q=978389", ["Ärmelhalter"]),
            ("?q=rösterei+espresso", ["Espresso"]),
            ("?q=nobody", []),
            ("?q=%25", ["Espresso"]),
            ("?view=active", ["Espresso", "Handmühle"]),
            ("?view=archived", ["Ärmelhalter"]),
            ("?view=draft", []),
            ("?view=active&q=halter", []),
            ("?stock=in_stock", ["Espresso"]),
            ("?stock=sold_out", ["Handmühle"]),
            ("?stock=not_tracked", ["Ärmelhalter"]),
            ("?vendor=röst", ["Espresso"]),
            ("?type=mill", ["Handmühle"]),
            ("?tag=Bio", ["Espresso"]),
            ("?tag=100+%25", ["Espresso"]),
            ("?tag=bi", []),
            ("?sort=-title", ["Handmühle", "Espresso", "Ärmelhalter"]),
            ("?sort=newest", ["Handmühle", "Ärmelhalter", "Espresso"]),
            ("?sort=-stock", ["Espresso", "Handmühle", "Ärmelhalter"]),
        ],
    )
    def test_by_words_views_filters_and_sorts(
        self, desk: Client, query: str, titles: list[str]
    ) -> None:
        assert shown(desk, query) == titles

    def test_a_row_says_what_there_is_and_what_it_costs(self, desk: Client) -> None:
        mirrored(title="Zwei Größen", variants=[SMALL, LARGE])
        text = text_of(desk, f"{LIST}?q=größen")
        for words in ["€9.90 – €34.70", "12 in stock", "2 variants", "Active"]:
            assert words in text

    @pytest.mark.parametrize(
        ("text", "found"),
        [("MILL-H2", ["Handmühle"]), ("buch", ["Ärmelhalter"]), ("espr", ["Espresso"]), ("zz", [])],
    )
    def test_the_search_over_everything_knows_them(
        self, desk: Client, text: str, found: list[str]
    ) -> None:
        page = text_of(desk, f"/admin/search/?q={text}")
        titles = ["Ärmelhalter", "Espresso", "Handmühle"]
        assert [title for title in titles if title in page] == found

    def test_an_exact_sku_tells_of_that_variant(self, desk: Client) -> None:
        mirrored(title="Zwei Größen", variants=[SMALL, LARGE], status="draft")
        page = text_of(desk, "/admin/search/?q=esp-1000")
        assert "Draft · 1 kg · €34.70 · Sold out" in page
        assert "€9.90 – €34.70" in text_of(desk, "/admin/search/?q=größen")

    def test_an_exact_sku_comes_before_a_title(self, desk: Client) -> None:
        mirrored(title="Aaa Buch MILL-H2")
        page = text_of(desk, "/admin/search/?q=mill-h2")
        assert page.index("Handmühle") < page.index("Aaa Buch")


class TestPaging:
    @pytest.fixture(autouse=True)
    def small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ProductList, "page_size", 2)

    @pytest.mark.parametrize("query", ["?sort=title", "?sort=-stock", "?q=nordlicht"])
    def test_there_and_back(self, desk: Client, query: str) -> None:
        for letter in "ABCDE":
            mirrored(title=f"{letter}-Nordlicht")
        seen = shown(desk, query)
        address = query
        for _ in range(2):
            later = re.search(r'rel="next" href="([^"]+)"', text_of(desk, LIST + address))
            assert later
            address = later[1].replace("&amp;", "&")
            seen += shown(desk, address)
        assert sorted(seen) == [f"{letter}-Nordlicht" for letter in "ABCDE"]
        assert "5 products" in text_of(desk, LIST)

    def test_a_cursor_of_another_list_is_left_out_and_named(self, desk: Client) -> None:
        mirrored()
        assert shown(desk, "?sort=newest&cursor=WzAsMV0") == ["Espresso Nordlicht"]
        assert "could not be read" in text_of(desk, f"{LIST}?cursor=WzAsMV0")


@pytest.mark.parametrize(
    "query",
    [
        "?cursor=%FF%00",
        "?cursor=W10",
        "?sort=stock&cursor=WzAsOTk5OTk5OTk5OTk5OTk5OTk5OTk5OTksMV0",
        "?view=nothing&stock=air&sort=random",
        "?vendor=%25_%5C%27&type=%22&tag=%7B%22",
        "?tag=%27%29%3B--",
        "?q=" + "ä" * 10_000,
        "?q=" + "+".join("abcdefghijklmnop"),
        "?q=%25_%5C%27%22%3Cscript%3E",
        "?q=%F0%9F%A6%8A",
    ],
)
def test_no_address_breaks_the_list(desk: Client, query: str) -> None:
    mirrored()
    answer = desk.get(LIST + query)
    assert answer.status_code in {200, 400}
    assert "<script>" not in answer.content.decode().lower().replace("<script type", "")


def test_htmx_gets_the_rows_alone(desk: Client) -> None:
    mirrored()
    answer = desk.get(LIST, headers={"HX-Request": "true"})
    body = answer.content.decode().strip()
    assert body.startswith('<div id="product_tabs" hx-swap-oob="true">')
    assert '<div id="product_rows">' in body
    assert "<html" not in body


def test_an_empty_shop_leads_whoever_may_to_the_import(desk: Client, owner: User) -> None:
    assert "No products yet" in text_of(desk, LIST)
    assert "Import products" not in text_of(desk, LIST)
    client = sign_in(owner, headers={"accept-language": "en"})
    assert "Import products" in text_of(client, LIST)


def test_what_a_search_does_not_find_is_said(desk: Client) -> None:
    mirrored()
    assert "No product found" in text_of(desk, f"{LIST}?q=4711")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_rows(
    desk: Client,
    rows: int,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    for _ in range(rows):
        mirrored(variants=[SMALL, LARGE])
    desk.get(LIST)
    with django_assert_num_queries(LIST_QUERIES):
        desk.get(LIST)


# Shop, session, user, two of what they keep of the list; the time-out's five; the page, the
# total's two.
LIST_QUERIES = 13
