"""A file of orders read by two processes: the rows of an order stay together."""

from __future__ import annotations

import pytest

from customers.importing import beside
from tests.customers.two_readers import messy, read_alone, read_by_two
from tests.orders.headers import LAYOUTS
from tests.orders.import_files import MILL, order, table

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_comes_of_orders_whoever_reads_them(
    monkeypatch: pytest.MonkeyPatch, layout: str
) -> None:
    monkeypatch.setattr(beside, "BATCH", 3)
    monkeypatch.setattr(beside, "MOST_GIVEN", 2)
    rows = [
        row
        for number in range(200)
        for row in order(*[MILL] * (number % 4), Name=f"#{1000 + number}")
    ]
    content = table(messy(rows, seed=3), layout=LAYOUTS[layout])
    alone = read_alone(content)
    by_two, read_here = read_by_two(content)
    assert by_two == alone
    assert 0 < read_here < len(alone.values)
