"""What may hold on to what an import brought: undoing it asks every key that the database has."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Model

from customers.importing.taking_back import tied
from customers.models import Customer
from orders.models import Line, Order, Parcel, Refund
from products.models import Product, Variant

KEYS = """
SELECT holds.relname || '.' || a.attname FROM pg_constraint k
JOIN pg_class holds ON holds.oid = k.conrelid
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
WHERE k.contype = 'f' AND k.confrelid = %s::regclass
"""


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Customer, Order, Line, Parcel, Refund, Product, Variant])
def test_every_key_is_asked(model: type[Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [model._meta.db_table])
        keys = sorted(name for (name,) in cursor.fetchall())
    assert sorted(tied(model, "{table}.{column}")) == keys


@pytest.mark.django_db
def test_a_hidden_key_is_asked_too() -> None:
    assert "orders_orderimportrow.customer_id" in tied(Customer, "{table}.{column}")
