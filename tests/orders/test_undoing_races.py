"""Who ties something to what goes at that very moment is told so, and nothing of it is left."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from customers.importing.models import Import
from customers.importing.working import work
from customers.models import Customer, Note
from orders.models import Order, Refund
from tests.customers import import_files as customers_files
from tests.orders import import_files as orders_files
from tests.waiting import wait_until, waiting_connections

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)

IMPORTS: dict[str, Callable[[], Import]] = {
    "customers": lambda: customers_files.imported(customers_files.table(*customers_files.many(1))),
    "orders": lambda: orders_files.imported(orders_files.table(orders_files.order())),
}


def while_it_is_undone(one: Import, act: Callable[[], Any]) -> Any:
    """What `act` returned or raised, which began before the undoing was committed."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(act())
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            found.append(error)
        finally:
            connection.close()

    other = Thread(target=run)
    assert one.undo(by=None, in_worker=False)
    with transaction.atomic():
        work(one.pk)
        other.start()
        wait_until(lambda: waiting_connections() == 1, what="waiting for the undoing")
    other.join(20)
    return found[0]


@pytest.mark.parametrize("is_htmx", [False, True])
@pytest.mark.parametrize("kind", IMPORTS)
def test_a_note_on_who_goes_is_refused_in_a_sentence(
    kind: str, is_htmx: bool, agent: User, desk_client: Callable[[User], Client]
) -> None:
    one = IMPORTS[kind]()
    client, customer = desk_client(agent), Customer.objects.get()
    url = reverse("customer_note_add", args=[customer.pk])
    headers = {"HX-Request": "true"} if is_htmx else {}
    answer = while_it_is_undone(one, lambda: client.post(url, {"text": "Called."}, headers=headers))
    said = answer.headers.get("HX-Trigger", "") if is_htmx else answer.content.decode()
    assert (answer.status_code, "deleted" in said) == (409, True)
    assert (Customer.objects.count(), Note.objects.count()) == (0, 0)
    one.refresh_from_db()
    assert (one.stage, one.undone_count) == ("undone", 1)


def test_a_refund_of_an_order_that_goes_is_not_made(agent: User) -> None:
    one = IMPORTS["orders"]()
    order = Order.objects.get()
    refused = while_it_is_undone(one, lambda: order.refund(order.total, by=agent))
    assert isinstance(refused, Order.DoesNotExist)
    assert (Order.objects.count(), Refund.objects.count()) == (0, 0)
