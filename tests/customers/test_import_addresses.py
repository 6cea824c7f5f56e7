"""Addresses in one cell or in parts, and what several cells say of one thing."""

from __future__ import annotations

import pytest

from customers.importing.cells import Unreadable, country, tags_of
from customers.importing.of_customers.addresses import split_address, split_place
from customers.models import Customer
from tests.customers.import_files import counts, imported, problems, table
from tests.customers.mapped_files import taken_in


def parts(said: dict[str, str]) -> str:
    names = ("street", "extra", "postal_code", "city", "country")
    return "|".join(said.get(name, "") for name in names)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("68159 Mannheim", "||68159|Mannheim|"),
        ("D-01067 Dresden", "||01067|Dresden|DE"),
        ("A-1010 Wien", "||1010|Wien|AT"),
        ("CH 8001 Zürich", "||8001|Zürich|CH"),
        ("1012 AB Amsterdam", "||1012 AB|Amsterdam|"),
        ("60311 Frankfurt am Main", "||60311|Frankfurt am Main|"),
        ("Mannheim 68159", "||68159|Mannheim|"),
        ("68159", "||68159||"),
        ("Mannheim", "|||Mannheim|"),
        ("", "||||"),
    ],
)
def test_a_postal_code_and_a_city_in_one_cell(cell: str, expected: str) -> None:
    assert parts(split_place(cell)) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Hauptstr. 5, 68159 Mannheim", "Hauptstr. 5||68159|Mannheim|"),
        ("Hauptstr. 5 68159 Mannheim", "Hauptstr. 5||68159|Mannheim|"),
        ("Hauptstr. 5\r\n68159 Mannheim\r\nDeutschland", "Hauptstr. 5||68159|Mannheim|DE"),
        ("Hauptstr. 5, 68159, Mannheim", "Hauptstr. 5||68159|Mannheim|"),
        ("Am Markt 1; Hinterhaus; A-1010 Wien", "Am Markt 1|Hinterhaus|1010|Wien|AT"),
        ("Am Markt 1, 50667 Köln, zwei Klingeln", "Am Markt 1|zwei Klingeln|50667|Köln|"),
        ("Hauptstr. 5", "Hauptstr. 5||||"),
        ("Hauptstr. 5, Mannheim", "Hauptstr. 5, Mannheim||||"),
        ("68159 Mannheim", "||68159|Mannheim|"),
    ],
)
def test_a_whole_address_in_one_cell(cell: str, expected: str) -> None:
    assert parts(split_address(cell)) == expected


@pytest.mark.parametrize("cell", ["," * 100_000, "a " * 50_000, "1 " * 50_000, "a," * 50_000])
def test_what_is_no_address_takes_no_time(cell: str) -> None:
    assert split_place(cell)["city"]
    assert set(split_address(cell)) == {"street"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [("Deutschland", "DE"), ("D", "DE"), ("österreich", "AT"), ("A", "AT"), ("CH", "CH"), ("", "")],
)
def test_a_country_is_known_by_its_name_wherever_it_stands(cell: str, code: str) -> None:
    assert country(cell) == country("", cell) == code
    with pytest.raises(Unreadable):
        country("Atlantis")


@pytest.mark.django_db
class TestATable:
    def test_says_an_address_in_parts(self) -> None:
        taken_in(
            "Mail;Straße;Hausnr.;PLZ/Ort;Land\n"
            "a@b.de;Hauptstr.;5 a;68159 Mannheim;Deutschland\n"
            "c@d.de;;;A-1010 Wien;\n"
        )
        known = Customer.objects.order_by("pk").values_list(
            *(f"addresses__{name}" for name in ("street", "postal_code", "city", "country"))
        )
        assert list(known) == [
            ("Hauptstr. 5 a", "68159", "Mannheim", "DE"),
            ("", "1010", "Wien", "AT"),
        ]

    def test_says_a_whole_address(self) -> None:
        taken_in('Mail,Adresse\na@b.de,"Hauptstr. 5, 68159 Mannheim"\n')
        address = Customer.objects.get().addresses.get()
        assert (address.street, address.postal_code, address.city) == (
            *("Hauptstr. 5", "68159"),
            "Mannheim",
        )

    def test_cells_of_their_own_count_more(self) -> None:
        taken_in("Mail;PLZ;Anschrift\na@b.de;50667;Hauptstr. 5, 68159 Mannheim\n")
        address = Customer.objects.get().addresses.get()
        assert (address.postal_code, address.city) == ("50667", "Mannheim")

    def test_part_of_an_address_that_is_too_long_is_named(self) -> None:
        one = taken_in(f"Mail;PLZ/Ort\na@b.de;68159 {'x' * 101}\n")
        assert problems(one) == [(2, "too_long")]

    def test_of_two_phones_the_first_that_is_filled_counts_and_none_is_lost(self) -> None:
        taken_in(
            "Mail;Telefon;Mobil;Kunden-Nr.;Bemerkung\n"
            "a@b.de;0221 55501;0170 1234567;K-17;Stammgast\n"
            "c@d.de;;0170 7654321;;\n"
            "e@f.de;0221 55502;0221 55502;18;\n"
        )
        known = {
            one.primary_email: (one.identities.phones().get().key, one.note)
            for one in Customer.objects.all()
        }
        assert known == {
            "a@b.de": ("+4922155501", "Stammgast\nMobil: 0170 1234567\nKunden-Nr.: K-17"),
            "c@d.de": ("+491707654321", ""),
            "e@f.de": ("+4922155502", "Kunden-Nr.: 18"),
        }

    def test_of_two_addresses_the_further_one_is_noted(self) -> None:
        taken_in("Name;E-Mail;Mail 2\nJana;;x@y.de\nBen;a@b.de;c@d.de\n")
        known = {one.primary_email: one.note for one in Customer.objects.all()}
        assert known == {"x@y.de": "", "a@b.de": "Mail 2: c@d.de"}

    def test_tags_stand_between_any_signs(self) -> None:
        taken_in('Mail,Gruppe\na@b.de,"Gewerbe;VIP| neu, alt;vip"\n')
        tags = Customer.objects.get().tags.values_list("name", flat=True)
        assert sorted(tags) == ["Gewerbe", "VIP", "alt", "neu"]


@pytest.mark.django_db
def test_in_the_shops_own_export_only_the_comma_divides_tags() -> None:
    """Its tags may hold other signs."""
    one = imported(table({"Email": "a@b.de", "Tags": "Größe|L; rot, VIP"}))
    assert counts(one) == (1, 0, 0, 0)
    tags = Customer.objects.get().tags.values_list("name", flat=True)
    assert sorted(tags) == ["Größe|L; rot", "VIP"]
    assert tags_of("a;b,c", ",;") == ["a", "b", "c"]
