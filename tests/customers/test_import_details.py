"""What a file may say on consent, totals, addresses and tags, and what it leaves on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.models import Channel, Consent, Customer, Tag
from customers.timeline import timeline_of
from events.models import Event
from tests.customers.import_files import counts, imported, problems, table
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

pytestmark = pytest.mark.django_db

JANA = {"First Name": "Jana", "Last Name": "Müller", "Email": "jana@example.de"}


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        (Consent.NOT_SUBSCRIBED, "yes", "SUBSCRIBED"),
        (Consent.PENDING, "yes", "SUBSCRIBED"),
        (Consent.PENDING, "no", "PENDING"),
        (Consent.SUBSCRIBED, "no", "UNSUBSCRIBED"),
        (Consent.SUBSCRIBED, "", "SUBSCRIBED"),
        (Consent.UNSUBSCRIBED, "yes", "UNSUBSCRIBED"),
        (Consent.INVALID, "yes", "INVALID"),
        (Consent.REDACTED, "yes", "REDACTED"),
    ],
)
def test_consent_moves_only_as_it_may(before, said, after):
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")
    jana.set_consent(Channel.EMAIL, before, by=None, at=timezone.now() - timedelta(days=9))
    imported(table({**JANA, "Accepts Email Marketing": said}))
    jana.refresh_from_db()
    assert (jana.email_consent, jana.email_consent_collected_from == "FILE") == (
        after,
        before != after,
    )


def test_a_later_word_on_consent_wins_over_the_file():
    jana = CustomerFactory(email="jana@example.de", first_name="Jana", last_name="Müller")
    jana.set_consent(
        Channel.SMS, Consent.SUBSCRIBED, by=None, at=timezone.now() + timedelta(minutes=5)
    )
    assert counts(imported(table({**JANA, "Accepts SMS Marketing": "no"}))) == (0, 0, 1, 0)


def test_totals_of_the_file_show_only_until_orders_are_known():
    jana = CustomerFactory(
        email="jana@example.de",
        first_name="Jana",
        last_name="Müller",
        orders_count=2,
        amount_spent=9,
        last_order_at=timezone.now(),
    )
    assert counts(imported(table({**JANA, "Total Spent": "99.00", "Total Orders": "9"}))) == (
        0,
        0,
        1,
        0,
    )
    jana.refresh_from_db()
    assert (jana.orders_count, jana.figures_from_export) == (2, False)
    rows = [
        {"Email": "neu@example.de", "Total Spent": spent, "Total Orders": "3"}
        for spent in ("10.00", "20.00")
    ]
    for row in rows:
        imported(table(row))
    neu = Customer.objects.exclude(pk=jana.pk).get()
    assert (neu.amount_spent, neu.figures_from_export, neu.version) == (20, True, 1)
    assert (jana.export_currency, neu.export_currency) == ("", "EUR")


def test_a_new_postal_address_becomes_the_default_and_the_old_one_stays():
    for street in ("Alte Gasse 1", "Neue Gasse 2", "Neue Gasse 2"):
        imported(
            table({**JANA, "Default Address Address1": street, "Default Address City": street[:4]})
        )
    customer = Customer.objects.get()
    found = customer.addresses.order_by("pk").values_list("street", "is_default")
    assert (list(found), customer.city) == (
        [("Alte Gasse 1", False), ("Neue Gasse 2", True)],
        "Neue",
    )


def test_more_than_250_tags_are_refused():
    jana = CustomerFactory(email="jana@example.de")
    jana.taggings.model.objects.bulk_create(
        jana.taggings.model(customer=jana, tag=Tag.named_all([f"t{n}"])[0]) for n in range(250)
    )
    one = imported(
        table({**JANA, "Tags": "one more"}, {"Email": "neu@example.de", "Tags": "one more"})
    )
    assert (problems(one), counts(one)) == ([(2, "too_many_tags")], (1, 0, 0, 1))


def test_a_row_with_one_bad_cell_is_taken_without_it():
    one = imported(table({**JANA, "Phone": "ring me", "Total Spent": "lots"}))
    assert (problems(one), counts(one)) == (
        [(2, "amount_malformed"), (2, "phone_malformed")],
        (1, 0, 0, 0),
    )
    customer = Customer.objects.get()
    assert (customer.primary_phone, customer.figures_from_export) == ("", False)


def test_an_import_leaves_one_event_and_a_line_on_each_timeline(lead):
    one = imported(table(JANA, {"First Name": "Zweite"}), by=lead, name="export.csv")
    names = list(happened_to(one).order_by("pk").values_list("name", flat=True))
    assert names == ["import.uploaded", "import.checked", "import.started", "import.finished"]
    finished = Event.objects.get(name="import.finished")
    assert (finished.actor_id, finished.plain) == (
        lead.pk,
        {"created": 2, "changed": 0, "unchanged": 0, "skipped": 0},
    )
    customer = Customer.objects.get(first_name="Jana")
    imported(table({**JANA, "Note": "x"}), name="<b>newer.csv")
    lines = [entry.line.text for entry in timeline_of(customer).entries]
    assert lines == [
        "Changed by the import of &lt;b&gt;newer.csv, line 2",
        "Imported from export.csv, line 2",
    ]
