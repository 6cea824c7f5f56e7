"""Variants that a newer file names, does not name, or leaves open: which of them stay."""

from __future__ import annotations

import pytest

from products.models import Product
from products.new import NewVariant
from tests.factories.products import mirrored
from tests.products.import_files import (
    Row,
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
WHOLE = variable(Attribute_1_name="Farbe")


def of_color(number: int, color: str, price: str = "9", **cells: str) -> Row:
    return variation(number, color, price, Attribute_1_name="Farbe", **cells)


RED, ANY = of_color(21, "Rot"), of_color(22, "")


def variants() -> list[tuple[str, str, str]]:
    """Of each its id, its options and its price."""
    found = Product.objects.get().variants.all()
    return [(one.external_id, one.title, str(one.price)) for one in found]


def test_a_variation_of_any_color_stays_when_a_newer_file_does_not_name_it() -> None:
    imported(woo(WHOLE, RED, ANY))
    one = imported(woo(WHOLE, of_color(21, "Rot", "8"), of_color(22, "", "free")))
    assert (counts(one), problems(one)) == ((0, 1, 0, 1), [(4, "product_price", "free")])
    assert variants() == [("21", "Rot", "8.00"), ("22", "", "9.00")]


@pytest.mark.parametrize("whole", [[WHOLE], []], ids=["with its product", "alone"])
def test_a_variation_of_any_color_takes_no_other_away(whole: list[Row]) -> None:
    imported(woo(WHOLE, RED, ANY))
    imported(woo(*whole, of_color(22, "", "8")))
    assert sorted(variants()) == [("21", "Rot", "9.00"), ("22", "", "8.00")]


def test_the_only_variation_of_any_color_stays_when_others_come() -> None:
    imported(woo(WHOLE, ANY))
    imported(woo(WHOLE, RED))
    assert sorted(variants()) == [("21", "Rot", "9.00"), ("22", "", "9.00")]
    imported(woo(WHOLE, of_color(23, "")))
    assert [key for key, _title, _price in sorted(variants())] == ["21", "22", "23"]


def test_a_variation_of_any_color_fills_a_gap() -> None:
    imported(woo(WHOLE, RED))
    one = imported(woo(WHOLE, RED, ANY), only_fills_gaps=True)
    assert counts(one) == (0, 1, 0, 0)
    assert variants() == [("21", "Rot", "9.00"), ("22", "", "9.00")]


def test_only_filling_gaps_adds_no_choice_to_a_product_without_one() -> None:
    imported(woo(simple(20)))
    imported(woo(WHOLE, RED), only_fills_gaps=True)
    assert variants() == [("", "", "89.00")]


@pytest.mark.parametrize("variations", [[RED], [ANY], [RED, ANY]])
def test_a_product_that_gets_variations_loses_what_it_was_and_the_other_way_round(
    variations: list[Row],
) -> None:
    imported(woo(simple(20)))
    imported(woo(WHOLE, *variations))
    assert [key for key, _title, _price in variants()] == [row["ID"] for row in variations]
    imported(woo(simple(20)))
    assert [(title, price) for _key, title, price in variants()] == [("", "89.00")]


def test_variations_alone_take_away_nothing() -> None:
    imported(woo(simple(20)))
    imported(woo(of_color(21, "Rot", parent="id:20")))
    assert sorted(variants()) == [("", "", "89.00"), ("21", "Rot", "9.00")]


def test_two_rows_of_a_known_product_do_not_stop_the_import() -> None:
    """One names its handle of today, one the handle that its id was made of."""
    sizes = [NewVariant(options=["250 g"])]
    mirrored(source="shopify", external_id="old", handle="new", variants=sizes)
    small = variant(Option1_Value="250 g", Variant_SKU="B")
    one = imported(
        table(
            product(Handle="old", Title="X"),
            product(small, Handle="new", Option1_Value="5 kg"),
        )
    )
    assert (one.stage, counts(one)) == ("finished", (0, 1, 0, 1))
    assert ("product_same", "old") in [(code, said) for _line, code, said in problems(one)]
    assert [title for _key, title, _price in variants()] == ["5 kg", "250 g"]
