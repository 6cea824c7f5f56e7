"""A newer file and what is here already: what it changes, what stays, and what is left out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from products.importing.models import ProductImportRow
from products.models import Product
from products.new import NewVariant
from tests.factories.products import mirrored
from tests.products.import_files import (
    HANDLE_2018,
    HANDLE_2021,
    Row,
    checked,
    counts,
    imported,
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
FIVE = variant(Option1_Value="5 kg", Variant_SKU="ESP-5000", Variant_Price="150.00")


def variants() -> list[tuple[str, str, str]]:
    return [(one.title, one.sku, str(one.price)) for one in Product.objects.get().variants.all()]


def changes() -> dict[str, Any]:
    found: dict[str, Any] = ProductImportRow.objects.order_by("-pk")[0].changes
    return found


CHANGES: dict[str, tuple[Row, dict[str, list[str]]]] = {
    "title": ({"Title": "Espresso"}, {"title": ["Espresso Nordlicht", "Espresso"]}),
    "status": ({"Status": "draft"}, {"status": ["active", "draft"]}),
    "price": ({"Variant_Price": "10.90"}, {"prices": ["250 g 9.90", "250 g 10.90"]}),
    "stock": ({"Variant_Inventory_Qty": ""}, {"stock": ["250 g 12", "250 g –"]}),
    "sku": ({"Variant_SKU": "NEW"}, {"skus": ["250 g ESP-250", "250 g NEW"]}),
    "barcode": ({"Variant_Barcode": ""}, {"details": ["", "250 g"]}),
    "price before": ({"Variant_Compare_At_Price": "12.00"}, {"details": ["", "250 g"]}),
    "vendor, emptied": ({"Vendor": ""}, {"vendor": ["Rösterei Nord", ""]}),
    "tags": ({"Tags": "Bohnen"}, {"tags": ["Espresso, Bohnen", "Bohnen"]}),
    "description": ({"Body": "<p>Neu</p>"}, {"description": ["Nussig &amp; dunkel", "Neu"]}),
    "options": ({"Option1_Name": "Beutel"}, {"options": ["Größe", "Beutel"]}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_file_counts_and_each_change_is_told(name: str) -> None:
    cells, expected = CHANGES[name]
    imported(table(product(variant())))
    first = told(Product.objects.get())
    one = imported(table(product(variant(), **cells)))
    assert (counts(one), changes()) == ((0, 1, 0, 0), expected)
    imported(table(product(variant())))
    assert told(Product.objects.get()) == first


def test_a_column_that_the_file_does_not_have_leaves_what_is_there() -> None:
    imported(table(product(variant(), Status="archived")))
    layout = [name for name in HANDLE_2018 if name not in {"Tags", "Variant Barcode", "Published"}]
    one = imported(table(product(variant(), Vendor="neu"), layout=layout))
    found = Product.objects.get()
    assert (counts(one), list(changes())) == ((0, 1, 0, 0), ["vendor"])
    assert (found.status, found.tags) == ("archived", ["Espresso", "Bohnen"])
    assert found.variants.first().barcode == "4001234567890"  # type: ignore[union-attr] -- it has one


def test_variants_that_a_newer_file_does_not_name_stay() -> None:
    imported(table(product(variant(), FIVE)))
    one = imported(table(product(FIVE, Variant_Price="8.00")))
    assert counts(one) == (0, 1, 0, 0)
    assert variants() == [
        ("250 g", "ESP-250", "8.00"),
        ("5 kg", "ESP-5000", "150.00"),
        ("1 kg", "ESP-1000", "34.70"),
    ]


def test_new_variants_come_in_the_order_of_the_file() -> None:
    imported(table(product(FIVE)))
    imported(table(product(variant(), FIVE)))
    assert [title for title, _sku, _price in variants()] == ["250 g", "1 kg", "5 kg"]
    assert changes() == {"variants": ["250 g, 5 kg", "250 g, 1 kg, 5 kg"]}


def test_a_variant_is_known_by_its_sku_where_its_options_are_called_otherwise() -> None:
    imported(table(product(variant())))
    known = set(Product.objects.get().variants.values_list("pk", flat=True))
    imported(table(product(variant(Option1_Value="1000 g"))))
    assert [title for title, _sku, _price in variants()] == ["250 g", "1000 g"]
    assert set(Product.objects.get().variants.values_list("pk", flat=True)) == known
    assert counts(imported(table(product(variant(Option1_Value="1000 g"))))) == (0, 0, 1, 0)


def test_a_product_that_gets_options_loses_the_variant_that_had_none() -> None:
    plain: Row = {"Option1_Name": "Title", "Option1_Value": "Default Title", "Variant_SKU": "E"}
    imported(table(product(**plain)))
    imported(table(product(variant())))
    assert [title for title, _sku, _price in variants()] == ["250 g", "1 kg"]
    imported(table(product(**plain)))
    assert [title for title, _sku, _price in variants()] == [""]


def test_only_filling_gaps_overwrites_nothing() -> None:
    imported(table(product(Vendor="", Variant_Barcode="", Variant_Price="")))
    file = table(product(variant(), Title="X", Variant_Inventory_Qty="1", Variant_SKU="Y"))
    one = imported(file, only_fills_gaps=True)
    found = Product.objects.get()
    small, large = found.variants.all()
    assert counts(one) == (0, 1, 0, 0)
    assert (found.title, found.vendor) == ("Espresso Nordlicht", "Rösterei Nord")
    assert (small.sku, small.barcode, small.price) == ("ESP-250", "4001234567890", Decimal("9.90"))
    assert (small.stock, large.sku) == (12, "ESP-1000")
    assert counts(imported(file, only_fills_gaps=True)) == (0, 0, 1, 0)


def test_a_product_that_the_shops_system_told_of_is_known_by_its_handle() -> None:
    sizes = [NewVariant(external_id="9001", options=["250 g"], sku="ESP-250", price=Decimal(9))]
    known = mirrored(source="shopify", handle="espresso-nordlicht", variants=sizes)
    assert counts(imported(table(product()))) == (0, 1, 0, 0)
    found = Product.objects.get()
    assert (found.pk, found.external_id) == (known.pk, known.external_id)
    assert [one.external_id for one in found.variants.all()] == ["9001"]


def test_a_handle_of_another_source_is_not_taken_from_it() -> None:
    other = mirrored(source="elsewhere", handle="espresso-nordlicht")
    one = imported(table(product(), product(Handle="b", Title="B", Variant_SKU="B")))
    assert counts(one) == (1, 0, 0, 1)
    assert problems(one) == [(2, "product_handle_taken", "espresso-nordlicht")]
    assert Product.objects.get(handle="espresso-nordlicht").pk == other.pk


def test_products_of_one_name_get_handles_of_their_own() -> None:
    mirrored(source="elsewhere", handle="kaffee")
    one = imported(woo(simple(1, Name="Tee"), simple(2, Name="Tee"), simple(3, Name="Kaffee")))
    assert (one.created_count, problems(one)) == (3, [])
    handles = Product.objects.order_by("handle").values_list("handle", flat=True)
    assert list(handles) == ["kaffee", "kaffee-3", "tee-1", "tee-2"]
    assert counts(imported(woo(simple(1, Name="Tee!")))) == (0, 1, 0, 0)
    assert Product.objects.filter(handle="tee-1", title="Tee!").exists()


def test_variations_alone_go_to_the_product_that_is_known() -> None:
    """By its id, by the SKU that its row had, or by their own id."""
    imported(woo(variable(), variation(21, "250 g", "9,90")))
    one = imported(
        woo(
            variation(21, "250 g", "10,90", parent="gone"),
            variation(22, "1 kg", "34,70"),
            variation(23, "5 kg", "150", parent="id:20"),
        )
    )
    assert (counts(one), problems(one)) == ((0, 1, 0, 0), [])
    assert variants() == [
        ("250 g", "COFFEE-21", "10.90"),
        ("1 kg", "COFFEE-22", "34.70"),
        ("5 kg", "COFFEE-23", "150.00"),
    ]
    assert Product.objects.get().title == "Kaffee"


def test_variations_of_nobody_are_left_out_one_by_one() -> None:
    one = imported(woo(variation(21, "M", "9"), simple(), variation(22, "L", "9", parent="id:7")))
    assert counts(one) == (1, 0, 0, 2)
    assert problems(one) == [(2, "product_parent", "coffee"), (4, "product_parent", "7")]


def test_a_variation_that_is_wrong_is_left_out_and_comes_when_it_is_mended() -> None:
    one = imported(woo(variable(), variation(21, "M", "9"), variation(22, "L", "free")))
    assert (counts(one), problems(one)) == ((1, 0, 0, 1), [(4, "product_price", "free")])
    assert counts(imported(woo(variation(22, "L", "9")))) == (0, 1, 0, 0)
    assert [title for title, _sku, _price in variants()] == ["M", "L"]


def test_files_with_and_without_ids_meet_by_the_sku() -> None:
    without = woo(simple(ID=""), variable(ID=""), variation(21, "M", "9") | {"ID": ""})
    assert counts(imported(without)) == (2, 0, 0, 0)
    assert counts(imported(without)) == (0, 0, 2, 0)
    with_ids = woo(simple(), variable(), variation(21, "M", "9"))
    assert counts(imported(with_ids)) == (0, 2, 0, 0)
    assert sorted(Product.objects.values_list("external_id", flat=True)) == ["10", "20"]
    assert counts(imported(without)) == (0, 0, 2, 0)
    assert Product.objects.count() == 2


@pytest.mark.parametrize("parent", ["COFFEE", "gone"])
def test_an_export_without_skus_finds_the_row_of_a_variations_product(parent: str) -> None:
    """By the SKU that its row had once, or by the variation's own id."""
    imported(woo(variable(), variation(21, "M", "9")))
    known = variation(21, "M", "8", parent=parent)
    for rows in ([variable(Name="Tee"), known], [known, variable(Name="Tee")]):
        one = imported(woo(*rows, without="SKU"))
        assert (one.rows_count, problems(one)) == (1, [])
        assert (Product.objects.get().title, variants()) == ("Tee", [("M", "COFFEE-21", "8.00")])
        imported(woo(variable(), variation(21, "M", "9")))


def test_the_sku_of_a_variation_is_not_its_products() -> None:
    imported(woo(variable(), variation(21, "M", "9")))
    imported(woo(variation(21, "M", "8")))
    assert counts(imported(woo(simple(ID="", SKU="COFFEE-21")))) == (1, 0, 0, 0)
    assert Product.objects.get(external_id="20").title == "Kaffee"


def test_rows_of_a_product_whose_first_row_is_missing() -> None:
    """They go to the product that is known, else they are left out."""
    rows = product(variant(), FIVE)
    one = imported(table(rows[1:]))
    assert problems(one) == [(2, "product_parent", "espresso-nordlicht")]
    imported(table(product()))
    assert counts(imported(table(rows[1:]))) == (0, 1, 0, 0)
    assert [title for title, _sku, _price in variants()] == ["250 g", "1 kg", "5 kg"]


def test_a_dry_run_tells_of_variants_that_come_and_go() -> None:
    imported(table(product(variant()), layout=HANDLE_2021))
    one = checked(table(product(FIVE)))
    assert one.rows.get().changes["variants"] == ["250 g, 1 kg", "250 g, 5 kg, 1 kg"]
    assert Product.objects.get().variants.count() == 2
