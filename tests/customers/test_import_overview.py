"""What only the whole file tells: postal codes that lost a zero, and phones that several have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from customers.importing.of_customers.models import ImportRow, StagedRow
from customers.importing.reading import read_rows, recognise
from customers.importing.verdicts import remarks_of
from customers.importing.working import steps, work
from customers.models import Address, Customer
from shop.models import Shop
from tests.customers.import_files import checked, counts, imported, opener, problems, table
from tests.customers.test_import_working import uploaded
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from typing import Any

    from accounts.models import User

pytestmark = pytest.mark.django_db

COUNTRY, CODE = "Default Address Country Code", "Default Address Zip"


def living(code: str, country: str = "", **more: str) -> dict[str, str]:
    email = f"{code}{country}@example.de".replace(" ", "-")
    return {"Email": email, CODE: code, COUNTRY: country, **more}


def codes(*rows: dict[str, str]) -> list[str]:
    imported(table(*rows))
    return list(Address.objects.order_by("customer_id").values_list("postal_code", flat=True))


class TestPostalCodes:
    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([("1067", "DE")], ["01067"]),
            ([("1067", "")], ["1067"]),
            ([("1067", ""), ("50667", "")], ["01067", "50667"]),
            ([("1067", ""), ("50667", "DE")], ["1067", "50667"]),
            ([("1010", "AT"), ("8001", "CH"), ("1050", "DK"), ("50667", "")],
             ["1010", "8001", "1050", "50667"]),
            ([("0107", "DE"), ("107", "DE"), ("106 7", "DE"), ("1067", "DE")],
             ["0107", "107", "106 7", "01067"]),
        ],
    )  # fmt: skip
    def test_get_back_a_zero_only_where_they_are_german(
        self, rows: list[tuple[str, str]], expected: list[str]
    ) -> None:
        assert codes(*(living(code, country) for code, country in rows)) == expected

    @pytest.mark.parametrize(("home", "expected"), [("DE", "01067"), ("AT", "1067"), ("", "1067")])
    def test_without_a_country_are_those_of_the_shop(self, home: str, expected: str) -> None:
        Shop.objects.update(country=home)
        assert codes(living("1067"), living("50667"))[0] == expected

    def test_are_counted_on_the_dry_runs_page(self, lead: User) -> None:
        one = checked(table(living("1067", "DE"), living("4109", "DE"), living("1010", "AT")))
        said = "2 postal codes got their leading zero back, which spreadsheet programs drop."
        assert remarks_of(one) == [said]
        shown = sign_in(lead).get(f"/admin/customers/imports/{one.pk}/").text
        assert (said in shown, "01067" in shown, "04109" in shown) == (True, True, True)
        german = sign_in(lead, headers={"Accept-Language": "de"})
        assert "2 Postleitzahlen haben" in german.get(f"/admin/customers/imports/{one.pk}/").text

    def test_are_mended_where_an_earlier_release_had_taken_them_as_they_were(self) -> None:
        content = table(living("1067", "DE"))
        imported(content)
        Address.objects.update(postal_code="1067")
        shape = recognise(opener(content)).shape
        (as_read,) = read_rows(opener(content), shape, country="DE")
        ImportRow.objects.update(digest=as_read.digest())  # type: ignore[attr-defined]  # a customer's
        assert counts(imported(content)) == (0, 1, 0, 0)
        assert Address.objects.get(is_default=True).postal_code == "01067"
        assert counts(imported(content)) == (0, 0, 1, 0)

    def test_are_mended_once_however_often_the_file_is_read(self) -> None:
        one = checked(table(living("1067", "DE")))
        StagedRow.objects.all().delete()  # the database server crashed
        one.start(by=None, in_worker=False)
        work(one.pk)
        assert Address.objects.get().postal_code == "01067"

    def test_of_a_row_without_any_address_keep_whose_it_is(self) -> None:
        row = {"First Name": "Jana", CODE: "1067", COUNTRY: "DE"}
        for expected in ((1, 0, 0, 0), (0, 0, 1, 0)):
            assert counts(imported(table(row))) == expected


class TestSharedPhones:
    JANA = {"First Name": "Jana", "Last Name": "Müller", "Phone": "0221 55501"}
    BEN = {"First Name": "Ben", "Last Name": "Müller", "Phone": "+49 221 55501"}

    @pytest.mark.parametrize("with_mail", [True, False])
    def test_each_customer_of_the_file_gets_it_and_the_page_says_so(self, with_mail: bool) -> None:
        mails = [{"Email": f"{name}@example.de"} if with_mail else {} for name in "ab"]
        content = table({**self.JANA, **mails[0]}, {**self.BEN, **mails[1]})
        one = checked(content)
        assert remarks_of(one) == [
            "1 phone number stands with more than one customer: each of them gets it.",
            "+4922155501: Jana Müller, Ben Müller",
        ]
        assert (counts(one), problems(one)) == ((2, 0, 0, 0), [])
        one.start(by=None, in_worker=False)
        work(one.pk)
        keys = [each.identities.phones().get().key for each in Customer.objects.all()]
        assert keys == ["+4922155501"] * 2
        assert counts(imported(content)) == (0, 0, 2, 0)

    def test_the_same_person_twice_is_one(self) -> None:
        one = checked(table(self.JANA, {**self.JANA, "First Name": "JANA", "Note": "new"}))
        assert (problems(one), remarks_of(one)) == ([(2, "repeated")], [])

    def test_families_are_told_apart_by_their_names_when_something_has_changed(self) -> None:
        imported(table(self.JANA, self.BEN))
        again = imported(table({**self.BEN, "Note": "b"}, {**self.JANA, "Note": "j"}))
        assert counts(again) == (0, 2, 0, 0)
        assert dict(Customer.objects.values_list("first_name", "note")) == {"Jana": "j", "Ben": "b"}

    @pytest.mark.parametrize("turned", [False, True])
    def test_whoever_is_known_by_that_name_keeps_it(self, *, turned: bool) -> None:
        imported(table(self.JANA))
        rows = [{**self.JANA, "Note": "j"}, self.BEN]
        one = imported(table(*(rows[::-1] if turned else rows)))
        assert counts(one) == (1, 1, 0, 0)
        known = Customer.objects.order_by("pk").values_list("first_name", "note")
        assert list(known) == [("Jana", "j"), ("Ben", "")]

    def test_of_many_some_are_named(self) -> None:
        office = [
            {"Email": f"{n}@x.de", "First Name": f"N{n}", "Phone": "0221 55501"} for n in range(6)
        ]
        pairs = [{"Email": f"p{n}@x.de", "Phone": f"0221 6660{n // 2}"} for n in range(8)]
        said, *named = remarks_of(checked(table(*pairs, *office)))
        assert said.startswith("5 phone numbers stand with more than one customer")
        assert named == [f"+492216660{n}: p{2 * n}@x.de, p{2 * n + 1}@x.de" for n in range(3)]
        assert remarks_of(checked(table(*office)))[1] == "+4922155501: N0, N1, N2, N3 and others"

    def test_of_phones_that_one_has_nothing_is_said(self) -> None:
        one = checked(table({"Email": "a@b.de", "Phone": "0221 55501"}))
        assert (one.remarks, remarks_of(one)) == ({}, [])


def test_the_first_rows_show_street_and_postal_code(lead: User) -> None:
    row = living("50667", "DE", **{"Default Address Address1": "Hauptstr. 5",
                                   "Default Address City": "Köln"})  # fmt: skip
    one = checked(table(row))
    shown = sign_in(lead).get(f"/admin/customers/imports/{one.pk}/").text
    assert "Hauptstr. 5<br>50667 Köln" in shown


def test_what_was_found_is_noted_with_the_end_of_the_reading(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    one = uploaded(table(living("1067", "DE"), living("1069", "DE")))
    found = []
    for _stage in steps(one.pk):
        one.refresh_from_db()
        found.append((one.stage, one.remarks))
    assert found[:3] == [("reading", {}), ("reading", {}), ("checking", {"codes_mended": 2})]
