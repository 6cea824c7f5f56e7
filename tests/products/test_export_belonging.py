"""Which rows of a file belong together, also when more is known by the time it is read again."""

from __future__ import annotations

from typing import Any

import pytest

from customers.importing.models import Import
from customers.importing.problems import BROKEN, FileRefused
from customers.importing.working import steps, work
from products.importing.models import ProductImportRow
from products.models import Product
from products.new import NewVariant
from tests.factories.products import mirrored
from tests.products.import_files import (
    checked,
    counts,
    imported,
    problems,
    product,
    simple,
    table,
    variable,
    variant,
    variation,
    woo,
)

pytestmark = pytest.mark.django_db


def broken_off(content: bytes) -> Import:
    """One step of it is written."""
    one = checked(content)
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    one.fail(FileRefused(BROKEN))
    return one


def tried_again(one: Import) -> Import:
    assert one.try_again(by=None)
    work(one.pk)
    one.refresh_from_db()
    return one


def keys() -> list[str]:
    return sorted(
        Product.objects.get(external_id="20").variants.values_list("external_id", flat=True)
    )


def test_variations_whose_product_came_meanwhile_are_not_lost(settings: Any) -> None:
    """The first of them had been left out by then: those behind it do not go with it."""
    settings.IMPORT_CHUNK_ROWS = 1
    rows = [variation(21, "250 g", "9"), simple(), variation(22, "1 kg", "34")]
    one = broken_off(woo(*rows))
    assert counts(one) == (0, 0, 0, 1)
    settings.IMPORT_CHUNK_ROWS = 100
    imported(woo(variable()))
    tried_again(one)
    assert (one.stage, counts(one), one.rows_count) == ("finished", (1, 1, 0, 1), 3)
    assert keys() == ["22"]


def test_what_was_written_is_not_written_again_for_those_behind_it(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    imported(woo(variable()))
    rows = [variation(21, "250 g", "9"), simple(), variation(22, "1 kg", "34"), simple(11)]
    one = broken_off(woo(*rows))
    assert (counts(one), keys()) == ((0, 1, 0, 0), ["21", "22"])
    tried_again(one)
    assert (one.stage, counts(one)[0], counts(one)[3]) == ("finished", 2, 0)
    assert sum(counts(one)) == one.rows_count == one.done_count
    assert keys() == ["21", "22"]


def test_a_row_of_the_product_itself_that_is_past_takes_nobody_along(settings: Any) -> None:
    """Of an export without SKUs: the variation finds the product by its own id, meanwhile."""
    settings.IMPORT_CHUNK_ROWS = 1
    rows = [variable(SKU=""), simple(), variation(22, "1 kg", "34")]
    one = broken_off(woo(*rows))
    settings.IMPORT_CHUNK_ROWS = 100
    imported(woo(variation(22, "1 kg", "30", parent="id:20")))
    tried_again(one)
    assert (one.stage, counts(one)) == ("finished", (2, 1, 0, 0))
    assert str(Product.objects.get(external_id="20").price_from) == "34.00"


@pytest.mark.parametrize("chunk", [1, 100])
@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_rows_about_one_known_product_the_last_counts_whatever_a_step_is(
    settings: Any, chunk: int, turn: int
) -> None:
    """One names its handle of today, one the handle that its id was made of."""
    settings.IMPORT_CHUNK_ROWS = chunk
    sizes = [NewVariant(options=["250 g"])]
    mirrored(source="shopify", external_id="old", handle="new", variants=sizes)
    rows = [
        product(Handle="old", Title="Old"),
        product(Handle="b", Title="B", Variant_SKU="B"),
        product(Handle="new", Title="New"),
    ][::turn]
    one = checked(table(*rows))
    assert counts(one) == (1, 1, 0, 1)
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, counts(one)) == ("finished", (1, 1, 0, 1))
    first = {1: "old", -1: "new"}[turn]
    assert (2, "product_same", first) in problems(one)
    last = {1: "New", -1: "Old"}[turn]
    assert Product.objects.get(external_id="old").title == last


def note(sku: str, of: str) -> None:
    """As an earlier release did: of a variation, its own SKU."""
    row = ProductImportRow.objects.filter(product__external_id=of).latest("pk")
    row.pk, row.line, row.sku_ref = None, row.line + 100, f"sku:{sku.lower()}"
    row.save(force_insert=True)


def test_a_variations_sku_that_an_earlier_release_noted_is_nobody_elses() -> None:
    imported(woo(variable(30, Name="Tee", SKU="COFFEE-21")))
    imported(woo(variable(), variation(21, "250 g", "9")))
    note("COFFEE-21", of="20")
    one = imported(woo(variation(31, "100 g", "5", parent="COFFEE-21")))
    assert (counts(one), problems(one)) == ((0, 1, 0, 0), [])
    assert keys() == ["21"]
    assert Product.objects.get(external_id="30").variants.get().external_id == "31"


def test_nor_is_a_product_without_an_id_known_by_it() -> None:
    imported(woo(variable(), variation(21, "250 g", "9")))
    note("COFFEE-21", of="20")
    one = imported(woo(simple(ID="", SKU="COFFEE-21", Name="Tee")))
    assert counts(one) == (1, 0, 0, 0)
    assert Product.objects.get(external_id="20").title == "Kaffee"


def test_a_variation_that_names_a_variations_sku_has_no_product() -> None:
    imported(woo(variable(), variation(21, "250 g", "9")))
    note("COFFEE-21", of="20")
    one = imported(woo(variation(31, "100 g", "5", parent="COFFEE-21")))
    assert problems(one) == [(2, "product_parent", "coffee-21")]


def test_a_row_with_a_title_alone_is_no_variant_beside_others() -> None:
    nothing = {"Option1_Value": "", "Variant_SKU": "", "Variant_Price": ""}
    rows = product(variant(), variant(Option1_Value="5 kg", Variant_SKU="ESP-5000"), **nothing)
    expected = ["1 kg", "5 kg"]
    imported(table(rows))
    assert [one.title for one in Product.objects.get().variants.all()] == expected
    assert counts(imported(table(rows))) == (0, 0, 1, 0)
    head, *others = rows
    apart = product(Handle="b", Title="B", Variant_SKU="B")
    imported(table([others[0]], apart, [head], product(Handle="c", Title="C"), [others[1]]))
    known = Product.objects.get(handle="espresso-nordlicht")
    assert [one.title for one in known.variants.all()] == expected


def test_a_product_that_says_neither_option_nor_sku_nor_price_is_its_one_variant() -> None:
    nothing = {"Option1_Value": "", "Variant_SKU": "", "Variant_Price": "", "Option1_Name": ""}
    imported(table(product(**nothing)))
    found = Product.objects.get().variants.get()
    assert (found.external_id, found.price, found.stock) == ("", None, 12)


def test_variants_without_a_value_of_the_option_are_told_by_their_skus() -> None:
    bare = [variant(Option1_Value="", Variant_SKU=sku) for sku in ("A", "B")]
    one = imported(table(product(*bare)))
    assert problems(one) == [(2, "product_choice", "Größe")]
    assert [found.sku for found in Product.objects.get().variants.all()] == ["ESP-250", "A", "B"]
    assert counts(imported(table(product(*bare)))) == (0, 0, 1, 0)
    dearer = [bare[0], {**bare[1], "Variant Price": "99.00"}]
    assert counts(imported(table(product(*dearer)))) == (0, 1, 0, 0)
    assert [str(found.price) for found in Product.objects.get().variants.all()] == [
        "9.90",
        "34.70",
        "99.00",
    ]


def test_where_nothing_tells_variants_apart_the_last_counts_and_that_is_said() -> None:
    bare = [variant(Option1_Value="", Variant_SKU="", Variant_Price=price) for price in "12"]
    one = imported(table(product(*bare)))
    assert problems(one) == [
        (2, "product_choice", "Größe"),
        (2, "product_variants_alike", ""),
    ]
    assert [str(found.price) for found in Product.objects.get().variants.all()] == ["9.90", "2.00"]
