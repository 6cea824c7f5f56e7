"""Two steps of orders side by side: the same comes of a file as of one step after the other."""

from __future__ import annotations

import random
from contextlib import suppress
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from customers.importing.models import Import
from customers.importing.working import steps, work
from customers.models import Customer, Identity
from orders.importing.models import OrderImportRow
from orders.models import Order
from tests.customers.import_files import imported as customers_imported
from tests.customers.import_files import table as customers_table
from tests.factories.customers import CustomerFactory
from tests.orders.import_files import checked, counts, order, table
from tests.threads import all_at_once
from tests.waiting import wait_until, waiting_connections

pytestmark = pytest.mark.django_db(transaction=True)
PHONES = ("", "040 100", "040 200", "040 300")
KNOWN = [
    {"Customer ID": "7000000000001", "Email": "known1@example.de", "Phone": "+4940100"},
    {"Customer ID": "7000000000002", "Email": "known2@example.de", "First Name": "Kim"},
    {"Customer ID": "7000000000003", "Phone": "+4940300", "First Name": "Lou"},
]


@pytest.fixture(autouse=True)
def _small_steps(settings) -> None:
    settings.IMPORT_CHUNK_ROWS = 3


class RolledBackError(Exception):
    pass


def some_orders(chance: random.Random, *, newest_first: bool) -> bytes:
    """Few people, who share phones; some orders have no ID, some no contact at all."""
    numbers = sorted(range(1001, 1025), reverse=newest_first)
    return table(
        *(
            order(
                Name=f"#{number}",
                Id="" if chance.random() < 0.2 else str(560000000000 + number),
                Email=chance.choice(["", *(f"known{n}@example.de" for n in (1, 2)), _new(chance)]),
                Phone=chance.choice(PHONES),
                Billing_Name=f"Somebody {number}",
                Billing_Phone="",
                Shipping_Phone="",
                Accepts_Marketing=chance.choice(["yes", "no"]),
                Created_at=f"2025-05-{number - 1000:02} 10:00:00 +0000",
            )
            for number in numbers
        )
    )


def _new(chance: random.Random) -> str:
    return f"new{chance.randrange(6)}@example.de"


def came_of(content: bytes, before: bytes) -> dict[str, Any]:
    """What stands there after the import, without keys of the database; and how it was reached."""
    customers_imported(customers_table(*KNOWN))
    for _ in range(bool(before)):
        work(_started(before).pk)
    one = _started(content)
    pairs = len(dict.fromkeys(_committed(one) for _step in steps(one.pk)))
    one.refresh_from_db()
    found = {
        "import": (one.stage, counts(one), one.done_count),
        "customers": sorted(map(_told, Customer.objects.all())),
        "orders": sorted((o.name, _told(o.customer)) for o in Order.objects.all()),
        "rows": sorted(map(_row, OrderImportRow.objects.filter(of_import=one))),
        "steps": pairs,
    }
    for rows in (Order, Customer, Import):
        rows.objects.all().delete()
    return found


def _started(content: bytes) -> Import:
    one = checked(content)
    one.start(by=None, in_worker=False)
    return one


def _committed(one: Import) -> int:
    return Import.objects.values_list("done_count", flat=True).get(pk=one.pk)


def _told(one: Customer | None) -> tuple[Any, ...]:
    if one is None:
        return ()
    keys = Identity.objects.filter(customer=one).order_by("key").values_list("key", flat=True)
    figures = (one.orders_count, str(one.amount_spent), str(one.last_order_at))
    return (*keys, one.name, one.email_consent, *figures)


def _row(row: OrderImportRow) -> tuple[Any, ...]:
    brought = _told(row.customer) if row.customer else ()
    subscribed = row.before.get("subscribed", False)
    return (row.line, row.outcome, str(row.problems), sorted(row.before), subscribed, brought)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_comes_of_it(settings, seed, newest_first):
    chance = random.Random(seed)
    content = some_orders(chance, newest_first=newest_first)
    before = some_orders(chance, newest_first=False) if seed % 2 else b""
    side_by_side = came_of(content, before)
    settings.IMPORT_AHEAD = False
    one_by_one = came_of(content, before)
    assert one_by_one.pop("steps") >= side_by_side.pop("steps")
    assert side_by_side == one_by_one


def test_orders_of_known_people_go_side_by_side():
    CustomerFactory(email="jana@example.de")
    one = _started(table(*(order(Name=f"#{number}") for number in range(1001, 1013))))
    seen = dict.fromkeys(_committed(one) for _step in steps(one.pk))
    assert list(seen) == [6, 12]


@pytest.mark.parametrize(("said_on", "consent"), [("01", "NOT_SUBSCRIBED"), ("28", "SUBSCRIBED")])
def test_a_yes_ahead_knows_of_a_later_order_in_the_step_before(said_on, consent):
    jana = CustomerFactory(email="jana@example.de")
    days = [*(["10"] * 3), said_on, "02", "02"]
    orders = [
        order(
            Name=f"#{1001 + number}",
            Created_at=f"2025-05-{day} 10:00:00 +0000",
            Accepts_Marketing="yes" if day == said_on else "no",
        )
        for number, day in enumerate(days)
    ]
    one = _started(table(*orders))
    seen = dict.fromkeys(_committed(one) for _step in steps(one.pk))
    assert list(seen) == [6]
    jana.refresh_from_db()
    assert jana.email_consent == consent


def test_who_is_held_by_staff_is_not_waited_for_ahead():
    """A step ahead locks customers late: it would rather be lost than stand in anybody's way."""
    kim = CustomerFactory(email="kim@example.de")
    known = {"Email": "kim@example.de", "Accepts_Marketing": "yes"}
    orders = [order(Name=f"#{number}") for number in (1001, 1002, 1003)]
    one = _started(table(*orders, order(Name="#1004", **known)))
    worker = Thread(target=_work, args=[one])
    with transaction.atomic():
        Customer.objects.select_for_update(no_key=True).get(pk=kim.pk)
        worker.start()
        wait_until(lambda: _committed(one) == 3, what="the first step")
        # It is taken in its turn, and waits as every step does.
        wait_until(waiting_connections, what="the second step")
    worker.join(timeout=20)
    kim.refresh_from_db()
    assert (_committed(one), kim.email_consent, kim.orders_count) == (4, "SUBSCRIBED", 1)


def _work(one: Import) -> None:
    try:
        work(one.pk)
    finally:
        connection.close()


def test_somebody_who_comes_in_the_step_before_is_met_by_phone():
    somebody = {"Email": "new@example.de", "Phone": "040 777"}
    known = [order(Name=f"#{number}", Email="", Phone="") for number in (1001, 1002)]
    calls = order(Name="#1004", Email="", Phone="040 777", Billing_Phone="", Shipping_Phone="")
    one = _started(table(*known, order(Name="#1003", **somebody), calls))
    work(one.pk)
    her = Customer.objects.get(identities__key="new@example.de")
    assert set(her.orders.values_list("name", flat=True)) == {"#1003", "#1004"}


def test_two_steps_that_bring_the_same_person_do_not_wait_for_each_other():
    """The second has her first, and waits for its turn; it gives way."""
    names = ["first", "her", "x", "her", "y", "z"]
    orders = [
        order(Name=f"#{number}", Email=f"{name}@example.de", Phone="", Billing_Phone="")
        for number, name in enumerate(names, 1001)
    ]
    one = _started(table(*orders))
    worker = Thread(target=_work, args=[one])
    with suppress(RolledBackError), transaction.atomic():
        CustomerFactory(email="first@example.de")
        worker.start()
        # Who has looked once whether they wait in a circle does not look again.
        wait_until(_has_waited_for_long, what="the second step's last look")
        raise RolledBackError
    worker.join(timeout=30)
    one.refresh_from_db()
    assert (one.stage, counts(one), one.attempts) == ("finished", (6, 0, 0, 0), 0)
    assert Customer.objects.count() == 5


def test_two_imports_that_bring_the_same_people_come_to_their_end():
    def file(first: int) -> bytes:
        emails = [f"new{number % 5}@example.de" for number in range(12)]
        turn = emails if first == 1001 else reversed(emails)
        return table(
            *(order(Name=f"#{first + place}", Email=email) for place, email in enumerate(turn))
        )

    both = [_started(file(first)) for first in (1001, 2001)]
    assert all_at_once(lambda number: work(both[number].pk), threads=2) == [False, False]
    assert [_committed(one) for one in both] == [12, 12]
    assert (Customer.objects.count(), Order.objects.count()) == (5, 24)


def test_an_order_ahead_is_not_given_to_who_lost_the_address_meanwhile():
    kim = CustomerFactory(email="kim@example.de")
    orders = [order(Name=f"#{number}", Email="x@example.de") for number in (1001, 1002, 1003)]
    of_kim = order(Name="#1004", Email="kim@example.de", Billing_Phone="", Shipping_Phone="")
    one = _started(table(*orders, of_kim))
    worker = Thread(target=_work, args=[one])
    with suppress(RolledBackError), transaction.atomic():
        CustomerFactory(email="x@example.de")
        worker.start()
        wait_until(lambda: waiting_connections() == 2, what="both steps at their gates")
        taken = Thread(target=_take_away, args=[kim])
        taken.start()
        taken.join(timeout=20)
        raise RolledBackError
    worker.join(timeout=20)
    assert Order.objects.get(name="#1004").customer != kim


def _take_away(customer: Customer) -> None:
    try:
        customer.identities.filter(kind="email").delete()
    finally:
        connection.close()


def _has_waited_for_long() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS)
        return bool(cursor.fetchone()[0])


_WAITS = """
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
    AND waitstart < clock_timestamp() - 2 * current_setting('deadlock_timeout')::interval)
"""
