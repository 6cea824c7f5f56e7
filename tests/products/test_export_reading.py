"""Rows of products read: what a cell may say, and what is said of one that cannot be read."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from customers.importing import groups
from customers.importing.files import Record
from customers.importing.problems import in_words
from products.importing.grouping import products_in
from products.importing.layouts import layout_of
from products.importing.of_shopify import ShopifyReader
from products.importing.of_woocommerce import WooCommerceReader
from products.importing.rows import ProductRow
from tests.products.import_files import (
    HANDLE_2018,
    HANDLE_2021,
    Row,
    product,
    simple,
    table,
    variable,
    variant,
    variation,
    woo,
)

SAMPLE = Path("/work/shared/samples/shopify_products_2021_layout.csv")


def read(content: bytes) -> list[ProductRow]:
    header, *rows = csv.reader(io.StringIO(content.decode()))
    layout = layout_of(header)
    records = [Record(2 + n, cells, (), len("".join(cells))) for n, cells in enumerate(rows)]
    if layout.source == "woocommerce":
        woo_reader = WooCommerceReader(layout)
        return [woo_reader.read(record) for record in records]
    reader = ShopifyReader(layout)
    return [reader.read(group) for group in products_in(records, layout)]


def one(*further: Row, layout: list[str] = HANDLE_2021, **cells: str) -> ProductRow:
    (row,) = read(table(product(*further, **cells), layout=layout))
    return row


def wrong(row: ProductRow) -> list[tuple[str, str]]:
    return [tuple(problem) for problem in row.problems]


def only(row: ProductRow) -> dict[str, Any]:
    (found,) = row.variants
    return found


PRICES = {
    "9.90": "9.90",
    "9,90": "9.90",
    "'9.90": "9.90",
    "1,299.00": "1299.00",
    "1.299,00": "1299.00",
    "19,90 €": "19.90",
    "0": "0.00",
    "": None,
}


@pytest.mark.parametrize("cell", PRICES)
def test_prices_with_comma_or_dot(cell: str) -> None:
    price = only(one(Variant_Price=cell))["price"]
    assert price == (Decimal(PRICES[cell]) if PRICES[cell] else None)


@pytest.mark.parametrize("cell", ["1.299", "1,299", "-1.00", "free", "1e3", "99999999999.00"])
def test_a_price_that_is_none_or_may_be_two_is_never_guessed(cell: str) -> None:
    row = one(Variant_Price=cell)
    assert (row.is_usable, wrong(row)) == (False, [("product_price", cell)])


def test_woocommerce_writes_no_thousands_so_its_prices_are_exact() -> None:
    prices = {"16,807": "16.81", "16.8067": "16.81", "1299": "1299.00", "1.299,00": "1299.00"}
    for cell, expected in prices.items():
        (row,) = read(woo(simple(Regular_price=cell)))
        assert only(row)["price"] == Decimal(expected)


STOCKS = {"12": 12, "-3": -3, "0": 0, "": None, "5.0": 5}


@pytest.mark.parametrize("cell", STOCKS)
def test_stock_may_be_below_nothing_and_blank_is_not_counted(cell: str) -> None:
    assert only(one(Variant_Inventory_Qty=cell))["stock"] == STOCKS[cell]


def test_without_a_tracker_nobody_counts_whatever_the_number_says() -> None:
    assert only(one(Variant_Inventory_Tracker="", Variant_Inventory_Qty="7"))["stock"] is None
    assert wrong(one(Variant_Inventory_Qty="some")) == [("product_stock", "some")]


@pytest.mark.parametrize(
    "cell",
    ["http://cdn.example.com/a.jpg", "javascript:alert(1)", "data:image/png;base64,x", "a.jpg",
     "https://[", "https:///a.jpg", "\x01https://a.example/a.jpg", "https://a.example/\x01.jpg",
     'https://a.example/"><script>', "https://" + "a" * 2000],
)  # fmt: skip
def test_pictures_come_over_https_only(cell: str) -> None:
    row = one(Image_Src=cell)
    assert (row.image_url, row.is_usable) == ("", True)
    assert [code for code, _detail in wrong(row)] == ["product_picture"]


def test_the_picture_of_a_product_is_the_one_in_front() -> None:
    pictures = [{"Image Src": f"https://x.de/{n}.jpg", "Image Position": str(n)} for n in (3, 2)]
    row = one(*pictures, Image_Src="https://x.de/7.jpg", Image_Position="7")
    assert (row.image_url, len(row.variants)) == ("https://x.de/2.jpg", 1)


def test_the_description_is_made_harmless() -> None:
    row = one(
        Body='<p onclick="x()">Gut<img src=x onerror=alert(1)><a href="javascript:x">!</a></p>'
    )
    assert row.description == '<p>Gut<a rel="noopener noreferrer nofollow">!</a></p>'


def test_a_product_without_anything_to_choose_has_one_nameless_variant() -> None:
    row = one(Option1_Name="Title", Option1_Value="Default Title")
    assert (row.option1_name, only(row)["option1"], only(row)["key"]) == ("", "", "")


def test_also_where_the_title_stands_in_another_row() -> None:
    row = one(Title="", Option1_Name="", Option1_Value="Default Title")
    assert (row.title, row.parent, only(row)["option1"], only(row)["key"]) == (
        None,
        row.ref,
        "",
        "",
    )


STATES = {
    ("active", "true"): "active",
    ("draft", "true"): "draft",
    ("Archived", ""): "archived",
    ("unlisted", "true"): "active",
    ("", "false"): "draft",
    ("", "TRUE"): "active",
}


@pytest.mark.parametrize("said", STATES)
def test_the_status_is_told_or_follows_from_being_published(said: tuple[str, str]) -> None:
    assert one(Status=said[0], Published=said[1]).status == STATES[said]


def test_before_there_was_a_status_published_says_it() -> None:
    assert one(layout=HANDLE_2018, Published="false").status == "draft"
    assert wrong(one(Status="sold")) == [("product_status", "sold")]


def test_what_the_file_has_no_column_for_is_not_said() -> None:
    layout = [name for name in HANDLE_2021 if name not in {"Vendor", "Variant SKU", "Image Src"}]
    row = one(layout=layout)
    assert (row.vendor, row.image_url, "sku" in only(row)) == (None, None, False)


def test_rows_of_the_wrong_width_and_what_cannot_be_stored_are_left_out() -> None:
    content = table(product()).decode().splitlines()
    (narrow,) = read("\n".join([content[0], "mug,Mug"]).encode())
    assert wrong(narrow) == [("width", f"{len(content[0].split(','))}/2")]
    assert wrong(one(Vendor="a\0b")) == [("nul", "")]
    assert wrong(one(Handle="")) == [("product_nameless", "")]


def test_of_a_product_on_several_lines_it_is_said_which_is_wrong() -> None:
    header, first, second = table(product(variant())).decode().splitlines()
    for broken, problem in ((f"{second},surplus", "width"), (second.replace("1 kg", "\0"), "nul")):
        (row,) = read(f"{header}\n{first}\n{broken}".encode())
        assert (row.line, [code for code, _detail in wrong(row)]) == (2, [problem, "elsewhere"])
        assert in_words(row.problems[1]) == "Line 3 is meant."


def test_what_is_too_long_is_cut() -> None:
    row = one(Vendor="x" * 300, Variant_Barcode="1" * 200)
    assert (len(row.vendor or ""), len(only(row)["barcode"])) == (255, 100)
    assert [code for code, _detail in wrong(row)] == ["product_cut", "product_cut"]


def test_more_rows_than_any_product_has_are_not_held() -> None:
    rows = [variant(Option1_Value=str(number)) for number in range(groups.MOST_ROWS + 500)]
    row = one(*rows)
    assert wrong(row) == [("product_rows", str(groups.MOST_ROWS))]
    assert wrong(one(*rows[:2100])) == [("product_variants", "2048")]


def test_nor_are_fewer_of_many_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "MOST_BYTES", 10_000)
    rows = [variant(Option1_Value=str(number), Variant_SKU="x" * 2000) for number in range(9)]
    assert wrong(one(*rows)) == [("product_rows", str(groups.MOST_ROWS))]
    assert wrong(one(*rows[:3])) == [("product_cut", f"{'x' * 60}…")] * 3


def test_a_row_of_woocommerce_is_read() -> None:
    for german in (False, True):
        (row,) = read(woo(simple(), german=german))
        assert (row.external_id, row.title, row.status) == ("10", "Handmühle Feinschliff", "active")
        assert (row.handle, row.other_handle) == (
            "handmuehle-feinschliff",
            "handmuehle-feinschliff-10",
        )
        assert row.description == "Mahlt fein.<br>Und grob."
        assert (row.product_type, row.tags) == ("Zubehör > Mühlen", ["Mühle", "Holz"])
        assert row.image_url == "https://cdn.example.com/mill.jpg"
        assert only(row) | {"price": "89.00"} == {
            "key": "", "option1": "", "option2": "", "option3": "", "sku": "MILL-10",
            "barcode": "", "price": "89.00", "compare_at_price": None, "stock": 3,
            "continues": False, "weight": 850, "image": "", "requires_shipping": True,
        }  # fmt: skip


PUBLISHED = {"1": "active", "0": "draft", "-1": "draft", "2": "draft", "'-1": "draft"}


@pytest.mark.parametrize("cell", PUBLISHED)
def test_how_woocommerce_says_whether_it_is_published(cell: str) -> None:
    (row,) = read(woo(simple(Published=cell)))
    assert row.status == PUBLISHED[cell]


def test_a_sale_price_comes_with_its_days() -> None:
    cells = {"Sale price": "79", "Date sale price ends": "2026-11-27 23:59:59"}
    (row,) = read(woo(simple() | cells))
    sale = {"price": Decimal("79.00"), "starts": None, "ends": date(2026, 11, 27)}
    assert (only(row)["price"], only(row)["sale"]) == (Decimal("89.00"), sale)
    (row,) = read(woo(simple() | cells | {"Date sale price starts": "soon"}))
    assert ("sale" in only(row), wrong(row)) == (False, [("product_day", "soon")])


STOCKED = {
    ("", "1"): None,
    ("", "0"): 0,
    ("4", "1"): 4,
    ("parent", "1"): None,
    ("", "backorder"): None,
}


@pytest.mark.parametrize("cells", STOCKED)
def test_how_woocommerce_counts(cells: tuple[str, str]) -> None:
    (row,) = read(woo(simple() | {"Stock": cells[0], "In stock?": cells[1]}))
    assert only(row)["stock"] == STOCKED[cells]


def test_the_types_of_woocommerce() -> None:
    rows = read(woo(simple(Type="simple, virtual"), variable(), simple(12, Type="grouped"),
        simple(13, Type="external"), simple(14, Type="subscription"), simple(15, Type=""),
        variation(21, "250 g", "9,90")))  # fmt: skip
    assert [len(row.variants) for row in rows] == [1, 0, 0, 1, 1, 1, 1]
    assert only(rows[0])["requires_shipping"] is False
    assert wrong(rows[5]) == [("product_kind", "")]
    assert (rows[6].parent, only(rows[6])["key"]) == ("sku:coffee", "21")
    assert (rows[6].option1_name, only(rows[6])["option1"]) == ("Größe", "250 g")


def test_more_than_three_options_share_the_last_place() -> None:
    names = ",".join(f"Attribute {n} name,Attribute {n} value(s)" for n in (3, 4, 5))
    head, row = woo(variation(21, "M", "9")).decode().splitlines()
    (found,) = read(f"{head},{names}\n{row},Stoff,Leinen,Schnitt,weit,Farbe,rot".encode())
    assert (found.option2_name, only(found)["option2"]) == ("Stoff", "Leinen")
    assert (found.option3_name, only(found)["option3"]) == ("Schnitt / Farbe", "weit / rot")


def test_a_variation_without_parent_and_a_product_without_name_are_left_out() -> None:
    orphan, nameless, rounded = read(
        woo(variation(21, "M", "9", parent=""), simple(Name=""), simple(ID="7.2E+12"))
    )
    assert wrong(orphan) == [("product_orphan", "")]
    assert wrong(nameless) == [("product_title", "")]
    assert wrong(rounded) == [("product_id", "7.2E+12")]


def test_everything_that_can_be_wrong_has_words() -> None:
    row = one(Variant_Price="x", Image_Src="x", Variant_Grams="x", Vendor="x" * 300)
    assert len(row.problems) == 4
    assert not any(in_words(problem) == problem.code for problem in row.problems)


def test_a_real_export_is_read_whole() -> None:
    if not SAMPLE.exists():
        pytest.skip("the sample is not here")
    rows = read(SAMPLE.read_bytes())
    assert rows
    assert all(row.is_usable and row.title and row.variants for row in rows)
    assert all(found["price"] is not None for row in rows for found in row.variants)
