"""Whatever phones and addresses people share, the import does as its dry run has said."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from customers.importing.working import work
from customers.models import Customer
from orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.orders.import_files import checked, order, table

pytestmark = pytest.mark.django_db
PHONES = ["", "", "040 555771", "040 555772", "040 555773"]
EMAILS = ["", "", "a@example.de", "b@example.de", "c@example.de", "d@example.de"]
Rows = list[list[dict[str, str]]]


def some_who_are_here(dice: Random) -> None:
    """Some with an address, of which a second one may be another's as well; some share a phone."""
    primary = dice.sample(EMAILS, k=dice.choice([0, 0, 1, 3]))
    for email in primary:
        one = CustomerFactory(email=email)
        further = dice.choice(EMAILS)
        if email and further not in {"", *primary}:
            one.add_email(further, by=None)
        if phone := dice.choice(PHONES):
            one.add_phone(phone, by=None)


def some_orders(dice: Random) -> Rows:
    return [
        bought(f"#{number}", dice.choice(EMAILS), dice.choice(PHONES), day=dice.randint(10, 28))
        for number in range(1, dice.choice([3, 8, 16]))
    ]


def bought(name: str, email: str, phone: str, *, day: int = 11) -> list[dict[str, str]]:
    return order(
        Name=name,
        Email=email,
        Created_at=f"2025-05-{day} 09:55:16 -0400",
        Billing_Phone=phone,
        Shipping_Phone=phone,
    )


def said_and_done(rows: Rows) -> tuple[tuple[int | None, int | None], tuple[int, int]]:
    """How many would come and how many would get orders; how many came and how many got some."""
    here = set(Customer.objects.values_list("pk", flat=True))
    had = set(Order.objects.filter(customer_id__isnull=False).values_list("pk", flat=True))
    one = checked(table(*rows))
    said = one.newcomers_count, one.joined_count
    one.start(by=None, in_worker=False)
    work(one.pk)
    buyers = Order.objects.exclude(pk__in=had).exclude(customer=None).values_list("customer_id")
    got = {pk for (pk,) in buyers}
    return said, (Customer.objects.count() - len(here), len(got & here))


@pytest.mark.parametrize("seed", range(20))
def test_as_many_come_as_was_said(settings: Any, seed: int) -> None:
    dice = Random(seed)
    settings.IMPORT_CHUNK_ROWS = dice.choice([1, 2, 4, 100])
    some_who_are_here(dice)
    for _ in range(2):
        said, done = said_and_done(some_orders(dice))
        assert said == done


SHARED = "040 555771"
STRANGERS = [
    pytest.param([("a@example.de", SHARED), ("b@example.de", SHARED)], 2, id="two addresses"),
    pytest.param([("", SHARED), ("", SHARED)], 1, id="no address"),
    pytest.param([("a@example.de", SHARED), ("", SHARED)], 1, id="met by phone"),
    pytest.param(
        [("a@example.de", SHARED), ("b@example.de", SHARED), ("", SHARED), ("", SHARED)],
        3,
        id="whose phone it is nobody can tell",
    ),
    pytest.param([("", SHARED), ("a@example.de", SHARED), ("", SHARED)], None, id="before"),
]


@pytest.mark.parametrize("chunk", [1, 2, 100])
@pytest.mark.parametrize(("rows", "come"), STRANGERS)
def test_strangers_with_one_phone(
    settings: Any, chunk: int, rows: list[tuple[str, str]], come: int | None
) -> None:
    settings.IMPORT_CHUNK_ROWS = chunk
    orders = [bought(f"#{place}", *row) for place, row in enumerate(rows, start=1)]
    said, done = said_and_done(orders)
    assert said == done
    assert come in {None, done[0]}
