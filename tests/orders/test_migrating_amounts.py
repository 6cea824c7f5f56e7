"""Orders of before the paid amount was known are brought up to it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.factories.orders import NOON
from tests.installation.databases import another_database

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE, AFTER = [("orders", "0002_recounts")], [("orders", "0003_amounts_paid")]


def test_whatever_the_status_says_what_was_given_back_had_been_paid() -> None:
    known = [("voided", 9), ("pending", 0), ("paid", 0), ("refunded", 25), ("partially_paid", 3)]
    with another_database("amounts"):
        executor = MigrationExecutor(connection)
        executor.migrate(BEFORE)
        old = executor.loader.project_state(BEFORE).apps.get_model("orders", "Order")
        for number, (status, refunded) in enumerate(known):
            old.objects.create(
                source="shop",
                external_id=str(number),
                number=number,
                placed_at=NOON,
                currency="EUR",
                subtotal=25,
                total=25,
                refunded=refunded,
                financial_status=status,
            )
        MigrationExecutor(connection).migrate(AFTER)
        new = executor.loader.project_state(AFTER).apps.get_model("orders", "Order")
        paid = list(new.objects.order_by("number").values_list("paid", flat=True))
    assert paid == [Decimal(amount) for amount in (9, 0, 25, 25, 3)]
