"""Whose an imported order is: somebody known, somebody new, or nobody."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from customers import figures
from customers.importing.working import work
from customers.models import Address, Customer, CustomerSearch, Identity
from orders.importing.past import bring_in
from orders.models import Order
from tests.customers.import_files import imported as customers_imported
from tests.customers.import_files import table as customers_table
from tests.factories.customers import CustomerFactory
from tests.factories.orders import past_order, place
from tests.orders.import_files import checked, counts, imported, order, table
from tests.threads import all_at_once
from tests.waiting import wait_until, waiting_connections

pytestmark = pytest.mark.django_db
NO_PHONE = {"Billing_Phone": "", "Shipping_Phone": ""}
NO_EMAIL = {"Email": ""}


def buyer() -> Customer | None:
    return Order.objects.get().customer


def test_somebody_new_is_noted_with_what_the_order_says() -> None:
    imported(table(order()))
    jana = Customer.objects.get()
    assert (jana.first_name, jana.last_name, jana.company) == ("Jana", "Müller", "Rösterei Nord")
    assert (jana.primary_email, jana.city, jana.country) == ("jana@example.de", "Hamburg", "DE")
    assert set(Identity.objects.values_list("kind", "key", "proof", "is_primary")) == {
        ("email", "jana@example.de", "imported", True),
        ("phone", "+4940123456", "imported", True),
    }
    home = Address.objects.get()
    assert (home.street, home.extra, home.postal_code) == (
        "Eppendorfer Weg 12",
        "Hinterhaus",
        "20259",
    )
    assert (jana.orders_count, jana.amount_spent) == (1, Decimal("54.90"))
    assert CustomerSearch.objects.get(doc__contains=" eppendorfer ").customer == jana


def test_the_later_of_two_orders_describes_somebody_new() -> None:
    imported(
        table(
            order(Name="#1", Billing_Name="Jana Old", Created_at="2024-01-01 00:00:00 +0000"),
            order(Name="#2", Billing_Name="Jana M. New", Created_at="2025-01-01 00:00:00 +0000"),
            order(Name="#3", Billing_Name="Jana Oldest", Created_at="2023-01-01 00:00:00 +0000"),
        )
    )
    jana = Customer.objects.get()
    assert (jana.first_name, jana.last_name, jana.orders_count) == ("Jana M.", "New", 3)


def test_somebody_is_known_by_the_primary_address() -> None:
    jana = CustomerFactory(email="Jana@Example.de", first_name="Johanna")
    other = CustomerFactory(email="other@example.de")
    other.add_email("jana@example.de", by=None)
    imported(table(order()))
    assert buyer() == jana
    jana.refresh_from_db()
    assert (jana.first_name, jana.orders_count) == ("Johanna", 1)


def test_somebody_is_known_by_a_further_address_that_nobody_else_has() -> None:
    jana = CustomerFactory(email="j@example.de")
    jana.add_email("jana@example.de", by=None)
    imported(table(order()))
    assert buyer() == jana


def test_of_two_with_a_further_address_neither_is_guessed() -> None:
    for email in ("a@example.de", "b@example.de"):
        CustomerFactory(email=email).add_email("jana@example.de", by=None)
    imported(table(order()))
    assert Customer.objects.count() == 3
    assert Order.objects.get().customer == Customer.objects.latest("pk")


def test_who_gives_no_address_is_known_by_the_phone() -> None:
    jana = CustomerFactory(phone="+49 40 123456")
    imported(table(order(**NO_EMAIL)))
    assert buyer() == jana


def test_a_phone_joins_nobody_who_gives_an_address() -> None:
    CustomerFactory(phone="+49 40 123456")
    imported(table(order()))
    assert Customer.objects.count() == 2


def test_who_shares_a_phone_becomes_one_person_however_many_orders_come(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    for _ in range(2):
        CustomerFactory(phone="+49 40 123456")
    imported(table(*(order(Name=f"#{number}", **NO_EMAIL) for number in range(1, 4))))
    assert Customer.objects.count() == 3
    assert Customer.objects.latest("pk").orders_count == 3


def test_an_order_without_address_or_phone_is_nobodys() -> None:
    imported(table(order(**NO_EMAIL, **NO_PHONE)))
    assert (buyer(), Customer.objects.count()) == (None, 0)


def test_a_newer_file_that_says_whose_it_is_finds_them() -> None:
    imported(table(order(**NO_EMAIL, **NO_PHONE)))
    jana = CustomerFactory(email="jana@example.de")
    imported(table(order()))
    assert buyer() == jana
    jana.refresh_from_db()
    assert jana.orders_count == 1


def test_an_order_keeps_its_customer_whatever_address_a_newer_file_gives() -> None:
    imported(table(order()))
    jana = buyer()
    imported(table(order(Email="new@example.de")))
    assert (buyer(), Customer.objects.count()) == (jana, 1)
    assert Order.objects.get().email == "new@example.de"


@pytest.mark.parametrize(
    ("said", "state"), [("yes", "SUBSCRIBED"), ("no", "NOT_SUBSCRIBED"), ("", "NOT_SUBSCRIBED")]
)
def test_somebody_new_says_yes_or_nothing(said: str, state: str) -> None:
    imported(table(order(Accepts_Marketing=said)))
    assert Customer.objects.get().email_consent == state


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("NOT_SUBSCRIBED", "SUBSCRIBED"),
        ("UNSUBSCRIBED", "UNSUBSCRIBED"),
        ("PENDING", "PENDING"),
        ("INVALID", "INVALID"),
        ("REDACTED", "REDACTED"),
    ],
)
def test_a_yes_brings_back_nobody_who_left(before: str, after: str) -> None:
    jana = CustomerFactory(email="jana@example.de")
    Customer.objects.filter(pk=jana.pk).update(email_consent=before)
    imported(table(order(Accepts_Marketing="yes")))
    jana.refresh_from_db()
    assert jana.email_consent == after


def test_a_yes_of_long_ago_is_not_their_latest_word(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 1
    new = order(Name="#2", Accepts_Marketing="no", Created_at="2025-01-01 00:00:00 +0000")
    old = order(Name="#1", Accepts_Marketing="yes", Created_at="2020-01-01 00:00:00 +0000")
    imported(table(new, old))
    assert Customer.objects.get().email_consent == "NOT_SUBSCRIBED"


def test_a_yes_of_an_order_is_older_than_what_a_file_of_customers_says_today() -> None:
    person = {"Email": "jana@example.de", "Last Name": "M", "Accepts Email Marketing": "no"}
    customers_imported(customers_table(person))
    imported(table(order(Accepts_Marketing="yes")))
    assert Customer.objects.get().email_consent == "NOT_SUBSCRIBED"


def test_a_yes_is_given_at_the_address_that_we_write_to() -> None:
    jana = CustomerFactory(email="j@example.de")
    jana.add_email("jana@example.de", by=None)
    imported(table(order(Accepts_Marketing="yes")))
    jana.refresh_from_db()
    assert jana.email_consent == "NOT_SUBSCRIBED"


def test_totals_of_a_file_of_customers_give_way_to_orders() -> None:
    person = {
        "Email": "jana@example.de",
        "Last Name": "M",
        "Total Orders": "9",
        "Total Spent": "900",
    }
    customers_imported(customers_table(person))
    imported(table(order(Refunded_Amount="4.90", Financial_Status="partially_refunded")))
    jana = Customer.objects.get()
    assert (jana.orders_count, jana.amount_spent) == (1, Decimal(50))
    assert not jana.figures_from_export


def test_figures_follow_what_a_newer_file_changes() -> None:
    imported(table(order(), order(Name="#2")))
    imported(table(order(Cancelled_at="2025-06-01 00:00:00 +0000"), order(Name="#2")))
    jana = Customer.objects.get()
    assert (jana.orders_count, jana.amount_spent) == (2, Decimal("54.90"))


@pytest.mark.django_db(transaction=True)
def test_two_files_with_the_same_people_at_once_double_nobody(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 3
    people = [f"p{number}@example.de" for number in range(10)]
    files = [
        table(*(order(Name=f"#{first + n}", Email=email) for n, email in enumerate(turn)))
        for first, turn in ((1, people), (101, people[::-1]))
    ]
    results = all_at_once(lambda number: counts(imported(files[number])), threads=2)
    assert results == [(10, 0, 0, 0)] * 2
    assert Customer.objects.count() == 10
    assert set(Customer.objects.values_list("orders_count", flat=True)) == {2}


@pytest.mark.django_db(transaction=True)
def test_a_file_and_the_shops_system_at_once_bring_each_order_once(settings: Any) -> None:
    settings.IMPORT_CHUNK_ROWS = 2
    jana = CustomerFactory(email="jana@example.de")
    numbers = range(1, 11)
    file = table(*(order(Name=f"#{number}", Id=str(number)) for number in numbers))
    rows = [
        past_order(jana, source="shopify", external_id=str(number), number=number)
        for number in reversed(numbers)
    ]
    results = all_at_once(
        lambda number: imported(file).stage if number else bring_in(rows, by=None).known, threads=2
    )
    assert not [one for one in results if isinstance(one, Exception)]
    assert Order.objects.count() == 10
    jana.refresh_from_db()
    assert jana.orders_count == 10


def test_a_yes_is_not_their_latest_word_though_figures_are_counted_later(settings: Any) -> None:
    jana = CustomerFactory(email="jana@example.de")
    place(jana)
    Customer.objects.filter(pk=jana.pk).update(last_order_at=None, orders_count=0)
    imported(table(order(Accepts_Marketing="yes", Created_at="2020-01-01 00:00:00 +0000")))
    jana.refresh_from_db()
    assert (jana.email_consent, jana.orders_count) == ("NOT_SUBSCRIBED", 2)


@pytest.mark.django_db(transaction=True)
def test_an_order_comes_in_while_its_customers_figures_are_counted() -> None:
    jana = CustomerFactory(email="jana@example.de")
    one = checked(table(order()))
    one.start(by=None, in_worker=False)
    worker = Thread(target=_work_and_hang_up, args=[one.pk])
    with transaction.atomic():
        figures.lock([jana.pk])
        worker.start()
        wait_until(Order.objects.exists, what="the order")
        wait_until(waiting_connections, what="the counting of its customer's figures")
    worker.join(timeout=20)
    jana.refresh_from_db()
    assert (jana.orders_count, jana.amount_spent) == (1, Decimal("54.90"))
    assert not one.debts.exists()


def _work_and_hang_up(import_id: int) -> None:
    try:
        work(import_id)
    finally:
        connection.close()
