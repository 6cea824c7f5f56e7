"""Tables of other shops: WooCommerce's is known, any other waits until its columns are named."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from customers.importing.mapping import MappingForm
from customers.importing.models import Import
from customers.importing.problems import FileRefused
from customers.importing.tasks import sweep_imports
from customers.importing.working import work
from customers.models import Customer, ExternalId
from events.models import Event
from tests.customers.import_files import counts, imported, table
from tests.customers.mapped_files import chosen, filled, said, taken_in, waiting
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

WOOCOMMERCE = [
    *("Name", "Username", "Last Active", "Sign Up", "Email", "Orders", "Total Spend", "AOV"),
    *(
        "Country / Region",
        "City",
        "Region",
        "Postal Code",
        "Billing Phone",
        "Shipping Phone",
        "Role",
    ),
]
UNKNOWN = "Kunde;Mail;Tel.;Wohnort;Kartenfarbe\nJana Müller;jana@example.de;030 5550 1;Köln;rot\n"
LIST = "/admin/customers/imports/"


@pytest.fixture
def desk(lead: User) -> Client:
    return sign_in(lead)


def test_woocommerces_customers_are_known_by_their_columns() -> None:
    row = {
        "Name": "Jana Müller",
        "Username": "jana",
        "Email": "jana@example.de",
        "Orders": "3",
        "Total Spend": "99.50",
        "Country / Region": "DE",
        "City": "Köln",
        "Postal Code": "50667",
        "Billing Phone": "0221 5550 1",
    }
    one = imported(table(row, {**row, "Email": "x@example.de", "Name": "Ng"}, layout=WOOCOMMERCE))
    assert (counts(one), one.source) == ((2, 0, 0, 0), "woocommerce")
    jana = Customer.objects.get(identities__key="jana@example.de")
    assert (jana.first_name, jana.last_name, jana.city, jana.country, jana.orders_count) == (
        *("Jana", "Müller", "Köln", "DE"),
        3,
    )
    assert Customer.objects.get(identities__key="x@example.de").last_name == "Ng"
    assert not ExternalId.objects.exists()


def test_a_table_of_unknown_columns_waits_until_they_are_named(desk: Client, lead: User) -> None:
    desk.post(LIST, {"file": io.BytesIO(UNKNOWN.encode()), "existing": "overwrite"})
    one = Import.objects.get()
    assert (one.stage, one.is_working) == ("mapping", False)
    assert (work(one.pk), sweep_imports()) == (False, 0)
    shown = desk.get(f"{LIST}{one.pk}/").text
    assert "jana@example.de" in shown
    form = MappingForm(one)
    assert [column.choice.value() for column in form.columns] == [
        *("full_name", "email", "phone", "city"),
        "",
    ]
    answers = {
        f"column_{place}": column.choice.value() for place, column in enumerate(form.columns)
    }
    desk.post(f"{LIST}{one.pk}/mapping/", answers)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.passed_over, one.created_count) == ("checked", ["Kartenfarbe"], 1)
    one.start(by=lead, in_worker=False)
    work(one.pk)
    jana = Customer.objects.get()
    assert (jana.first_name, jana.last_name, jana.city) == ("Jana", "Müller", "Köln")
    assert sorted(jana.identities.values_list("key", flat=True)) == [
        "+493055501",
        "jana@example.de",
    ]
    assert Event.objects.filter(name="import.mapped").count() == 1


def test_what_was_said_is_remembered_for_the_next_file_with_these_columns(lead: User) -> None:
    first = waiting(UNKNOWN)
    told = {"kunde": "company", "mail": "email", "tel.": "", "wohnort": "", "kartenfarbe": "tags"}
    assert first.map_columns(told, by=lead)
    assert not first.map_columns(told, by=lead)
    assert chosen(waiting(UNKNOWN)) == ["company", "email", "", "", "tags"]
    other = waiting("Kunde;Mail;Alter\nJana;jana@example.de;44\n")
    assert chosen(other) == ["full_name", "email", ""]


def test_the_page_says_that_it_is_as_last_time(desk: Client) -> None:
    said(waiting(UNKNOWN, name="kunden-mai.csv"))
    shown = desk.get(f"{LIST}{waiting(UNKNOWN).pk}/").text
    assert ("As last time" in shown, "kunden-mai.csv" in shown) == (True, True)
    assert "does not know this table" not in shown
    other = waiting("Kunde;Mail;Alter\nJana;jana@example.de;44\n")
    new = desk.get(f"{LIST}{other.pk}/").text
    assert ("As last time" in new, "does not know this table" in new) == (False, True)


def test_mended_rows_are_known_by_the_columns_of_their_file(desk: Client) -> None:
    one = taken_in(UNKNOWN + "Ben;broken;;;\n", column_0="company", column_4="tags")
    answer: Any = desk.post(f"{LIST}{one.pk}/problems/")
    mended = b"".join(answer.streaming_content).replace(b"broken", b"ben@x.de")
    assert filled(waiting(mended)) == {
        "Line": "",
        "Outcome": "",
        "Reason": "",
        "Kunde": "company",
        "Mail": "email",
        "Tel.": "phone",
        "Wohnort": "city",
        "Kartenfarbe": "tags",
    }


def test_what_is_only_a_guess_by_the_cells_says_so_and_so_does_what_has_no_place(
    desk: Client,
) -> None:
    one = waiting("Anrede;Spalte;Mail\nFrau;0221 5550 1;jana@example.de\n")
    rows = desk.get(f"{LIST}{one.pk}/").text.split("<tbody>")[1].split("</tr>")
    hints = [re.findall(r'<p class="help gap-small" id="(\w+)">([^<]+)', row) for row in rows[:3]]
    assert hints == [
        [("id_column_0_helptext", "ShopDesk has no place for this.")],
        [("id_column_1_helptext", "Guessed by its cells: please have a look.")],
        [],
    ]
    assert 'aria-describedby="id_column_1_helptext"' in rows[1]
    assert said(one).passed_over == ["Anrede"]
    shown = desk.get(f"{LIST}{one.pk}/").text
    assert "Left out on purpose, because ShopDesk has no place for it: Anrede<" in shown


def test_a_file_that_breaks_off_soon_is_asked_about_as_far_as_it_goes(desk: Client) -> None:
    one = waiting(UNKNOWN + 'Ben;"open\n')
    assert desk.get(f"{LIST}{one.pk}/").status_code == 200
    assert said(one).refusal == "Line 3: A quotation mark is opened and never closed."


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"column_0": "full_name"}, "holds the e-mail address or the phone number"),
        (
            {"column_1": "email", "column_2": "city", "column_3": "city"},
            "Two columns cannot both hold: City",
        ),
        ({"column_1": "password"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_and_keeps_the_choices(
    desk: Client, answers: dict[str, str], said: str
) -> None:
    one = waiting(UNKNOWN)
    answer = desk.post(f"{LIST}{one.pk}/mapping/", answers)
    assert (answer.status_code, said in answer.text) == (422, True)
    for name, choice in answers.items():
        if choice != "password":
            field = answer.text.partition(f'name="{name}"')[2].partition("</select>")[0]
            assert f'value="{choice}" selected' in field
    one.refresh_from_db()
    assert one.stage == "mapping"


def test_what_nobody_can_be_asked_about_is_refused() -> None:
    for text in (UNKNOWN, "one column\nx\n"):
        with pytest.raises(FileRefused) as refused:
            Import.upload(io.BytesIO(text.encode()), name="x.csv", by=None, in_worker=False)
        assert refused.value.problem.code == "columns"


def test_a_waiting_file_can_be_discarded(desk: Client, lead: User) -> None:
    one = waiting(UNKNOWN, by=lead)
    desk.post(f"{LIST}{one.pk}/cancellation/")
    one.refresh_from_db()
    assert one.stage == "cancelled"
    answer = desk.post(f"{LIST}{one.pk}/mapping/", {"column_1": "email"}, follow=True)
    assert "What the columns hold was said before." in answer.text
