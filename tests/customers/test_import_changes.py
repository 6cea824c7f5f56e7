"""What an import changes: shown before, kept after, and as much as was chosen."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from customers.importing.changes import changed_rows, changes_of
from customers.importing.kinds import kind_named
from customers.importing.working import work
from customers.models import Channel, Consent, Customer, Import
from customers.timeline import timeline_of
from events.models import Event
from tests.customers.import_files import checked, counts, imported, many, problems, table
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db

ROW = {
    "Customer ID": "7210448301122",
    "First Name": "Johanna",
    "Last Name": "Müller",
    "Email": "jana@example.de",
    "Phone": "0170 1234567",
    "Default Address Address1": "Elbe 1",
    "Default Address City": "Hamburg",
    "Default Address Zip": "20259",
    "Default Address Country Code": "DE",
    "Accepts Email Marketing": "no",
    "Total Spent": "99.00",
    "Total Orders": "3",
    "Tags": "VIP, Stammkunde",
    "Note": "from the shop",
}


@pytest.fixture
def jana(agent: User) -> Customer:
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")
    jana.add_phone("040 5550 1234", by=agent)
    jana.add_address(by=agent, street="Alte Gasse 1", postal_code="50667", city="Köln")
    jana.tag("VIP", by=agent)
    jana.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=agent)
    jana.change(by=agent, expected_version=jana.version, note="typed by the team")
    jana.refresh_from_db()
    return jana


@pytest.fixture
def lead_client(lead: User) -> Client:
    return sign_in(lead, headers={"Accept-Language": "en"})


def said(one: Import) -> list[str]:
    return [
        str(change)
        for row in changed_rows(one)
        for change in changes_of(row, kind_named("customers"))
    ]


CHANGES = [
    "First name: Jana → Johanna",
    "Phone: 040 5550 1234 → +491701234567",
    "Default address: Alte Gasse 1, 50667 Köln → Elbe 1, 20259 Hamburg, DE",
    "Note: typed by the team → from the shop",
    "Tags: Stammkunde",
    "Customer ID: 7210448301122",
    "E-mail newsletter: Subscribed → Unsubscribed",
    "Orders: 0 → 3",
    "Spent: 0.00 → 99.00",
]


def test_the_dry_run_says_of_each_field_what_was_there_and_what_comes(jana: Customer) -> None:
    one = checked(table(ROW, {"First Name": "Neu"}))
    assert said(one) == CHANGES
    assert [row.customer for row in changed_rows(one)] == [jana]
    jana.refresh_from_db()
    assert (jana.first_name, timeline_of(jana).entries[0].line.detail) == ("Jana", "")
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    assert (said(one), counts(one)) == (CHANGES, (1, 1, 0, 0))


def test_the_timeline_says_what_the_import_changed(jana: Customer) -> None:
    imported(table(ROW), name="export.csv")
    line = timeline_of(jana).entries[0].line
    assert (line.text, line.detail) == (
        "Changed by the import of export.csv, line 2",
        " · ".join(CHANGES),
    )


def test_long_texts_are_cut_for_the_eye_and_kept_whole(jana: Customer) -> None:
    one = imported(table({**ROW, "Note": "n" * 4000}))
    assert max(len(change) for change in said(one)) < 150
    row = changed_rows(one).get()
    assert row.changes["note"] == ["typed by the team", "n" * 4000]


def test_who_is_changed_stands_on_the_page_and_in_a_download(
    jana: Customer, lead_client: Client
) -> None:
    one = checked(table({**ROW, "First Name": "=1+1"}))
    where = f"/admin/customers/imports/{one.pk}/"
    shown = lead_client.get(where).text.split('id="changes_title"')[1]
    assert shown.startswith(">What would be changed<")
    assert f'href="/admin/customers/{jana.pk}/">Jana Müller</a>' in shown
    assert "Note: typed by the team → from the shop" in shown
    answer = lead_client.post(f"{where}changes/")
    taken = Event.objects.get(name="user.downloaded_import_rows")
    assert taken.plain == {"of_import": one.pk, "part": "changes"}
    content = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert rows[0] == {
        "Line": "2",
        "Customer": "Jana Müller",
        "E-mail": "jana@example.de",
        "Field": "First name",
        "Before": "Jana",
        "After": "'=1+1",
    }
    assert len(rows) == len(CHANGES)


def test_a_cancelled_import_lists_only_what_it_did(settings: object) -> None:
    settings.IMPORT_CHUNK_ROWS = 2  # type: ignore[attr-defined]
    imported(table(*many(6)))
    one = checked(table(*({**row, "Note": "new"} for row in many(6))))
    assert len(said(one)) == 6
    one.start(by=None, in_worker=False)
    from customers.importing.working import steps

    next(steps(one.pk))
    one.cancel(by=None)
    assert said(one) == ["Note: new"] * 2


def test_a_dry_run_that_was_only_looked_at_is_no_word_of_the_shop(jana: Customer) -> None:
    checked(table(ROW)).cancel(by=None)
    assert counts(imported(table(ROW))) == (0, 1, 0, 0)


class TestOnlyGaps:
    """Nothing that is there is overwritten but by a "no"; what is not there comes in."""

    def test_what_the_team_entered_stays(self, jana: Customer) -> None:
        one = imported(table({**ROW, "Default Address Company": "Café"}), only_fills_gaps=True)
        assert said(one) == [
            "Company: Café",
            "Tags: Stammkunde",
            "Customer ID: 7210448301122",
            "E-mail newsletter: Subscribed → Unsubscribed",
            "Orders: 0 → 3",
            "Spent: 0.00 → 99.00",
        ]
        jana.refresh_from_db()
        assert (jana.first_name, jana.note, jana.city, jana.company) == (
            *("Jana", "typed by the team", "Köln"),
            "Café",
        )
        assert (jana.primary_phone, jana.addresses.count()) == ("040 5550 1234", 1)

    def test_what_is_missing_comes_in(self) -> None:
        bare = CustomerFactory(email="jana@example.de", first_name="", last_name="")
        assert counts(imported(table(ROW), only_fills_gaps=True)) == (0, 1, 0, 0)
        bare.refresh_from_db()
        assert (bare.name, bare.primary_phone, bare.city, bare.note) == (
            *("Johanna Müller", "0170 1234567", "Hamburg"),
            "from the shop",
        )

    def test_the_same_file_counts_once_it_is_to_overwrite(self, jana: Customer) -> None:
        for _ in range(2):
            one = imported(table(ROW), only_fills_gaps=True)
        assert counts(one) == (0, 0, 1, 0)
        assert counts(imported(table(ROW))) == (0, 1, 0, 0)
        assert counts(imported(table(ROW))) == (0, 0, 1, 0)

    def test_a_primary_address_stays_and_none_of_somebody_else_is_taken(
        self, jana: Customer
    ) -> None:
        jana.external_ids.create(source="shopify", value="7210448301122")
        imported(table({**ROW, "Email": "neu@example.de"}), only_fills_gaps=True)
        jana.refresh_from_db()
        assert [one.key for one in jana.identities.emails()] == ["jana@example.de"]
        assert jana.email_consent == "SUBSCRIBED"

    @pytest.mark.parametrize(
        ("country", "taken"),
        [("AT", ("DE", "")), ("DE", ("DE", "Hamburg")), ("", ("DE", "Hamburg"))],
    )
    def test_no_address_moves_somebody_to_another_country(
        self, country: str, taken: tuple[str, str]
    ) -> None:
        jana = CustomerFactory(email="jana@example.de", country="DE")
        row = {**ROW, "Default Address Country Code": country}
        imported(table(row), only_fills_gaps=True)
        jana.refresh_from_db()
        assert (jana.country, jana.city) == taken
        assert [one.country for one in jana.addresses.all()] == ["DE"] * bool(taken[1])

    def test_what_an_export_said_before_stays(self, jana: Customer) -> None:
        imported(table(ROW))
        later = {**ROW, "Total Orders": "7", "Total Spent": "120.00", "Tags": "new"}
        assert said(imported(table(later), only_fills_gaps=True)) == ["Tags: new"]
        jana.refresh_from_db()
        assert (jana.orders_count, str(jana.amount_spent)) == (3, "99.00")

    @pytest.mark.parametrize(
        ("before", "word", "after"),
        [
            ("NOT_SUBSCRIBED", "yes", "SUBSCRIBED"),
            ("PENDING", "yes", "PENDING"),
            ("UNSUBSCRIBED", "yes", "UNSUBSCRIBED"),
            ("SUBSCRIBED", "no", "UNSUBSCRIBED"),
        ],
    )
    def test_of_consents_only_a_no_counts_where_there_is_one(
        self, before: str, word: str, after: str
    ) -> None:
        jana = CustomerFactory(email="jana@example.de")
        Customer.objects.update(email_consent=before, sms_consent=before)
        row = {**ROW, "Accepts Email Marketing": word, "Accepts SMS Marketing": word}
        imported(table(row), only_fills_gaps=True)
        jana.refresh_from_db()
        assert (jana.email_consent, jana.sms_consent) == (after, after)

    def test_an_address_that_is_not_taken_refuses_nothing(self, jana: Customer) -> None:
        """It is another's, but the customer's own stays anyway: the gaps are filled."""
        bernd = CustomerFactory(email="bernd@example.de")
        jana.external_ids.create(source="shopify", value=ROW["Customer ID"])
        row = {**ROW, "Email": "bernd@example.de", "Default Address Company": "Café"}
        assert counts(imported(table(row), only_fills_gaps=True)) == (0, 1, 0, 0)
        jana.refresh_from_db()
        assert (jana.company, jana.primary_email) == ("Café", "jana@example.de")
        assert bernd.primary_email == "bernd@example.de"

    def test_nobody_gets_the_address_of_somebody_else(self) -> None:
        CustomerFactory(email="bernd@example.de")
        jana = CustomerFactory(email=None)
        jana.external_ids.create(source="shopify", value=ROW["Customer ID"])
        one = imported(table({**ROW, "Email": "bernd@example.de"}), only_fills_gaps=True)
        assert (counts(one), problems(one)) == ((0, 0, 0, 1), [(2, "email_taken")])

    @pytest.mark.parametrize(("choice", "fills"), [("fill", True), ("overwrite", False)])
    def test_is_chosen_with_the_file(self, choice: str, fills: bool, lead_client: Client) -> None:
        file = SimpleUploadedFile("export.csv", table(ROW), "text/csv")
        lead_client.post("/admin/customers/imports/", {"file": file, "existing": choice})
        one = Import.objects.get()
        assert one.only_fills_gaps is fills
        work(one.pk)
        shown = lead_client.get(f"/admin/customers/imports/{one.pk}/").text
        assert ("Only gaps are filled" in shown, "The file counts:" in shown) == (fills, not fills)

    def test_is_an_option_of_the_command(self, jana: Customer, tmp_path: object) -> None:
        path = tmp_path / "export.csv"  # type: ignore[operator]
        path.write_bytes(table(ROW))
        call_command("import_customers", str(path), "--fill-gaps", stdout=io.StringIO())
        jana.refresh_from_db()
        assert (jana.first_name, jana.orders_count) == ("Jana", 3)
