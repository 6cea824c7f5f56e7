"""An import taken back: as if it had never been, but for those whom somebody has touched since."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.forgetting import _forget
from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import (
    Address,
    Channel,
    Consent,
    Customer,
    CustomerSearch,
    ExternalId,
    Identity,
    Letter,
    Note,
    Tagging,
)
from events.models import Event
from tests.customers.import_files import checked, counts, imported, many, problems, table
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

LAST_YEAR = datetime(2025, 11, 1, tzinfo=UTC)
FULL = {
    "Customer ID": "7001",
    "First Name": "Jana",
    "Last Name": "Müller-Lüdenscheidt",
    "Email": "neu@example.de",
    "Phone": "+49 30 5550 1",
    "Default Address Address1": "Neue Straße 1",
    "Default Address City": "Berlin",
    "Default Address Country Code": "DE",
    "Accepts Email Marketing": "yes",
    "Accepts SMS Marketing": "no",
    "Total Spent": "99.00",
    "Total Orders": "3",
    "Note": "from the file",
    "Tags": "VIP, neu",
}


def undone(one: Import, *, by: User | None = None) -> Import:
    assert one.undo(by=by, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def everything() -> dict[str, list[Any]]:
    """All that is known of customers, but for when and how often it was changed."""
    models = [Customer, Identity, Address, ExternalId, Tagging, CustomerSearch]
    found = {}
    for model in models:
        rows = serializers.serialize("python", model._default_manager.order_by("pk"))
        for row in rows:
            for moving in ("updated_at", "version"):
                row["fields"].pop(moving, None)
        found[model.__name__] = rows
    return found


@pytest.fixture
def jana(agent: User) -> Customer:
    """Known by an id, with everything that a row can change."""
    jana = CustomerFactory(first_name="Jana", last_name="Müller", email="jana@example.de")
    ExternalId.objects.create(customer=jana, source="shopify", value="7001")
    jana.add_phone("+49 40 5550 1234", by=agent)
    jana.add_address(by=agent, street="Altstraße 2", city="Hamburg", country="DE")
    jana.tag("VIP", by=agent)
    jana.set_consent(Channel.SMS, Consent.SUBSCRIBED, by=agent)
    jana.refresh_from_db()
    return jana


def test_who_came_goes_and_what_was_changed_is_as_before(jana: Customer, settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    before = everything()
    one = imported(table(FULL, *many(5)))
    assert (counts(one), one.is_undoable) == ((5, 1, 0, 0), True)
    after = everything()
    assert after["Identity"] != before["Identity"]
    undone(one)
    assert everything() == before
    assert (one.stage, one.undone_count, one.kept_count) == ("undone", 6, 0)
    event = Event.objects.get(name="import.undone")
    assert event.plain == {"undone": 6, "kept": 0}


@pytest.mark.django_db(transaction=True)
def test_files_taken_back_newest_first_leave_nothing(jana: Customer) -> None:
    states = [everything()]
    files = [
        table(FULL, *many(2)),
        table(FULL | {"Email": "neuer@example.de", "Tags": "VIP, neuer", "Note": "b"}, *many(3)),
        table(FULL | {"Phone": "+49 30 5550 9", "Total Spent": "120.00"}, *many(1)),
    ]
    ones = []
    for file in files:
        ones.append(imported(file))
        states.append(everything())
    for one in reversed(ones):
        states.pop()
        undone(one)
        assert (one.kept_count, everything()) == (0, states[-1])
    changed_at = jana.updated_at
    jana.refresh_from_db()
    assert jana.updated_at == changed_at


def test_a_row_that_does_not_say_when_it_was_changed_is_taken_back_too(jana: Customer) -> None:
    before = everything()
    one = imported(table(FULL))
    row = one.rows.get()
    del row.before["updated_at"]
    row.save(update_fields=["before"])
    undone(one)
    assert everything() == before


def test_an_address_known_before_stays_known(jana: Customer, agent: User) -> None:
    jana.add_email("neu@example.de", by=agent)
    before = everything()
    one = imported(table(FULL))
    assert jana.identities.get(is_primary=True, kind="email").key == "neu@example.de"
    undone(one)
    assert everything() == before


def test_the_same_file_can_come_again_after_it_was_undone(jana: Customer) -> None:
    content = table(FULL, *many(2))
    one = imported(content)
    written = everything()
    undone(one)
    again = imported(content)
    assert counts(again) == (2, 1, 0, 0)
    assert everything()["Address"][0]["fields"] == written["Address"][0]["fields"]
    assert counts(imported(content)) == (0, 0, 3, 0)


TOUCHES = {
    "name": lambda one, by: one.change(by=by, expected_version=one.version, first_name="Ana"),
    "tag": lambda one, by: one.tag("Staff", by=by),
    "note": lambda one, by: Note.write(one, by=by, text="Called."),
    "order": lambda one, by: place(one),
    "another file": lambda one, by: imported(table({"Email": one.primary_email, "Note": "x"})),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_whom_somebody_has_touched_since_stays(touch: str, agent: User) -> None:
    one = imported(table(*many(3)))
    touched = Customer.objects.order_by("pk")[1]
    TOUCHES[touch](touched, agent)
    undone(one)
    assert list(Customer.objects.values_list("pk", flat=True)) == [touched.pk]
    assert (one.undone_count, one.kept_count) == (2, 1)
    assert problems(one) == [(3, "touched")]


def test_a_known_customer_changed_since_keeps_all(jana: Customer, agent: User) -> None:
    one = imported(table(FULL))
    jana.refresh_from_db()
    jana.tag("Staff", by=agent)
    before = everything()
    undone(one)
    assert (everything(), one.undone_count, one.kept_count) == (before, 0, 1)


@pytest.mark.parametrize("row", [FULL, {**FULL, "Email": ""}])
def test_an_address_that_staff_have_written_to_since_stays(
    row: dict[str, str], jana: Customer, agent: User
) -> None:
    def write() -> Letter:
        return Letter.write(jana, by=agent, subject="x", text="x")

    earlier = write()
    Letter.objects.filter(pk=earlier.pk).update(created_at=LAST_YEAR)
    before = everything()
    undone(imported(table(row)))
    assert everything() == before
    one = imported(table(row))
    with_file = everything()
    write()
    undone(one)
    brought = bool(row["Email"])
    assert everything() == (with_file if brought else before)
    assert (one.undone_count, one.kept_count) == ((0, 1) if brought else (1, 0))


def test_orders_that_came_since_go_on_counting(jana: Customer) -> None:
    one = imported(table(FULL))
    place(jana)
    jana.refresh_from_db()
    figures = (jana.orders_count, jana.amount_spent, jana.figures_from_export)
    undone(one)
    jana.refresh_from_db()
    assert (jana.last_name, jana.orders_count, jana.amount_spent) == ("Müller", *figures[:2])


def test_an_address_that_is_somebody_elses_by_now_is_not_taken_from_them(
    jana: Customer, agent: User
) -> None:
    one = imported(table(FULL))
    other = CustomerFactory(email="jana@example.de")
    undone(one)
    assert other.identities.get().is_primary
    assert (one.undone_count, one.kept_count) == (0, 1)


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_a_worker_killed_meanwhile_is_followed_by_one_that_goes_on(
    killed_after: int, settings: Any
) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = imported(table(*many(7)))
    assert one.undo(by=None, in_worker=False)
    for number, stage in enumerate(steps(one.pk), start=1):
        assert stage == "undoing"
        if number == killed_after:
            break
    assert Import.objects.with_work().filter(pk=one.pk).exists()
    work(one.pk)
    one.refresh_from_db()
    assert (one.undone_count, Customer.objects.count()) == (7, 0)


def test_a_cancelled_import_takes_back_what_was_written_by_then(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = checked(table(*many(6)))
    one.start(by=None, in_worker=False)
    next(steps(one.pk))
    one.cancel(by=None)
    assert Customer.objects.count() == 2
    undone(one)
    assert (Customer.objects.count(), one.stage) == (0, "undone")


def test_only_what_has_ended_and_is_remembered_can_be_undone_and_once(lead: User) -> None:
    ready = checked(table(*many(1)))
    assert not ready.undo(by=lead)
    ready.start(by=lead, in_worker=False)
    assert not ready.undo(by=lead)
    work(ready.pk)
    undone(ready, by=lead)
    assert not ready.undo(by=lead)
    forgotten = imported(table(*many(1)))
    _forget(forgotten)
    forgotten.refresh_from_db()
    assert not forgotten.undo(by=lead)
    assert not forgotten.is_undoable


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_is_heard() -> None:
    one = imported(table(*many(2)))
    heard = all_at_once(
        lambda _number: Import.objects.get(pk=one.pk).undo(by=None, in_worker=False), threads=4
    )
    assert sorted(heard) == [False, False, False, True]
    assert Event.objects.filter(name="import.undo_asked").count() == 1


def test_an_undoing_that_fails_again_and_again_can_be_asked_for_anew(settings: Any) -> None:
    one = imported(table(*many(2)))
    assert one.undo(by=None, in_worker=False)
    Import.objects.filter(pk=one.pk).update(attempts=Import.MAX_ATTEMPTS)
    work(one.pk)
    one.refresh_from_db()
    assert (one.stage, one.is_undoable, one.is_working) == ("finished", True, False)
    undone(one)
    assert Customer.objects.count() == 0


def test_more_rows_take_no_more_statements() -> None:
    taken = []
    for rows in (1, 30):
        one = imported(table(*many(rows)))
        assert one.undo(by=None, in_worker=False)
        with CaptureQueriesContext(connection) as queries:
            next(steps(one.pk))
        taken.append(len(queries))
        work(one.pk)
    assert taken[0] == taken[1]
