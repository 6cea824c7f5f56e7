"""An import of orders taken back: as if it had never been, but for what somebody touched since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.importing.forgetting import _forget, forget_old
from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Channel, Consent, Customer, Note
from events.models import Event
from orders.importing.models import OrderImportRow
from orders.models import Line, Order, Parcel, ParcelLine, Refund
from tests.customers.import_files import imported as customers_imported
from tests.customers.import_files import table as customers_table
from tests.factories.customers import CustomerFactory
from tests.factories.orders import place
from tests.orders.import_files import MILL, counts, imported, order, problems, table

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db

REFUNDED = {"Refunded_Amount": "10.00", "Financial_Status": "partially_refunded"}


def undone(one: Import, *, by: User | None = None) -> Import:
    assert one.undo(by=by, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def everything() -> dict[str, list[Any]]:
    """All that is known of orders and of who bought, but for when a customer was changed."""
    found = {}
    for model in (Order, Line, Parcel, ParcelLine, Refund, Customer):
        rows = serializers.serialize("python", model._default_manager.order_by("pk"))
        for row in rows:
            row["fields"].pop("updated_at", None)
        found[model.__name__] = rows
    return found


def test_what_came_goes_with_who_came_and_what_was_known_stays(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    known = CustomerFactory(email="jana@example.de")
    place(known)
    before = everything()
    one = imported(
        table(
            order(MILL, **REFUNDED),
            order(Name="#1002", Email="neu@example.de"),
            order(Name="#1003", Email="jana@example.de"),
            order(Name="#1004", Email="neu@example.de"),
            order(Name="#1005", Email="", Phone="+49 40 5550 77"),
        )
    )
    assert (counts(one), one.is_undoable) == ((5, 0, 0, 0), True)
    assert Customer.objects.count() == 3
    undone(one)
    known.refresh_from_db()
    assert (everything(), known.orders_count) == (before, 1)
    assert (one.stage, one.undone_count, one.kept_count, problems(one)) == ("undone", 5, 0, [])
    assert Event.objects.get(name="import.undone").plain == {"undone": 5, "kept": 0}


def test_an_order_that_the_file_changed_is_as_before() -> None:
    imported(table(order(MILL, Fulfillment_Status="partial")))
    before = everything()
    one = imported(table(order(Name="#1001", Total="60.00", Notes="neu", Tags="a, b", **REFUNDED)))
    assert counts(one) == (0, 1, 0, 0)
    assert everything()["Line"] != before["Line"]
    undone(one)
    assert everything() == before
    assert (one.undone_count, one.kept_count) == (1, 0)


YES = {"Accepts_Marketing": "yes"}


def test_a_yes_to_newsletters_goes_with_the_order_that_said_it(agent: User) -> None:
    jana = CustomerFactory(email="jana@example.de")
    before = everything()
    one = imported(table(order(**YES), order(Name="#1002", Email="neu@example.de", **YES)))
    neu = Customer.objects.get(identities__key="neu@example.de")
    jana.refresh_from_db()
    assert (jana.email_consent, neu.email_consent) == ("SUBSCRIBED", "SUBSCRIBED")
    Note.write(neu, by=agent, text="Called.")
    undone(one)
    neu.refresh_from_db()
    assert (neu.email_consent, neu.email_consent_level) == ("NOT_SUBSCRIBED", "")
    assert (neu.email_consent_at, neu.email_consent_collected_from) == (None, "")
    assert [row for row in everything()["Customer"] if row["pk"] == jana.pk] == before["Customer"]


def test_who_subscribed_with_one_of_several_orders_goes_with_the_last(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    later = {"Created_at": "2025-06-11 09:55:16 -0400", **YES}
    one = imported(table(order(), order(Name="#1002", **later), order(Name="#1003")))
    assert Customer.objects.get().email_consent == "SUBSCRIBED"
    undone(one)
    assert (Customer.objects.count(), problems(one)) == (0, [])


def test_a_yes_that_counts_for_another_reason_stays(agent: User) -> None:
    jana = CustomerFactory(email="jana@example.de")
    emil = CustomerFactory(email="emil@example.de")
    one = imported(table(order(**YES), order(Name="#1002", Email="emil@example.de", **YES)))
    jana.set_consent(Channel.EMAIL, Consent.UNSUBSCRIBED, by=agent)
    jana.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=agent)
    Order.objects.get(customer=emil).refund(Decimal(1), by=agent)
    undone(one)
    for customer in (jana, emil):
        customer.refresh_from_db()
    assert (jana.email_consent, emil.email_consent) == ("SUBSCRIBED", "SUBSCRIBED")
    assert problems(one) == [(3, "touched", "")]


EXPORTED = {
    "First Name": "Jana",
    "Email": "jana@example.de",
    "Total Spent": "900.00",
    "Total Orders": "9",
}


def figures() -> tuple[int, Decimal, bool, str]:
    told = ("orders_count", "amount_spent", "figures_from_export", "export_currency")
    return Customer.objects.values_list(*told).get()


def test_totals_of_a_file_of_customers_hold_again_once_no_order_is_left() -> None:
    people = customers_table(EXPORTED)
    customers_imported(people)
    before = everything()
    first = imported(table(order()))
    second = imported(table(order(Name="#1002")))
    assert figures() == (2, Decimal("109.80"), False, "")
    undone(first)
    assert figures() == (1, Decimal("54.90"), False, "")
    undone(second)
    assert (everything(), figures()) == (before, (9, 900, True, "EUR"))
    assert counts(customers_imported(people)) == (0, 0, 1, 0)


@pytest.mark.parametrize("earlier", [True, False])
def test_totals_whose_own_file_was_taken_back_meanwhile_hold_no_more(earlier: bool) -> None:
    totals = {"Total Orders": "4" if earlier else "", "Total Spent": "80.00" if earlier else ""}
    customers_imported(customers_table({**EXPORTED, **totals}))
    later = customers_imported(customers_table(EXPORTED))
    orders = imported(table(order()))
    undone(later)
    assert figures() == (1, Decimal("54.90"), False, "")
    undone(orders)
    assert figures() == ((4, 80, True, "EUR") if earlier else (0, 0, False, ""))


def test_a_file_of_customers_that_told_no_totals_takes_none_back() -> None:
    customers_imported(customers_table(EXPORTED))
    orders = imported(table(order()))
    renamed = customers_imported(customers_table({**EXPORTED, "First Name": "Ana"}))
    undone(orders)
    undone(renamed)
    assert figures() == (9, 900, True, "EUR")


def test_the_same_file_can_come_again_after_it_was_undone() -> None:
    content = table(order(MILL), order(Name="#1002"))
    undone(imported(content))
    assert counts(imported(content)) == (2, 0, 0, 0)
    assert counts(imported(content)) == (0, 0, 2, 0)


TOUCHES = {
    "refund": lambda one, by: one.refund(one.total, by=by),
    "cancellation": lambda one, by: one.cancel("other", by=by),
    "parcel": lambda one, by: one.ship(by=by, number="123"),
    "another file": lambda one, _by: imported(table(order(Name=one.name, Notes="x"))),
}


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("touch", TOUCHES)
def test_an_order_that_somebody_has_touched_since_stays(
    touch: str, is_new: bool, agent: User
) -> None:
    unsent = {"Fulfillment_Status": "", "Fulfilled_at": ""}
    if not is_new:
        imported(table(order(**unsent)))
    one = imported(table(order(Notes="neu", **unsent), order(Name="#1002")))
    touched = Order.objects.get(name="#1001")
    TOUCHES[touch](touched, agent)
    before = everything()["Refund"], everything()["Parcel"][:1]
    undone(one)
    assert list(Order.objects.values_list("name", flat=True)) == ["#1001"]
    assert (one.undone_count, one.kept_count) == (1, 1)
    assert problems(one) == [(2, "touched", "")]
    assert Refund.objects.count() == len(before[0])
    assert Customer.objects.get().orders_count == 1


CUSTOMER_TOUCHES = {
    "note": lambda one, by: Note.write(one, by=by, text="Called."),
    "name": lambda one, by: one.change(by=by, expected_version=one.version, first_name="Ana"),
    "tag": lambda one, by: one.tag("VIP", by=by),
    "file": lambda one, _by: imported(customers_table({"Email": one.primary_email, "Note": "x"})),
}


@pytest.mark.parametrize("touch", CUSTOMER_TOUCHES)
def test_a_newcomer_whom_somebody_has_touched_stays_and_is_listed(touch: str, agent: User) -> None:
    one = imported(table(order(), order(Name="#1002", Email="neu@example.de")))
    jana = Customer.objects.get(identities__key="jana@example.de")
    CUSTOMER_TOUCHES[touch](jana, agent)
    undone(one)
    assert (Order.objects.count(), Customer.objects.get()) == (0, jana)
    assert problems(one) == [(2, "buyer_stays", "")]
    assert Customer.objects.get().orders_count == 0


def test_a_newcomer_with_an_order_from_elsewhere_stays() -> None:
    one = imported(table(order()))
    place(Customer.objects.get())
    undone(one)
    assert (Order.objects.count(), Customer.objects.get().orders_count) == (1, 1)


@pytest.mark.parametrize("killed_after", [1, 2])
def test_a_worker_killed_meanwhile_is_followed_by_one_that_goes_on(
    killed_after: int, settings: Any
) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    one = imported(table(*(order(Name=f"#{number}") for number in range(1, 6))))
    assert one.undo(by=None, in_worker=False)
    for number, stage in enumerate(steps(one.pk), start=1):
        assert stage == "undoing"
        if number == killed_after:
            break
    work(one.pk)
    one.refresh_from_db()
    assert (one.undone_count, Order.objects.count(), Customer.objects.count()) == (5, 0, 0)
    assert not one.undo(by=None)


def test_what_is_being_undone_is_not_forgotten_meanwhile(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    imported(table(order(MILL), order(Name="#1002")))
    before = everything()
    one = imported(table(order(Notes="neu"), order(Name="#1002", Notes="neu")))
    Import.objects.filter(pk=one.pk).update(uploaded_at=one.uploaded_at - timedelta(days=999))
    assert one.undo(by=None, in_worker=False)
    next(steps(one.pk))
    assert forget_old() == 0
    assert not _forget(one)
    work(one.pk)
    assert everything() == before
    assert (forget_old(), forget_old()) == (1, 0)


def test_more_rows_take_no_more_statements() -> None:
    taken = []
    for rows in (1, 20):
        one = imported(table(*(order(Name=f"#{number}") for number in range(rows))))
        assert one.undo(by=None, in_worker=False)
        with CaptureQueriesContext(connection) as queries:
            next(steps(one.pk))
        taken.append(len(queries))
        work(one.pk)
    assert taken[0] == taken[1]
    assert not OrderImportRow.objects.filter(is_written=True).exists()
