"""What columns are called in German files, and what their cells tell where the name does not."""

from __future__ import annotations

import pytest

from customers.importing.of_customers.guessing import by_name
from customers.importing.of_customers.layouts import FIELDS, REPEATED, is_left_out
from tests.customers.mapped_files import guessed

NAMES = {
    "email": ["Mailadresse", "E-Mail-Adresse", "E-Mailadresse", "eMail privat", "Mail", "E_MAIL",
        "E-Mail (privat)", "Kunden-E-Mail", "EMail 2", "Email Address"],
    "full_name": ["Vor- und Zuname", "Vor- und Nachname", "Name", "Kunde", "Kundenname",
        "Ansprechpartner", "Name, Vorname", "Vorname Nachname"],
    "first_name": ["Vorname", "Rufname", "VORNAME", "first_name", "billing_first_name"],
    "last_name": ["Name/Nachname", "Nachname", "Familienname", "Zuname", "Surname"],
    "company": ["Firma", "Firmenname"],
    "street": ["Straße", "Strasse", "STRAßE", "Straße + Nr", "Straße und Hausnummer",
        "Strasse/Hausnr.", "Straße, Nr.", "Adresse", "Anschrift", "Rechnungsstraße"],
    "house_number": ["Hausnummer", "Hausnr.", "Haus-Nr."],
    "place": ["PLZ/Ort", "PLZ Ort", "PLZ, Ort", "Ort/PLZ", "PLZ und Wohnort"],
    "whole_address": ["Straße, PLZ, Ort", "Straße/PLZ/Ort"],
    "postal_code": ["PLZ", "Postleitzahl", "Rechnungs-PLZ"],
    "city": ["Wohnort", "Stadt", "Ort"],
    "country": ["Land", "Ländercode", "Country"],
    "phone": ["Fon", "Tel.", "Telefon privat", "Mobil", "Handy", "Telefon-Nr.", "Tel./Mobil",
        "Handynummer", "Telefon 2", "Festnetz"],
    "email_consent": ["Newsletter", "Newsletter J/N", "Newsletter (ja/nein)", "Werbung erlaubt"],
    "noted": ["Kundennr.", "Kunden-Nr.", "Kundennummer", "Kd.-Nr.", "Customer Number"],
    "note": ["Bemerkung", "Bemerkungen", "Notizen"],
    "tags": ["Schlagworte/Gruppe", "Schlagwörter", "Gruppe", "Kundengruppe"],
    "": ["Anrede", "Geburtstag", "Geburtsdatum", "Fax", "Kartenfarbe", "IBAN", "",
        "Lieferadresse 1"],
}  # fmt: skip


@pytest.mark.parametrize(("name", "field"), [(n, f) for f, names in NAMES.items() for n in names])
def test_a_column_is_known_however_its_name_is_written(name: str, field: str) -> None:
    assert by_name(name) == field


def test_only_what_may_be_chosen_is_guessed() -> None:
    assert {field for field in NAMES if field} <= FIELDS.keys() >= REPEATED


@pytest.mark.parametrize("name", ["anrede", "geburtstag", "fax", "titel"])
def test_what_shopdesk_has_no_place_for_is_known_as_that(name: str) -> None:
    assert is_left_out(name)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("Vorname;Name;Mail", ["first_name", "last_name", "email"]),
        ("Rufname;NAME;Nachname;Mail", ["first_name", "full_name", "last_name", "email"]),
        ("Name;Mail", ["full_name", "email"]),
        ("Straße;Nr.;PLZ;Ort", ["street", "house_number", "postal_code", "city"]),
        ("Nr.;Straße", ["", "street"]),
        ("Telefon;Mobil;E-Mail;Mail 2", ["phone", "phone", "email", "email"]),
        ("Ort;Stadt", ["city", ""]),
    ],
)
def test_a_name_means_what_its_neighbours_leave_for_it(names: str, expected: list[str]) -> None:
    assert guessed(names) == expected


class TestCells:
    """A column whose name says nothing, or another thing than its cells."""

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            (["jana@example.de", "Ben@Example.de", "x@y.co.uk"], "email?"),
            (["0221 5550 1", "+49 170 1234567", "(030) 123-456", "0170/1234567"], "phone?"),
            (["68159", "01067", "50667"], "postal_code?"),
            (["68159 Mannheim", "D-01067 Dresden", "1010 Wien"], "place?"),
            (["a@b.de"] * 9 + ["none"], "email?"),
            (["a@b.de"] * 8 + ["none"] * 2, ""),
            (["a@b.de", "", ""], "email?"),
            (["03.04.2021", "01/02/2022"], ""),
            (["1701234567", "30123456"], ""),
            (["1010", "9020"], ""),
            (["rot", "blau"], ""),
            (["", ""], ""),
        ],
    )
    def test_tell_where_more_than_four_in_five_look_alike(
        self, cells: list[str], expected: str
    ) -> None:
        for name in ("", "Spalte X"):
            assert guessed("\n".join([name + ";Vorname", *(f"{cell};x" for cell in cells)])) == [
                expected,
                "first_name",
            ]

    def test_say_nothing_of_what_a_name_has_said_already(self) -> None:
        table = "Mail;Alt;PLZ/Ort;X\na@b.de;c@d.de;68159 Mannheim;68159"
        assert guessed(table) == ["email", "", "place", ""]

    def test_say_nothing_of_what_there_is_no_place_for(self) -> None:
        assert guessed("Fax;Mail\n0221 5550 1;a@b.de") == ["", "email"]

    @pytest.mark.parametrize(
        ("table", "expected"),
        [
            ("Ort\n68159 Mannheim\n50667 Köln", "place?"),
            ("PLZ\n68159 Mannheim\n50667 Köln", "place?"),
            ("Adresse\nHauptstr. 5, 68159 Mannheim\nAm Markt 1, 50667 Köln", "whole_address?"),
            ("Adresse\nHauptstr. 5\nAm Markt 1", "street"),
            ("Mail\nja\nnein\nja", ""),
            ("Kontakt\njana@example.de", "email?"),
            ("Kontakt\n0221 5550 1", "phone?"),
            ("Kontakt\nJana", "full_name"),
            ("Newsletter\njana@example.de", "email?"),
            ("Mail\nja\njana@example.de", "email"),
        ],
    )
    def test_count_more_than_a_name(self, table: str, expected: str) -> None:
        assert guessed(table) == [expected]
