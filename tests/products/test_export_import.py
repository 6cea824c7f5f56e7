"""A file of products becomes products; the same file changes nothing, a newer one what differs."""

from __future__ import annotations

import csv
import io
import itertools
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.models import Import
from customers.importing.working import steps
from events.models import Event, EventAbout
from products.importing.models import ProductImportRow, StagedProduct
from products.models import Product
from tests.customers.workbook_files import workbook
from tests.products.import_files import (
    SHOPIFY,
    checked,
    counts,
    everything,
    imported,
    many,
    problems,
    product,
    simple,
    table,
    told,
    variable,
    variant,
    variation,
    woo,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("layout", SHOPIFY)
def test_a_product_comes_with_all_that_the_file_says(layout: str) -> None:
    one = imported(table(product(variant()), layout=SHOPIFY[layout]))
    assert (one.kind, counts(one), problems(one)) == ("products", (1, 0, 0, 0), [])
    found = Product.objects.get()
    assert (found.handle, found.title, found.source) == (
        "espresso-nordlicht",
        "Espresso Nordlicht",
        "shopify",
    )
    assert found.description == "<p>Nussig &amp; dunkel</p>"
    assert (found.vendor, found.product_type) == ("Rösterei Nord", "Kaffee")
    assert (found.tags, found.status) == (["Espresso", "Bohnen"], "active")
    assert (found.option1_name, found.option2_name) == ("Größe", "")
    assert found.image_url == "https://cdn.example.com/espresso.jpg?v=1"
    assert (found.price_from, found.price_to, found.stock) == (
        Decimal("9.90"),
        Decimal("34.70"),
        12,
    )
    small, large = found.variants.all()
    assert (small.title, small.sku, small.barcode) == ("250 g", "ESP-250", "4001234567890")
    assert (small.price, small.compare_at_price) == (Decimal("9.90"), Decimal("11.50"))
    assert (small.stock, small.continue_selling, small.weight_grams) == (12, False, 250)
    assert (large.title, large.external_id, large.price) == ("1 kg", "1 kg", Decimal("34.70"))
    assert (large.stock, large.continue_selling, large.requires_shipping) == (0, True, True)


def test_the_dry_run_says_what_the_import_does_and_writes_nothing() -> None:
    imported(table(product(), product(Handle="b", Title="B")))
    file = table(
        product(),
        product(Handle="b", Title="B", Vendor="new"),
        product(Handle="c", Title="C"),
        product(Handle="d", Variant_Price="x"),
    )
    before = everything()
    one = checked(file)
    expected = counts(one)
    assert (expected, everything()) == ((1, 1, 1, 1), before)
    assert counts(imported(file)) == expected
    assert StagedProduct.objects.filter(of_import__finished_at__isnull=False).count() == 0


FILES = {
    "shopify": table(*many(5)),
    "woocommerce": woo(simple(), variable(), variation(21, "250 g", "9,90")),
}


@pytest.mark.parametrize("shop", FILES)
def test_the_same_file_again_changes_nothing(shop: str) -> None:
    first = imported(FILES[shop])
    before = everything()
    again = imported(FILES[shop])
    assert counts(again) == (0, 0, first.created_count, 0)
    assert everything() == before


def test_what_the_shop_told_since_stays_when_an_old_file_comes_again() -> None:
    imported(table(product()))
    found = Product.objects.get()
    Product.objects.filter(pk=found.pk).update(vendor="told by the shop")
    assert counts(imported(table(product()))) == (0, 0, 1, 0)
    assert counts(imported(table(product(Tags="Neu")))) == (0, 1, 0, 0)
    assert Product.objects.get().vendor == "Rösterei Nord"


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_the_order_of_the_rows_and_the_size_of_a_step_do_not_matter(
    settings: Any, chunk: int
) -> None:
    """Rows of a product that were sorted apart find their way back to it."""
    settings.IMPORT_CHUNK_ROWS = chunk
    first, *others = product(variant(), variant(Option1_Value="5 kg", Variant_SKU="ESP-5000"))
    rows = [[first], *([row] for row in others), product(Handle="b", Title="B", Variant_SKU="B")]
    expected = None
    for turn in list(itertools.permutations(rows))[::5]:
        Product.objects.all().delete()
        one = imported(table(*turn))
        assert (counts(one), problems(one)) == ((2, 0, 0, 0), [])
        found = everything()
        for row in found:
            row["variants"] = sorted(
                ({**known, "position": 0} for known in row["variants"]),
                key=lambda known: known["external_id"],
            )
        expected = expected or found
        assert found == expected
    assert Product.objects.count() == 2


@pytest.mark.parametrize("chunk", [1, 100])
def test_variations_may_stand_anywhere(settings: Any, chunk: int) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    rows = [
        variable(),
        variation(22, "1 kg", "34,70", Position="2"),
        variation(21, "250 g", "9,90", parent="id:20", Position="1"),
        simple(),
    ]
    expected = None
    for turn in list(itertools.permutations(rows))[::5]:
        Product.objects.all().delete()
        one = imported(woo(*turn))
        assert (one.rows_count, one.done_count, counts(one)) == (2, 2, (2, 0, 0, 0))
        expected = expected or everything()
        assert everything() == expected
    coffee = Product.objects.get(external_id="20")
    assert [one.title for one in coffee.variants.all()] == ["250 g", "1 kg"]
    assert (coffee.option1_name, coffee.price_from) == ("Größe", Decimal("9.90"))


def test_of_rows_with_one_handle_the_last_product_counts() -> None:
    one = imported(
        table(product(Vendor="first"), product(Handle="b", Title="B"), product(Vendor="last"))
    )
    assert counts(one) == (2, 0, 0, 1)
    assert (2, "product_repeated", "4") in problems(one)
    assert Product.objects.get(handle="espresso-nordlicht").vendor == "last"


def test_a_variant_that_is_there_twice_counts_once_and_a_sku_of_two_is_told() -> None:
    one = imported(table(product(variant(), variant(Variant_Price="1.00"), variant(
        Option1_Value="5 kg"))))  # fmt: skip
    assert problems(one) == [
        (2, "product_variant_twice", "1 kg"),
        (2, "product_sku_twice", "ESP-1000"),
    ]
    assert [str(found.price) for found in Product.objects.get().variants.all()] == [
        "9.90",
        "1.00",
        "34.70",
    ]


def test_one_event_for_all_and_nothing_on_each_timeline() -> None:
    imported(table(*many(3)))
    assert not Event.objects.filter(name__startswith="product.").exists()
    assert EventAbout.objects.count() == 0
    assert Event.objects.get(name="import.finished").plain["created"] == 3


@pytest.mark.parametrize("crash_after", range(1, 9))
def test_an_import_goes_on_where_a_killed_worker_left_it(settings: Any, crash_after: int) -> None:
    """Also when the staged rows went with the database server: variations find their product."""
    settings.IMPORT_CHUNK_ROWS = 1
    one = checked(woo(variation(21, "250 g", "9,90"), simple(), variable(),
        variation(22, "1 kg", "34,70"), simple(11)))  # fmt: skip
    one.start(by=None, in_worker=False)
    done = 0
    while one.is_working:
        for _stage in steps(one.pk):
            done += 1
            if done == crash_after:
                StagedProduct.objects.all().delete()
                break
        one.refresh_from_db()
    assert (one.stage, counts(one), one.rows_count) == ("finished", (3, 0, 0, 0), 3)
    assert Product.objects.get(external_id="20").variants.count() == 2


def test_the_number_of_statements_does_not_grow_with_the_products() -> None:
    def statements(count: int, prefix: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            imported(table(*many(count, prefix)))
        return len(captured)

    statements(1, "a")
    assert statements(20, "b") == statements(200, "c")


def test_forgetting_an_import_keeps_its_products() -> None:
    one = imported(table(product()))
    Import.objects.filter(pk=one.pk).delete()
    assert (Product.objects.count(), ProductImportRow.objects.count()) == (1, 0)


def test_a_known_product_is_searched_by_what_the_file_says() -> None:
    imported(table(product()))
    imported(table(product(Title="Filterkaffee Südwind")))
    assert Product.objects.search("sudwind").get().title == "Filterkaffee Südwind"
    assert told(Product.objects.get())["sort_title"] == "filterkaffee sudwind"


def test_the_longest_of_everything_fits() -> None:
    long = "Ü" * 300
    one = imported(
        woo(
            simple(ID="", SKU=long, Name=long, Categories=long, Tags=long),
            simple(ID="", SKU=f"{long}2", Name=long),
            variable(ID="", SKU="A", Name=long),
            variation(0, long, "9", parent="A") | {"ID": "", "SKU": long[:250]},
        )
    )
    assert one.stage == "finished"
    assert Product.objects.count() == 2
    options = {f"Option{n}_Value": "x" * 300 for n in (1, 2, 3)}
    assert imported(table(product(Handle="h" * 300, Title=long, **options))).created_count == 1


def test_a_workbook_of_products_is_read_like_the_file() -> None:
    content = table(product(variant()), product(Handle="b", Title="B", Variant_SKU="B"))
    imported(content)
    before = everything()
    Product.objects.all().delete()
    numbers = re.compile(r"\d{1,4}(\.\d+)?")
    rows = [
        [float(cell) if numbers.fullmatch(cell) else cell == "true" or cell for cell in row]
        for row in csv.reader(io.StringIO(content.decode()))
    ]
    assert counts(imported(workbook(*rows))) == (2, 0, 0, 0)
    assert everything() == before
