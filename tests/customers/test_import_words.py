"""One of a thing is said as a German says it."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from customers.importing.kinds import kind_named
from customers.importing.models import Import
from orders.importing.newcomers import in_words


@pytest.mark.parametrize(
    ("kind", "count", "counted", "asked"),
    [
        ("customers", 1, "1 Kunde", "1 Kunden importieren"),
        ("customers", 1200, "1.200 Kunden", "1.200 Kunden importieren"),
        ("orders", 1, "1 Bestellung", "1 Bestellung importieren"),
        ("orders", 2, "2 Bestellungen", "2 Bestellungen importieren"),
        ("products", 1, "1 Produkt", "1 Produkt importieren"),
        ("products", 2, "2 Produkte", "2 Produkte importieren"),
    ],
)
def test_so_many_of_a_kind(kind: str, count: int, counted: str, asked: str) -> None:
    with override("de"):
        assert (kind_named(kind).counted(count), kind_named(kind).asked(count)) == (counted, asked)


@pytest.mark.parametrize(
    ("new", "joined", "sentences"),
    [
        (0, 0, []),
        (
            1,
            1,
            [
                "Mit diesen Bestellungen wird 1 Kunde angelegt.",
                "1 vorhandener Kunde bekommt Bestellungen dazu.",
            ],
        ),
        (
            2,
            2,
            [
                "Mit diesen Bestellungen werden 2 Kunden angelegt.",
                "2 vorhandene Kunden bekommen Bestellungen dazu.",
            ],
        ),
    ],
)
def test_so_many_people_beside(new: int, joined: int, sentences: list[str]) -> None:
    with override("de"):
        assert list(in_words(Import(newcomers_count=new, joined_count=joined))) == sentences
