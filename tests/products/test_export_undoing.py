"""An import of products taken back: as if it had never been, but for what was touched since."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.models import Import
from customers.importing.working import steps, work
from events.models import Event
from products.models import Product, ProductSearch, Variant
from products.new import NewVariant
from tests.factories.products import mirrored, new_product
from tests.products.import_files import (
    checked,
    counts,
    everything,
    imported,
    many,
    problems,
    product,
    table,
    variable,
    variant,
    variation,
    woo,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def undone(one: Import) -> Import:
    assert one.undo(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def known() -> Product:
    """Told of by the shop's system, with everything that a row can change."""
    sizes = [
        NewVariant(external_id="91", options=["250 g"], sku="ESP-250", price=Decimal(9), stock=1),
        NewVariant(external_id="92", options=["500 g"], sku="ESP-500", price=Decimal(17)),
    ]
    return mirrored(
        source="shopify",
        external_id="7001",
        handle="espresso-nordlicht",
        vendor="Nord",
        tags=["alt"],
        variants=sizes,
    )


def test_what_came_goes_and_what_was_changed_is_as_before(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    known()
    before = everything()
    pks = set(Variant.objects.values_list("pk", flat=True))
    one = imported(table(product(variant()), *many(4)))
    assert (counts(one), one.is_undoable) == ((4, 1, 0, 0), True)
    assert everything() != before
    undone(one)
    assert everything() == before
    assert set(Variant.objects.values_list("pk", flat=True)) == pks
    assert ProductSearch.objects.count() == 1
    assert (one.stage, one.undone_count, one.kept_count) == ("undone", 5, 0)
    assert Event.objects.get(name="import.undone").plain == {"undone": 5, "kept": 0}


def test_a_variant_that_an_import_took_away_comes_back() -> None:
    sizes = [NewVariant(sku="ESP-250", price=Decimal(9), barcode="1", weight_grams=250)]
    mirrored(source="shopify", handle="espresso-nordlicht", variants=sizes, option_names=[])
    before, pk = everything(), Variant.objects.get().pk
    one = imported(table(product(variant(), Variant_SKU="OTHER")))
    assert not Variant.objects.filter(pk=pk).exists()
    undone(one)
    assert (everything(), Variant.objects.get().pk) == (before, pk)


def test_the_same_file_can_come_again_after_it_was_undone() -> None:
    file = woo(variable(), variation(21, "M", "9"), variation(22, "L", "9"))
    one = imported(file)
    written = everything()
    undone(one)
    assert Product.objects.count() == 0
    assert counts(imported(file)) == (1, 0, 0, 0)
    assert everything() == written


def test_files_taken_back_newest_first_leave_nothing() -> None:
    known()
    states = [everything()]
    changed_at = Product.objects.get().updated_at
    files = [
        table(product(variant()), *many(2)),
        table(product(variant(Variant_Price="1.00"), Vendor="x"), *many(3)),
        table(product(Title="Espresso"), *many(1)),
    ]
    ones = []
    for file in files:
        ones.append(imported(file))
        states.append(everything())
    for one in reversed(ones):
        states.pop()
        undone(one)
        assert (one.kept_count, everything()) == (0, states[-1])
    assert Product.objects.get().updated_at == changed_at


def test_a_row_that_does_not_say_when_it_was_changed_is_taken_back_too() -> None:
    known()
    before = everything()
    one = imported(table(product(variant())))
    row = one.rows.get()
    del row.before["updated_at"]
    row.save(update_fields=["before"])
    undone(one)
    assert everything() == before


def _told_by_the_shop(one: Product) -> None:
    Product.mirror(new_product(source=one.source, external_id=one.external_id,
        handle=one.handle, title="Neu"), by=None)  # fmt: skip


TOUCHES: dict[str, Callable[[Product], object]] = {
    "the shop's system": _told_by_the_shop,
    "another file": lambda one: imported(
        table(product(Handle=one.handle, Title=one.title, Vendor="x"))
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_somebody_has_touched_since_stays(touch: str) -> None:
    one = imported(table(*many(3)))
    touched = Product.objects.order_by("pk")[1]
    TOUCHES[touch](touched)
    kept = [row for row in everything() if row["handle"] == touched.handle]
    undone(one)
    assert everything() == kept
    assert (one.undone_count, one.kept_count) == (2, 1)
    assert [code for _line, code, _detail in problems(one)] == ["touched"]


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_known_product_changed_since_keeps_all(touch: str) -> None:
    known()
    one = imported(table(product(variant())))
    TOUCHES[touch](Product.objects.get())
    before = everything()
    undone(one)
    assert (everything(), one.undone_count, one.kept_count) == (before, 0, 1)


@pytest.mark.parametrize("killed_after", [1, 2])
def test_a_worker_killed_meanwhile_is_followed_by_one_that_goes_on(
    killed_after: int, settings: Any
) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = imported(table(*many(5)))
    assert one.undo(by=None, in_worker=False)
    for number, _stage in enumerate(steps(one.pk), start=1):
        if number == killed_after:
            break
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.undone_count, Product.objects.count()) == ("undone", 5, 0)


def test_a_cancelled_import_takes_back_what_was_written_by_then(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    one.cancel(by=None)
    assert Product.objects.count() == 2
    undone(one)
    assert (Product.objects.count(), one.stage) == (0, "undone")


def test_more_rows_take_no_more_statements() -> None:
    taken = []
    for rows in (1, 30):
        one = imported(table(*many(rows)))
        assert one.undo(by=None, in_worker=False)
        with CaptureQueriesContext(connection) as queries:
            next(steps(one.pk))
        taken.append(len(queries))
        work(one.pk)
    assert taken[0] == taken[1]
