"""What follows when many customers change at once takes as many statements as for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.following import follow_barring
from accounts.models import ResetRequest, Session
from customers.models import Customer
from events.models import Event
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User


def statements_for(rows: int, agent: User) -> int:
    customers = [CustomerFactory(account=True) for _ in range(rows)]
    for customer in customers:
        sign_in(customer.user)
        ResetRequest.start(customer, by=agent)
    Customer.objects.update(disabled_at=timezone.now())
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        follow_barring([customer.pk for customer in customers])
    return len(asked)


def test_disabling_many_customers_asks_as_often_as_for_one(agent: User) -> None:
    assert statements_for(1, agent) == statements_for(5, agent)
    assert not Session.objects.exists()
    assert not ResetRequest.objects.open().exists()
    ended = Event.objects.filter(name="user.sessions_ended")
    assert [event.plain for event in ended] == [{"count": 1}] * 6
