"""The shop tells of one product several times at once: it is one product afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.models import Event
from products.models import HandleTaken, Product, Variant
from tests.factories.products import LARGE, SMALL, new_product
from tests.threads import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_product_told_of_by_many_is_added_once() -> None:
    new = new_product(currency="EUR", variants=[SMALL, LARGE])
    found = all_at_once(lambda _number: Product.mirror(new, by=None).pk)
    assert found == [Product.objects.get().pk] * len(found)
    assert Variant.objects.count() == 2
    assert Event.objects.filter(name="product.added").count() == 1


def test_of_many_with_one_handle_one_gets_it() -> None:
    new = new_product(currency="EUR", handle="nordlicht")
    found = all_at_once(
        lambda number: Product.mirror(replace(new, external_id=str(number)), by=None)
    )
    winners = [one for one in found if isinstance(one, Product)]
    assert winners == [Product.objects.get()]
    assert {type(one) for one in found if one not in winners} == {HandleTaken}


def test_changes_at_once_leave_one_of_them_whole() -> None:
    new = new_product(currency="EUR", variants=[SMALL, LARGE])
    product = Product.mirror(new, by=None)
    orders = [[SMALL, LARGE], [LARGE, SMALL], [LARGE], [replace(SMALL, stock=1)]] * 2
    all_at_once(lambda number: Product.mirror(replace(new, variants=orders[number]), by=None))
    product.refresh_from_db()
    variants = list(product.variants.all())
    left = [variant.sku for variant in variants]
    assert left in [["ESP-250", "ESP-1000"], ["ESP-1000", "ESP-250"], ["ESP-1000"], ["ESP-250"]]
    assert product.variants_count == len(left)
    assert product.stock == sum(variant.stock or 0 for variant in variants)
