"""The export's three layouts, and all the ways in which a file can be written or broken."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers.importing import cells
from customers.importing.of_customers.rows import CustomerRow, quick_email_key
from customers.importing.problems import WORDS, FileRefused, in_words, refusal_in_words
from customers.importing.reading import Shape, read_rows, recognise
from customers.models.identities import BadIdentity, email_key
from tests.customers.headers import CURRENT, LAYOUTS, MID
from tests.customers.import_files import FILES, many, opener, table


def read(content: bytes, *, piece: int = 7) -> list[CustomerRow]:
    open_file = opener(content, piece)
    return list(read_rows(open_file, recognise(open_file, "customers").shape, country="DE"))


def refused(content: bytes) -> tuple[str, str, int | None]:
    with pytest.raises(FileRefused) as caught:
        read(content, piece=1 << 16)
    return (*caught.value.problem, caught.value.line)


def problems(**row: str) -> list[tuple[str, str]]:
    [only] = read(table({"First Name": "Jana", **row}))
    return [tuple(problem) for problem in only.problems]


def test_the_current_layout_is_read_with_apostrophes_blank_lines_and_quoted_line_breaks():
    first, second, third = read((FILES / "current.csv").read_bytes())
    assert (first.line, first.external_id, first.first_name) == (2, "7210448301122", "Jörg")
    assert (first.email_key, first.phone_key) == ("joerg.muehlbauer@example.de", "+491701234567")
    assert (first.street, first.extra, first.postal_code) == (
        "Hauptstraße 5",
        "Hinterhaus",
        "50667",
    )
    assert (first.city, first.region, first.country) == ("Köln", "NW", "DE")
    assert (first.company, first.note) == (
        "Rösterei Mühlbauer",
        "Wünscht Lieferung\nnur vormittags",
    )
    assert (first.tags, first.orders_count) == (["VIP", "Stammkunde"], 12)
    assert (first.amount_spent, first.email_consent, first.sms_consent) == (
        Decimal("1234.50"),
        True,
        False,
    )
    assert (second.line, second.last_name, second.city) == (5, "'t Hart", "'s-Gravenhage")
    assert (third.line, third.phone_key, third.sms_consent) == (6, "+436601234567", True)
    assert first.problems == second.problems == third.problems == []


def test_columns_that_we_do_not_know_are_passed_over():
    [row] = read((FILES / "newest.csv").read_bytes())
    assert (row.email, row.tags, row.problems) == ("ida@example.de", ["Neu"], [])


def test_the_import_template_has_no_ids_and_no_totals():
    [row] = read((FILES / "template.csv").read_bytes())
    assert (row.external_id, row.orders_count, row.tags, row.country) == (
        "",
        None,
        ["Muster"],
        "AT",
    )


def test_the_middle_layout_in_windows_letters_with_semicolons():
    open_file = opener((FILES / "mid_2022.csv").read_bytes(), 5)
    assert recognise(open_file).shape == Shape("customers", "cp1252", ";")
    [row] = read_rows(open_file, recognise(open_file).shape, country="DE")
    assert (row.first_name, row.last_name, row.city) == ("Renée", "Größer", "Straßburg")
    assert (row.region, row.country, row.phone_key) == ("Grand Est", "FR", "+33388123456")


def test_the_old_layout_in_utf_16_with_a_country_by_name():
    [row] = read((FILES / "old_2021.csv").read_bytes())
    assert (row.line, row.first_name, row.country, row.amount_spent) == (
        2,
        "Søren",
        "DK",
        Decimal(1250),
    )
    assert (row.tags, row.email_consent, row.sms_consent) == (["Großhandel", "VIP"], True, None)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman", "cp850"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_layout_is_read_in_every_encoding_and_delimiter(layout, encoding, delimiter):
    plain = table(
        {"First Name": "Zoë", "Last Name": "Größer-Müßig", "Email": "z@example.de"}, layout=layout
    )
    [row] = read(plain.decode().replace(",", delimiter).encode(encoding))
    assert (row.first_name, row.last_name, row.email) == ("Zoë", "Größer-Müßig", "z@example.de")


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(ends):
    content = table({"First Name": "A"}, {"First Name": "B"}).replace(b"\r\n", ends.encode())
    assert [(row.line, row.first_name) for row in read(content)] == [(2, "A"), (3, "B")]


def test_lines_are_counted_as_an_editor_counts_them():
    content = table({"First Name": "A", "Note": "one\ntwo\nthree"}, {"First Name": "B"})
    assert [row.line for row in read(b"\r\n\r\n" + content)] == [4, 7]


def test_a_line_that_names_the_separator_is_passed_over():
    assert len(read(b"sep=,\r\n" + table({"First Name": "A"}))) == 1


HEADER = ",".join(CURRENT).encode()
REFUSALS = {
    "nothing": (b"", ("empty", "", None)),
    "white space": (b" \r\n\r\n ", ("empty", "", None)),
    "NULs only": (b"\0" * 100, ("empty", "", None)),
    "header alone": (HEADER, ("no_rows", "", None)),
    "a torn workbook": (b"PK\x03\x04" + b"x" * 100, ("workbook_damaged", "", None)),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + b"x" * 100, ("workbook_other", ".xls", None)),
    "packed": (b"\x1f\x8b" + b"x" * 100, ("packed", "", None)),
    "a PDF": (b"%PDF-1.7 and so on", ("not_text", "", None)),
    "orders": (b"Name,Email,Financial Status\n#1,a@b.de,paid\n", ("orders", "", None)),
    "products": (b"Handle,Title\nmill,Mill\n", ("products", "", None)),
    "no e-mail": (b"First Name,Last Name\nA,B\n", ("columns", "Email", None)),
    "no name": (b"Email,Tags\na@b.de,x\n", ("columns", "First Name", None)),
    "prose": (b"Dear Sir or Madam\nhow are you\n", ("columns", "Email", None)),
    "a column twice": (b"Email,First Name,Email\na@b.de,A,\n", ("column_twice", "Email", None)),
    "open quote at the end": (HEADER + b'\n1,"Anna', ("open_quote", "", 2)),
    "open quote in the middle": (
        HEADER + b'\n1,"Anna' + b",x" * 18 + b"\n" + b"2,Bert\n" * 30_000,
        ("long_cell", "", 2),
    ),
    "stray quote": (HEADER + b'\n1,A\n2,"An"na",x\n', ("stray_quote", "", 3)),
    "huge cell": (HEADER + b"\n1," + b"x" * 200_000 + b"," * 18, ("long_cell", "", 2)),
    "a line without end": (HEADER + b"\n" + b"x," * 600_000, ("long_line", "", 2)),
    "broken UTF-16": (
        "\ufeffEmail,First Name\na@b.de,A\n".encode("utf-16-le") + b"\x00\xd8\n\0",
        ("encoding", "", None),
    ),
}


@pytest.mark.parametrize(("content", "expected"), REFUSALS.values(), ids=REFUSALS)
def test_a_bad_file_is_refused_with_a_sentence_and_its_line(content, expected):
    assert refused(content) == expected
    assert refusal_in_words(list(expected[:2]), expected[2]).endswith(".")


def test_every_problem_has_words():
    assert all(in_words((code, "x")).endswith((".", "?")) for code in WORDS)
    assert in_words(["of a newer release", "x"]) == "of a newer release"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"Email": "no address"}, ("email_malformed", "no address")),
        ({"Email": "a@b.de, c@d.de"}, ("email_malformed", "a@b.de, c@d.de")),
        ({"Email": "a@b.de\r\nBcc: x@y.de"}, ("email_malformed", "a@b.de\r\nBcc: x@y.de")),
        ({"Customer ID": "7.21045E+12"}, ("id_malformed", "7.21045E+12")),
        ({"Customer ID": str(2**63)}, ("id_malformed", str(2**63))),
        ({"Phone": "ring me"}, ("phone_malformed", "ring me")),
        ({"Accepts Email Marketing": "maybe"}, ("consent_unclear", "maybe")),
        ({"Total Spent": "a lot"}, ("amount_malformed", "a lot")),
        ({"Total Spent": "EUR"}, ("amount_malformed", "EUR")),
        ({"Total Spent": "NaN"}, ("amount_malformed", "NaN")),
        ({"Total Spent": "-5.00"}, ("amount_malformed", "-5.00")),
        ({"Total Orders": "1.5"}, ("amount_malformed", "1.5")),
        ({"Default Address Country Code": "XQ"}, ("country_unknown", "XQ")),
        ({"Last Name": "x" * 101}, ("too_long", "x" * 60 + "…")),
        ({"Note": "x" * 5001}, ("too_long", "x" * 60 + "…")),
        ({"Tags": "x" * 256}, ("too_long", "x" * 60 + "…")),
        ({"Tags": ",".join(map(str, range(251)))}, ("too_many_tags", "")),
        ({"First Name": "Ja\0na"}, ("nul", "")),
        ({"First Name": "", "Note": "who?"}, ("nobody", "")),
    ],
)
def test_what_is_wrong_with_a_row_is_said(row, expected):
    assert problems(**row) == [expected]


def test_a_row_with_cells_missing_or_to_spare_is_named():
    content = b"Email,First Name\na@b.de\nb@c.de,B,,\nc@d.de,C,x\n"
    assert [[tuple(one) for one in row.problems] for row in read(content)] == [
        [("width", "2/1")],
        [],
        [("width", "2/3")],
    ]


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("99,90 €", "99.90"),
        ("€ 1.234,56", "1234.56"),
        ("12.50 EUR", "12.50"),
        ("USD\u00a01,234.50", "1234.50"),
        ("1234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1234,5", "1234.5"),
        ("'12.00", "12"),
        ("1 250.00", "1250"),
        ("0", "0"),
    ],
)
def test_amounts_of_either_spelling(cell, amount):
    assert cells.amount(cell) == Decimal(amount)


def test_rows_that_say_the_same_have_one_digest_whatever_the_layout():
    said = {
        "First Name": "Jana",
        "Email": "jana@example.de",
        "Phone": "0170 1234567",
        "Tags": "VIP",
    }
    [current] = read(table(said))
    [mid] = read(table({**said, "Phone": "+491701234567"}, layout=MID))
    [other] = read(table({**said, "Tags": "VIP, neu"}))
    assert current.digest() == mid.digest()
    assert current.digest() != other.digest()


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_no_bytes_whatsoever_do_worse_than_being_refused(noise):
    for content in (noise, HEADER + b"\n" + noise, HEADER.replace(b",", b";") + b"\r\n" + noise):
        with suppress(FileRefused):
            assert all(row.line > 1 for row in read(content, piece=64))


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=20, max_size=20
    )
)
@settings(max_examples=300, deadline=None)
def test_no_cells_whatsoever_raise(row):
    [*rows] = read(table(dict(zip(CURRENT, row, strict=True)), {"First Name": "Last"}), piece=512)
    assert rows[-1].first_name == "Last"
    assert all(len(getattr(one, "city")) <= 100 or not one.is_usable for one in rows)  # noqa: B009 -- as stored


@given(st.from_regex(r"[a-zA-Z0-9._+@ -]{1,20}@[a-z0-9.-]{1,20}", fullmatch=True))
@settings(max_examples=500, deadline=None)
def test_the_quick_look_at_an_address_never_disagrees_with_the_slow_one(text):
    def key(read_key):
        try:
            return read_key(text)
        except BadIdentity:
            return None

    assert key(quick_email_key) == key(email_key)


def test_reading_ten_times_as_many_rows_takes_no_more_memory():
    def peak(count: int) -> int:
        open_file = opener(table(*many(count)))
        shape = recognise(open_file).shape
        tracemalloc.start()
        for _row in islice(read_rows(open_file, shape, country="DE"), count):
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(1000)
    assert peak(10_000) < 1.5 * peak(1000)
