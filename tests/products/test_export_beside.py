"""A file of products read by two processes, in the layouts of either shop system."""

from __future__ import annotations

import pytest

from customers.importing import beside
from tests.customers.two_readers import messy, read_alone, read_by_two
from tests.products.import_files import product, simple, table, variant, variation, woo

pytestmark = pytest.mark.django_db

SHOPIFY = [
    row
    for number in range(150)
    for row in product(*[variant()] * (number % 3), Handle=f"espresso-{number}")
]
WOO = [
    row
    for number in range(100, 200)
    for row in (simple(number), variation(number + 1000, "1 kg", "29,90"))
]
FILES = {"shopify": table(messy(SHOPIFY, seed=4)), "woocommerce": woo(*messy(WOO, seed=5))}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_the_same_comes_of_products_whoever_reads_them(
    monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(beside, "BATCH", 3)
    monkeypatch.setattr(beside, "MOST_GIVEN", 2)
    alone = read_alone(content)
    by_two, read_here = read_by_two(content)
    assert by_two == alone
    assert 0 < read_here < len(alone.values)
