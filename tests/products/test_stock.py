"""What is in stock of a product: a variant that was oversold hides nothing of the others."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from products.models import Product
from tests.factories.accounts import sign_in
from tests.factories.products import LARGE, SMALL, mirrored
from tests.products.import_files import imported, product, table, variant
from tests.products.test_pages import LIST, page_of, text_of

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def stock(*counts: int | None) -> Product:
    sizes = [
        replace(SMALL, options=[f"{number}"], sku=f"S-{number}", stock=count)
        for number, count in enumerate(counts)
    ]
    return mirrored(variants=sizes)


@pytest.mark.parametrize(
    ("counts", "words", "tone"),
    [
        ([12], "12 in stock", ""),
        ([5, 0, 0], "5 in stock for 3 variants", ""),
        ([5, -3, 1], "6 in stock for 3 variants, 3 oversold", "warn"),
        ([5, None], "5 in stock for 2 variants", ""),
        ([-3], "Sold out, 3 oversold", "bad"),
        ([-3, 0, -1], "Sold out, 4 oversold", "bad"),
        ([0, 0], "Sold out", "bad"),
        ([None, None], "Not tracked", ""),
        ([], "", ""),
        (
            [2_000_000_000, 2_000_000_000, -5],
            "2,147,483,647 in stock for 3 variants, 5 oversold",
            "warn",
        ),
    ],
)
def test_a_product_says_what_is_there_and_what_is_owed(
    counts: list[int | None], words: str, tone: str
) -> None:
    found = stock(*counts)
    assert (found.stock_words, found.stock_tone) == (words, tone)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([12], "12 in stock"),
        ([5, -3, 1], "6 in stock, 3 oversold"),
        ([-3, 0], "Sold out, 3 oversold"),
        ([None], "Not tracked"),
        ([], ""),
    ],
)
def test_a_phone_says_it_in_fewer_words(counts: list[int | None], words: str) -> None:
    assert stock(*counts).stock_in_short == words


def test_a_phone_says_of_a_variant_that_it_is_sold_all_the_same() -> None:
    found = mirrored(variants=[replace(SMALL, stock=-3, continue_selling=True)])
    variant = found.variants.get()
    assert (variant.stock_words, variant.stock_in_short) == (
        "Sold out (-3), sold all the same",
        "Still sold (-3)",
    )


def test_each_screen_shows_the_words_that_fit_it(reader: User) -> None:
    found = stock(5, -3, 1)
    desk = sign_in(reader, headers={"accept-language": "en"})
    shown = desk.get(f"{LIST}?q={found.title}").text
    long, short = "6 in stock for 3 variants, 3 oversold", "6 in stock, 3 oversold"
    assert f'<span class="only-desk"><span class="badge warn">{long}</span>' in shown
    assert f'<span class="only-phone"><span class="badge warn">{short}</span>' in shown


def test_a_file_says_the_same_of_a_new_product_and_of_a_changed_one() -> None:
    def file(*counts: int) -> bytes:
        first, *others = (str(count) for count in counts)
        further = [
            variant(
                Option1_Value=f"{number} kg", Variant_SKU=f"K-{number}", Variant_Inventory_Qty=one
            )
            for number, one in enumerate(others)
        ]
        return table(product(*further, Variant_Inventory_Qty=first))

    for counts, expected in [((5, -3, 1), (6, 3)), ((5, -1, -1), (5, 2)), ((1, 1, 1), (3, 0))]:
        imported(file(*counts))
        found = Product.objects.get()
        assert (found.stock, found.oversold) == expected


def test_the_list_finds_what_is_there_and_what_is_not(reader: User) -> None:
    stock(5, -9)
    desk = sign_in(reader, headers={"accept-language": "en"})
    assert "5 in stock for 2 variants, 9 oversold" in text_of(desk, f"{LIST}?stock=in_stock")
    assert "oversold" not in text_of(desk, f"{LIST}?stock=sold_out")


def test_the_products_page_says_it_too(reader: User) -> None:
    found = mirrored(variants=[SMALL, replace(LARGE, stock=-2)])
    desk = sign_in(reader, headers={"accept-language": "en"})
    assert "12 in stock for 2 variants, 2 oversold" in text_of(desk, page_of(found))


def test_what_an_earlier_release_had_added_up_is_mended() -> None:
    mixed, plain = stock(5, -3), stock(4)
    Product.objects.filter(pk=mixed.pk).update(stock=2, oversold=0)
    migration = import_module("products.migrations.0004_what_is_in_stock")
    with connection.cursor() as cursor:
        for _twice in range(2):
            cursor.execute(migration._FIGURES)
    for found, expected in [(mixed, (5, 3)), (plain, (4, 0))]:
        found.refresh_from_db()
        assert (found.stock, found.oversold) == expected
