"""What counts as the same when somebody says it on the phone, and what does not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts import comparing

pytestmark = pytest.mark.django_db  # a search's own words are taken out of order numbers


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("Müller", "müller", True),
        ("Mueller", "Müller", True),
        ("Muller", "Müller", True),
        ("MÜLLER ", "Mu\u0308ller", True),
        ("Strauss", "Strauß", True),
        ("Jose", "José", True),
        ("Sorensen", "Sørensen", True),
        ("O'Brien", "Obrien", True),
        ("Anna-Lena", "Anna Lena", True),
        ("Łódź", "Lodz", True),
        ("Müller", "Möller", False),
        ("Meier", "Mayer", False),
        ("", "", False),
        (" - ", "", False),
    ],
)
def test_words(typed: str, known: str, same: bool) -> None:
    assert comparing.same_words(typed, known) is same


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("Eppendorfer Weg 12", ["Eppendorfer Weg 12", ""], True),
        ("Hauptstr. 5a", ["Hauptstraße 5 a", ""], True),
        ("Haupt Strasse 5 A", ["Hauptstr. 5a", ""], True),
        ("hauptstrasse5a", ["Hauptstraße 5a", ""], True),
        ("12 High Street", ["High St. 12", ""], True),
        ("Goethepl. 3", ["Goetheplatz 3", ""], True),
        ("Weg 1 Hinterhaus", ["Weg 1", "Hinterhaus"], True),
        ("Weg 1", ["Weg 1", "Hinterhaus"], True),
        ("Am Deich 12-14", ["Am Deich 12/14", ""], True),
        ("Hauptstr. 5", ["Hauptstraße 5a", ""], False),
        ("Hauptstr. 5", ["Hauptstraße 15", ""], False),
        ("Hauptstr.", ["Hauptstraße 5", ""], False),
        ("", ["", ""], False),
        ("Weg 1", ["", ""], False),
    ],
)
def test_streets(typed: str, known: list[str], same: bool) -> None:
    assert comparing.same_street(typed, *known) is same


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("Frankfurt", "Frankfurt am Main", True),
        ("Frankfurt a. M.", "Frankfurt", True),
        ("halle", "Halle (Saale)", True),
        ("Köln", "Koeln", True),
        ("Ulm", "ULM", True),
        ("Ulm", "Ulmen", False),
        ("Hamburg", "Homburg", False),
        ("", "Hamburg", False),
        ("", "", False),
    ],
)
def test_cities(typed: str, known: str, same: bool) -> None:
    assert comparing.same_city(typed, known) is same


@pytest.mark.parametrize(
    ("typed", "known", "same"),
    [
        ("20259", "20259", True),
        ("D-20259", "20259", True),
        ("20 259", "20259", True),
        ("sw1a1aa", "SW1A 1AA", True),
        ("A-1010", "1010", True),
        ("20257", "20259", False),
        ("N1 9GU", "W1 9GU", False),
        ("", "", False),
    ],
)
def test_postal_codes(typed: str, known: str, same: bool) -> None:
    assert comparing.same_postal_code(typed, known) is same


@pytest.mark.parametrize(
    ("typed", "name", "number", "same"),
    [
        ("1001", "#1001", 1001, True),
        ("#1001", "#1001", 1001, True),
        ("# 1 001", "#1001", 1001, True),
        ("kn 1001", "KN-1001", 1001, True),
        ("1001", "KN-1001", 1001, True),
        ("Bestellung 1001", "#1001", 1001, True),
        ("01001", "#1001", 1001, True),
        ("1002", "#1001", 1001, False),
        ("KN", "KN-1001", 1001, False),
        ("XY-1001", "KN-1001", 1001, False),
        ("", "#1001", 1001, False),
    ],
)
def test_order_numbers(typed: str, name: str, number: int, same: bool) -> None:
    assert comparing.same_order_number(typed, name=name, number=number) is same


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("1234,50", True),
        ("1.234,50 €", True),
        ("EUR 1,234.50", True),
        ("1 234.50", True),
        ("1'234.50", True),
        ("1234.5", True),
        ("1234,51", True),
        ("1234.49", True),
        ("1234.48", False),
        ("1234.52", False),
        ("1234", False),
        ("123450", False),
        ("about a thousand", False),
        ("", False),
    ],
)
def test_amounts_are_the_same_by_a_cent(typed: str, same: bool) -> None:
    assert comparing.same_amount(typed, Decimal("1234.50")) is same


@pytest.mark.parametrize(
    ("typed", "amount"),
    [("1.234", "1234"), ("1,234", "1234"), ("49,-", "49"), ("0", "0"), ("9" * 13, None),
     ("½", None), (".,", None), ("1,2,3", "12.3")],
)  # fmt: skip
def test_how_an_amount_is_read(typed: str, amount: str | None) -> None:
    assert comparing.read_amount(typed) == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("3.11.2026", True),
        ("03.11.26", True),
        ("3. 11.", True),
        ("3. November", True),
        ("am 3. Nov. 2026", True),
        ("November 3rd, 2026", True),
        ("3 Nov", True),
        ("2026-11-03", True),
        ("3/11/2026", True),
        ("11/3/2026", True),
        ("11.3.2026", False),
        ("4.11.2026", False),
        ("3.11.2025", False),
        ("3. Oktober", False),
        ("November 2026", False),
        ("2026", False),
        ("35.13.2026", False),
        ("", False),
    ],
)
def test_days(typed: str, same: bool) -> None:
    assert comparing.same_day(typed, date(2026, 11, 3)) is same


@pytest.mark.parametrize("word", ["März", "Maerz", "Mrz", "March", "mar", "MÄRZ"])
def test_a_month_by_any_of_its_names(word: str) -> None:
    assert comparing.same_day(f"1. {word} 2026", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("040 555012", True),
        ("+49 40 555012", True),
        ("+49 (0)40 / 55 50 12", True),
        ("0049-40-555012", True),
        ("0171 2345678", True),
        ("040 555013", False),
        ("555012", False),
        ("110", False),
        ("my number", False),
        ("", False),
    ],
)
def test_phones(typed: str, same: bool) -> None:
    known = ["+4940555012", "+491712345678"]
    assert comparing.same_phone(typed, known, country="DE") is same


@pytest.mark.parametrize("text", ["x" * 100_000, "1" * 100_000, "\u0301" * 5000, "١٢٣", "𝟙𝟚𝟛"])
def test_whatever_is_typed_is_read_in_a_moment_and_is_nothing(text: str) -> None:
    assert comparing.read_days(text) == set()
    assert not comparing.same_amount(text, Decimal("1234.50"))
    assert not comparing.same_phone(text, ["+4940555012"], country="DE")
    assert not comparing.same_street(text, "Weg 1")
