"""One product's page: all that is known of it, and nothing that a file could slip in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from products.models import Product
from tests.factories.accounts import sign_in
from tests.factories.products import LARGE, SMALL, mirrored, new_product
from tests.products.test_pages import LIST, MILL, page_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(agent: User) -> Client:
    return sign_in(agent, headers={"accept-language": "en"})


def test_everything_about_it(desk: Client) -> None:
    small = replace(SMALL, barcode="4006381333931", compare_at_price=Decimal("11.90"))
    large = replace(LARGE, continue_selling=True)
    known = {"vendor": "Rösterei & Söhne", "product_type": "Kaffee", "tags": ["Bio & fair"]}
    address = "https://shop.example/products/espresso"
    product = mirrored(
        variants=[small, large, replace(MILL, stock=-2)],
        description="<p>Nussig und <b>rund</b></p>",
        image_url="https://cdn.example/a.jpg",
        page_url=address,
        **known,
    )
    page = text_of(desk, page_of(product))
    for words in [
        "€9.90 – €149.00",
        "12 in stock for 3 variants, 2 oversold",
        '<s class="muted"><span class="visually-hidden">Compare-at price: </span>€11.90</s> €9.90',
        "4006381333931",
        "250 g",
        "Sold out, sold all the same",
        "Sold out (-2)",
        "<p>Nussig und <b>rund</b></p>",
        "Rösterei &amp; Söhne",
        f'href="{LIST}?vendor=R%C3%B6sterei%20%26%20S%C3%B6hne"',
        f'href="{LIST}?tag=Bio%20%26%20fair"',
        f'href="{address}"',
        'href="https://cdn.example/a.jpg"',
        "ShopDesk mirrors this product.",
        "Taken over from the shop",
        "Nobody has ordered this product yet.",
    ]:
        assert words in page
    assert "<img" not in page  # the browser would ask a stranger for it


def test_what_changed_is_told(desk: Client, lead: User) -> None:
    new = new_product()
    product = Product.mirror(new, by=lead)
    Product.mirror(replace(new, title="Neu", status="draft"), by=None)
    page = text_of(desk, page_of(product))
    assert "<b>Lars Lead</b> took the product over from the shop" in page
    assert 'Changed in the shop<br><span class="muted">status, title</span>' in page


def test_what_a_file_says_stays_text(desk: Client) -> None:
    evil = "<i>x</i>"
    bad = replace(SMALL, options=[evil], sku=evil, barcode=evil)
    product = mirrored(title=evil, vendor=evil, tags=[evil], option_names=[evil], variants=[bad])
    for address in [page_of(product), LIST, f"{LIST}?q=x", "/admin/search/?q=x"]:
        page = text_of(desk, address)
        assert evil not in page
        assert "&lt;i&gt;x&lt;/i&gt;" in page


def test_one_with_nothing_to_sell(desk: Client) -> None:
    product = mirrored(variants=[], status="draft")
    page = text_of(desk, page_of(product))
    assert "This product has no variants that could be bought." in page


def test_more_variants_than_anybody_reads(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("products.desk.MOST_VARIANTS", 2)
    product = mirrored(variants=[SMALL, LARGE, MILL])
    page = text_of(desk, page_of(product))
    assert "One more variant is not shown here." in page
    assert "MILL-H2" not in page


@pytest.mark.parametrize("pk", [999_999, 99_999_999_999_999_999_999])
def test_one_that_is_not_there(desk: Client, pk: int) -> None:
    assert desk.get(f"{LIST}{pk}/").status_code == 404


@pytest.mark.parametrize("variants", [[SMALL], [SMALL, LARGE, MILL]])
def test_it_costs_the_same_for_any_number_of_variants(
    desk: Client,
    variants: list[object],
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    address = page_of(mirrored(variants=variants))
    desk.get(address)
    with django_assert_num_queries(DETAIL_QUERIES):
        desk.get(address)


# Shop, session, user; the product, its variants; its orders' SKUs, the time-out's five, the
# orders; its events.
DETAIL_QUERIES = 14


@pytest.mark.parametrize("href", ["/admin/customers/", "//evil.example", "javascript:steal()"])
def test_a_description_that_was_kept_before_leads_nowhere_either(desk: Client, href: str) -> None:
    """Kept by an older release, or put back by an undoing."""
    product = mirrored()
    kept = f'<p>More <a href="{href}">here</a><script>steal()</script></p>'
    Product.objects.filter(pk=product.pk).update(description=kept)
    page = text_of(desk, page_of(product))
    assert '<p>More <a rel="noopener noreferrer nofollow">here</a></p>' in page
    assert "steal()" not in page
