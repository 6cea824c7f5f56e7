"""What the shop says of its products, taken over: once, again, changed, and at the same time."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from products.models import HandleTaken, Product, ProductSearch, Variant
from tests.factories.products import LARGE, SMALL, mirrored, new_product
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def told(product: Product) -> list[tuple[str, list[str] | None]]:
    events = happened_to(product).order_by("id")
    return [(event.name, event.plain.get("changes")) for event in events]


def skus(product: Product) -> list[str]:
    return [variant.sku for variant in product.variants.all()]


def test_a_new_product_has_figures_and_a_word_on_its_timeline(agent: User) -> None:
    product = Product.mirror(new_product(variants=[SMALL, LARGE]), by=agent)
    figures = (product.price_from, product.price_to, product.stock, product.variants_count)
    assert figures == (Decimal("9.90"), Decimal("34.70"), 12, 2)
    assert (product.currency, product.sort_title) == ("EUR", "espresso nordlicht")
    assert told(product) == [("product.added", None)]
    assert happened_to(product).get().actor_id == agent.pk


def test_a_repeat_changes_nothing() -> None:
    new = new_product(variants=[SMALL, LARGE], description="<p>Nussig</p>", tags=["bio"])
    first = Product.mirror(new, by=None)
    again = Product.mirror(new, by=None)
    assert (again.pk, again.updated_at) == (first.pk, first.updated_at)
    assert told(first) == [("product.added", None)]
    assert Variant.objects.count() == 2


def test_what_changed_is_taken_over_and_told() -> None:
    new = new_product(variants=[SMALL, LARGE])
    product = Product.mirror(new, by=None)
    dearer = replace(SMALL, price=Decimal("10.90"))
    Product.mirror(replace(new, title="Espresso Nordstern", variants=[dearer, LARGE]), by=None)
    product.refresh_from_db()
    assert (product.title, product.price_from) == ("Espresso Nordstern", Decimal("10.90"))
    assert told(product)[1:] == [("product.changed", ["price", "title"])]
    assert list(Product.objects.search("nordstern")) == [product]
    assert list(Product.objects.search("nordlicht espresso")) == [product]  # its handle stays


def test_a_sale_moves_the_stock_and_says_nothing() -> None:
    new = new_product()
    product = Product.mirror(new, by=None)
    Product.mirror(replace(new, variants=[replace(SMALL, stock=-3)]), by=None)
    product.refresh_from_db()
    assert (product.stock, product.oversold, product.tracked_count) == (0, 3, 1)
    assert told(product) == [("product.added", None)]


def test_variants_come_go_and_change_places() -> None:
    new = new_product(variants=[SMALL, LARGE])
    product = Product.mirror(new, by=None)
    kept = product.variants.get(sku="ESP-1000").pk
    middle = replace(SMALL, options=["500 g"], sku="ESP-500")
    Product.mirror(replace(new, variants=[LARGE, middle]), by=None)
    assert skus(product) == ["ESP-1000", "ESP-500"]
    assert product.variants.get(sku="ESP-1000").pk == kept
    assert told(product)[1:] == [("product.changed", ["variants"])]


def test_what_nobody_counts_is_no_stock() -> None:
    product = mirrored(variants=[replace(SMALL, stock=None)])
    assert (product.stock, product.tracked_count, product.variants_count) == (0, 0, 1)


def test_a_product_may_have_nothing_to_sell() -> None:
    product = mirrored(variants=[])
    assert (product.price_from, product.variants_count, product.price_words) == (None, 0, "")


def test_a_handle_belongs_to_one_product() -> None:
    mirrored(handle="nordlicht")
    other = mirrored()
    with pytest.raises(HandleTaken):
        mirrored(handle="nordlicht")
    with pytest.raises(HandleTaken):
        mirrored(external_id=other.external_id, handle="nordlicht")
    assert Product.objects.count() == 2


def test_a_description_keeps_its_words_and_nothing_that_acts() -> None:
    hostile = (
        '<h1>Röstung</h1><p style="x" onclick="steal()">Nussig<script>steal()</script> '
        '<a href="javascript:steal()">hier</a> <a href="https://shop.example/x">da</a>'
        '<img src="https://spy.example/p.gif"></p><iframe src="//evil"></iframe>'
    )
    product = mirrored(description=hostile)
    assert product.description == (
        'Röstung<p>Nussig <a rel="noopener noreferrer nofollow">hier</a> '
        '<a href="https://shop.example/x" rel="noopener noreferrer nofollow">da</a></p>'
    )


def test_only_addresses_of_the_web_are_kept() -> None:
    product = mirrored(page_url="javascript:alert(1)", image_url=" https://cdn.example/a.jpg ")
    assert (product.page_url, product.image_url) == ("", "https://cdn.example/a.jpg")
    with pytest.raises(IntegrityError, match="addresses_of_the_web"), transaction.atomic():
        Product.objects.update(page_url="javascript:alert(1)")


@pytest.mark.parametrize(
    "text",
    [
        "Mühle",
        "muehle",
        "muhle",
        "ühl",
        "MILL-H2",
        "mill-h",
        "h2",
        "4006381",
        "moccamaster",
        "Holz",
    ],
)
def test_found_by_any_of_its_words(text: str) -> None:
    mill = replace(SMALL, sku="MILL-H2", barcode="4006381333931", options=["Nussbaum"])
    product = mirrored(
        title="Handmühle Fein", vendor="Moccamaster", tags=["Holz"], variants=[mill], handle="x"
    )
    mirrored()
    assert list(Product.objects.search(text)) == [product]


def test_a_sku_or_barcode_is_found_exactly() -> None:
    product = mirrored(variants=[replace(SMALL, sku="TASSE", barcode="4006381333931"), LARGE])
    mirrored(title="Tasse", variants=[replace(SMALL, sku="TASSE-2", barcode="")])
    cup = product.variants.get(sku="TASSE")
    for text in [" tasse ", "4006381333931"]:
        assert list(Product.objects.variants_named(text)) == [cup]
    assert list(Product.objects.variants_named("")) == []


def test_many_follow_in_the_same_number_of_queries(django_assert_num_queries) -> None:
    from products.following import follow

    ids = [mirrored().pk for _ in range(3)]
    ProductSearch.objects.all().delete()
    with django_assert_num_queries(3):
        follow(ids)
    assert ProductSearch.objects.count() == 3
