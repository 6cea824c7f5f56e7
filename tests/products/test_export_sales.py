"""A sale price of a file counts on its days, and the file says the same on any day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from customers.importing.working import work
from products.importing.models import StagedProduct
from products.models import Product
from tests.products.import_files import checked, counts, imported, simple, woo

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
BEFORE, WITHIN, AFTER = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (25, 26, 28))
DAYS = {"Date sale price starts": "2026-11-26", "Date sale price ends": "2026-11-27 23:59:59"}
SALE = simple() | {"Sale price": "79"}


@pytest.fixture
def on(monkeypatch: Any) -> Callable[[datetime], None]:
    def turn(day: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: day)

    return turn


def prices() -> tuple[str, str]:
    found = Product.objects.get().variants.get()
    return str(found.price), str(found.compare_at_price)


FULL, LESS = ("89.00", "None"), ("79.00", "89.00")
STARTS, ENDS = ({name: cell} for name, cell in DAYS.items())
SALES = [
    ({}, BEFORE, LESS),
    (DAYS, BEFORE, FULL),
    (DAYS, WITHIN, LESS),
    (DAYS, AFTER, FULL),
    (STARTS, BEFORE, FULL),
    (STARTS, AFTER, LESS),
    (ENDS, BEFORE, LESS),
    (ENDS, AFTER, FULL),
    ({"Regular price": ""}, BEFORE, ("79.00", "None")),
    ({"Regular price": "79"}, BEFORE, ("79.00", "None")),
]


@pytest.mark.parametrize(("cells", "day", "expected"), SALES)
def test_a_sale_price_counts_on_its_days(
    on: Callable[[datetime], None], cells: dict[str, str], day: datetime, expected: tuple[str, str]
) -> None:
    on(day)
    one = checked(woo(SALE | cells))
    staged = StagedProduct.objects.get()
    assert [str(staged.price_from), str(staged.price_to)] == [expected[0]] * 2
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert prices() == expected


def test_the_day_of_writing_counts_and_not_the_day_of_reading(
    on: Callable[[datetime], None],
) -> None:
    on(BEFORE)
    one = checked(woo(SALE | DAYS))
    on(WITHIN)
    one.start(by=None, in_worker=False)
    work(one.pk)
    assert prices() == LESS


def test_an_old_file_changes_nothing_on_another_day(on: Callable[[datetime], None]) -> None:
    on(WITHIN)
    imported(woo(SALE | DAYS))
    on(AFTER)
    assert counts(imported(woo(SALE | DAYS))) == (0, 0, 1, 0)
    assert prices() == LESS
    assert counts(imported(woo(SALE | DAYS | {"Tags": "Neu"}))) == (0, 1, 0, 0)
    assert prices() == FULL
