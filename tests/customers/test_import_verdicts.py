"""The dry run says of each of the first rows what would become of it, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from customers.importing.verdicts import first_verdicts
from customers.importing.working import work
from customers.models import Customer
from tests.customers.import_files import checked, counts, imported, many, table
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User
    from customers.importing.models import Import

pytestmark = pytest.mark.django_db

JANA = {"Customer ID": "7000000000001", "First Name": "Jana", "Email": "jana@example.de"}
ANNA = {"first_name": "Anna", "last_name": "Berg", "email": "anna@example.de"}
KARLA = {"First Name": "Karla", "Email": "karla@example.de"}


def verdicts(one: Import) -> list[tuple[str, str]]:
    return [(verdict.row.verdict, verdict.why) for verdict in first_verdicts(one)]


def test_each_row_has_its_outcome_and_the_reason_in_words() -> None:
    imported(table(JANA, KARLA))
    one = checked(
        table(
            {**JANA, "Last Name": "Müller", "Tags": "VIP", "Phone": "+49 40 5550 1234"},
            KARLA,
            {"First Name": "Nora", "Email": "nora@example.de"},
            {"Email": "broken"},
            {"First Name": "Otto", "Email": "otto@example.de", "Phone": "12"},
        )
    )
    assert verdicts(one) == [
        ("changed", "Last name: Müller · Phone: +494055501234 · Tags: VIP"),
        ("unchanged", "All of it is known already."),
        ("created", "Nobody here has this ID, e-mail address or phone number."),
        ("skipped", "“broken” is not an e-mail address."),
        (
            "created",
            (
                "Nobody here has this ID, e-mail address or phone number."
                " The phone number “12” could not be read and was left out."
            ),
        ),
    ]


def test_a_row_that_cannot_be_matched_says_why() -> None:
    imported(table(JANA))
    CustomerFactory(email="taken@example.de")
    taken = {**JANA, "Email": "taken@example.de"}
    assert verdicts(checked(table(taken))) == [
        ("skipped", "Its e-mail address belongs to another customer.")
    ]


def test_somebody_new_who_may_be_known_is_asked_about() -> None:
    CustomerFactory(**ANNA).add_phone("+494055501234", by=None)
    row = {"First Name": "Bernd", "Email": "bernd@example.de", "Phone": "+49 40 5550 1234"}
    assert verdicts(checked(table(row))) == [
        ("created", "Anna Berg has the same phone number. Are they one person?")
    ]


def test_the_reasons_change_nothing_about_the_import_itself(settings: object) -> None:
    settings.IMPORT_CHUNK_ROWS = 4  # type: ignore[attr-defined]
    one = checked(table(*many(13)))
    assert [row for row, _why in verdicts(one)] == ["created"] * 10
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert (counts(one), Customer.objects.count()) == ((13, 0, 0, 0), 13)


def test_the_page_shows_them(lead: User) -> None:
    imported(table(JANA))
    one = checked(table({**JANA, "Tags": "VIP"}, {"Email": "broken"}))
    page = sign_in(lead, headers={"Accept-Language": "en"}).get(
        f"/admin/customers/imports/{one.pk}/"
    )
    rows = page.content.decode().split("first_rows_title")[2].split("</section>")[0]
    badges = re.findall(r'class="badge (\w+)">([\w ]+)<', rows)
    assert badges == [("info", "Will be changed"), ("warn", "Will be skipped")]
    assert "Tags: VIP" in rows
