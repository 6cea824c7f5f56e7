"""An export of products is known by its columns; another file is refused in a sentence."""

from __future__ import annotations

import csv
import io

import pytest

from customers.importing.columns import plain, sorted_out
from customers.importing.kinds import kind_named
from customers.importing.problems import FileRefused
from customers.importing.reading import recognise
from products.importing.layouts import layout_of
from tests.customers import import_files as customers
from tests.orders import import_files as orders
from tests.products.import_files import (
    HANDLE_2018,
    HANDLE_2021,
    HANDLE_2024,
    SHOPIFY,
    WOOCOMMERCE,
    WOOCOMMERCE_GERMAN,
    WORDS_2025,
    product,
    simple,
    table,
    woo,
)

ALL = {**SHOPIFY, "woocommerce": WOOCOMMERCE, "woocommerce, german": WOOCOMMERCE_GERMAN}


def test_the_layouts_are_as_wide_as_the_shops_write_them() -> None:
    widths = [len(names) for names in (HANDLE_2018, HANDLE_2021, HANDLE_2024, WORDS_2025)]
    assert widths == [46, 48, 55, 57]


@pytest.mark.parametrize("name", ALL)
def test_no_column_of_a_shops_own_is_unknown(name: str) -> None:
    layout = layout_of(ALL[name])
    assert sorted_out(kind_named("products"), layout.passed_over)[1] == []


@pytest.mark.parametrize("name", ALL)
def test_what_is_told_of_a_product_is_taken_from_every_layout(name: str) -> None:
    taken = layout_of(ALL[name]).places.keys()
    assert {"title", "description", "sku", "price", "stock", "published", "vendor"} - taken <= (
        {"vendor"} if "woo" in name else set()
    )


def test_the_prices_of_a_market_are_left_out() -> None:
    left_out, _unknown = sorted_out(kind_named("products"), layout_of(HANDLE_2024).passed_over)
    markets = [f"{what} / Germany" for what in ("Included", "Price", "Compare At Price")]
    assert [name for name in left_out if name.endswith(" / Germany")] == markets


def test_both_languages_of_woocommerce_say_the_same() -> None:
    english, german = layout_of(WOOCOMMERCE), layout_of(WOOCOMMERCE_GERMAN)
    assert english.places == german.places
    assert (english.source, german.source) == ("woocommerce", "woocommerce")


def header(names: list[str]) -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerow(names)
    return io.BytesIO(text.getvalue().encode() + b"x" + b"," * (len(names) - 1))


@pytest.mark.parametrize("missing", ["Option1 Value", "Variant Price"])
def test_a_file_without_what_tells_variants_apart_is_refused(missing: str) -> None:
    names = [name for name in HANDLE_2021 if name != missing]
    with pytest.raises(FileRefused) as refusal:
        recognise(lambda: header(names), "products")
    assert refusal.value.problem == ("product_columns", missing)


def test_either_an_id_or_a_sku_tells_woocommerces_products_apart() -> None:
    layout_of([name for name in WOOCOMMERCE if name != "SKU"])
    layout_of([name for name in WOOCOMMERCE if name != "ID"])
    with pytest.raises(FileRefused):
        layout_of([name for name in WOOCOMMERCE if name not in {"ID", "SKU"}])


INVENTORY = [
    *("Handle", "Title", "Option1 Name", "Option1 Value", "SKU", "Location"),
    *("Incoming", "On hand"),
]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (customers.CURRENT, "customers_not_products"),
        (orders.CURRENT, "orders_not_products"),
        (INVENTORY, "product_columns"),
        ([*HANDLE_2021, "Title"], "column_twice"),
        ([*HANDLE_2021, "Price"], "column_twice"),
    ],
)
def test_another_export_is_refused_by_its_name(names: list[str], code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        recognise(lambda: header(names), "products")
    assert refusal.value.problem.code == code


def test_a_file_is_known_for_one_of_products_by_its_columns() -> None:
    def kind(content: bytes) -> str:
        return recognise(lambda: io.BytesIO(content)).shape.kind

    for layout in SHOPIFY.values():
        assert kind(table(product(), layout=layout)) == "products"
    assert kind(woo(simple())) == "products"
    assert kind(woo(simple(), german=True)) == "products"
    assert kind(orders.table(orders.order())) == "orders"
    assert kind(customers.table({"Email": "a@b.de"})) == "customers"


def test_names_count_and_neither_their_order_nor_their_capitals() -> None:
    turned = [name.upper() for name in reversed(WORDS_2025)]
    assert len(layout_of(turned).places) == len(layout_of(WORDS_2025).places)
    assert plain("'URL handle ") == "url handle"
