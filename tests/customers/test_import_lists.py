"""Lists that are hardly tables: a single column of addresses, and rows without names above them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.models import Import
from customers.importing.problems import FileRefused
from customers.importing.verdicts import remarks_of
from customers.models import Customer
from tests.customers.import_files import counts, problems
from tests.customers.mapped_files import chosen, filled, said, taken_in, waiting
from tests.customers.workbook_files import workbook
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

ADDRESSES = ["jana@example.de", "Ben@Example.de", "zoe@example.de"]
FIRST_IS_ROW = "The first line of the file holds an address or a number: it counts as a row."


def known() -> list[str]:
    return sorted(one.primary_email.lower() for one in Customer.objects.all())


@pytest.mark.parametrize("end", ["", ";", "\t", ",", "|"])
@pytest.mark.parametrize("header", ["E-Mail-Adresse", "Kontakt", "jana@example.de"])
def test_a_single_column_of_addresses_is_a_table(header: str, end: str) -> None:
    rows = ADDRESSES[1:] if "@" in header else ADDRESSES
    one = taken_in("".join(f"{cell}{end}\r\n" for cell in [header, *rows]))
    assert counts(one) == (3, 0, 0, 0)
    assert known() == sorted(cell.lower() for cell in ADDRESSES)


def test_so_it_is_in_a_workbook() -> None:
    assert counts(taken_in(workbook(["Mail"], *([cell] for cell in ADDRESSES)))) == (3, 0, 0, 0)
    assert counts(taken_in(workbook(*([cell] for cell in ADDRESSES)))) == (0, 0, 3, 0)


def test_a_single_address_is_a_list_too() -> None:
    assert counts(taken_in("jana@example.de\n")) == (1, 0, 0, 0)


def test_a_list_of_phone_numbers_has_no_line_of_names_either() -> None:
    assert counts(taken_in("0221 5550 1\n+49 170 1234567\n")) == (2, 0, 0, 0)


@pytest.mark.parametrize(
    "text", ["one column\nx\n", "Name\nJana\nBen\n", "Dear all\nhow are you\n"]
)
def test_a_column_by_which_nobody_is_reached_is_none(text: str) -> None:
    with pytest.raises(FileRefused) as refused:
        waiting(text)
    assert refused.value.problem.code == "columns"
    assert not Import.objects.exists()


def test_what_breaks_off_in_a_list_is_said_as_ever() -> None:
    with pytest.raises(FileRefused) as refused:
        waiting('Mail\n"jana@example.de\n')
    assert (refused.value.problem.code, refused.value.line) == ("open_quote", 2)


ROWS = "Jana;Müller;jana@example.de;0170 1234567\nBen;Ng;ben@example.de;0170 7654321\n"


def test_rows_without_names_above_them_are_guessed_by_their_cells() -> None:
    one = waiting(ROWS)
    assert filled(one) == {"Column 1": "", "Column 2": "", "Column 3": "email", "Column 4": "phone"}
    one = said(one, column_0="first_name", column_1="last_name")
    assert (counts(one), remarks_of(one)) == ((2, 0, 0, 0), [FIRST_IS_ROW])
    assert one.passed_over == []


def test_whoever_says_what_they_hold_is_told_that_the_first_line_counts(lead: User) -> None:
    one = waiting(ROWS)
    assert FIRST_IS_ROW in sign_in(lead).get(f"/admin/customers/imports/{one.pk}/").text
    named = waiting(f"Vorname;Nachname;Mail;Tel\n{ROWS}")
    shown = sign_in(lead).get(f"/admin/customers/imports/{named.pk}/").text
    assert (FIRST_IS_ROW in shown, "The first line of the file counts as the names" in shown) == (
        False,
        True,
    )


def test_what_is_said_of_one_such_list_is_not_taken_for_the_next() -> None:
    said(waiting(ROWS), column_0="first_name", column_1="last_name")
    assert filled(waiting("ben@example.de;B;N;0170 7654321\n")) == {
        "Column 1": "email",
        "Column 2": "",
        "Column 3": "",
        "Column 4": "phone",
    }


def test_its_rejected_rows_come_back(lead: User) -> None:
    one = taken_in(ROWS.replace("ben@", "ben"), column_2="email")
    assert problems(one) == [(2, "email_malformed")]
    answer: Any = sign_in(lead).post(f"/admin/customers/imports/{one.pk}/problems/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    _header, row = csv.reader(io.StringIO(text))
    assert (row[0], row[3:]) == ("2", ["Ben", "Ng", "benexample.de", "0170 7654321"])
    assert counts(taken_in(text.replace("benex", "ben@ex"))) == (1, 0, 0, 0)


class TestColumnsThatCannotBeToldByName:
    def test_are_told_by_their_place_and_chosen_like_any_other(self) -> None:
        text = ";Telefon;Telefon;\njana@example.de;;0170 1234567;Jana\n"
        one = waiting(text)
        assert chosen(one) == ["email", "phone", "phone", ""]
        one = said(one, column_3="first_name")
        assert one.mapping == {
            "column 1": "email",
            "telefon": "phone",
            "telefon (2)": "phone",
            "column 4": "first_name",
        }
        assert counts(one) == (1, 0, 0, 0)

    def test_and_remembered(self) -> None:
        text = "Telefon;Telefon;\n0170 1234567;x;Jana\n"
        said(waiting(text), column_1="", column_2="first_name")
        assert chosen(waiting(text)) == ["phone", "", "first_name"]


def test_a_table_that_looks_like_the_shops_is_asked_about_if_it_says_more() -> None:
    """Klaviyo's and Mailchimp's lists have columns for names and addresses like Shopify's."""
    one = waiting("Email,First Name,Phone Number,Member Rating\na@b.de,Jana,0221 55501,5\n")
    assert one.stage == "mapping"
    assert chosen(one) == ["email", "first_name", "phone", ""]
    plain = waiting("Email,First Name,Member Rating\na@b.de,Jana,5\n")
    shops = waiting("Customer ID,Email,First Name,Phone Number\n7,a@b.de,Jana,0221 55501\n")
    assert (plain.awaits_mapping, shops.awaits_mapping) == (False, False)
