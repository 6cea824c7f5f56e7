"""An import of orders taken back: what came goes, what was changed is as it was before.

An order that anybody or anything has touched since stays as it is: a payment, a parcel, a refund,
another file, whatever an upper app has tied to it. A customer who came with the orders goes with
the last of them, unless something else is theirs by then; a "yes" to newsletters goes with the
order that said it. A handful of statements for any number of rows, each on the temporary table
`undoing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from customers.importing.chunks import make_table
from customers.importing.of_customers.undoing import GIVEN
from customers.importing.taking_back import count, note, tied
from customers.models import Customer, Tagging
from orders.figures import recount
from orders.importing.changes import FINGERPRINT, RESTORED
from orders.importing.models import OrderImportRow
from orders.models.orders import Order
from orders.models.parts import Line, Parcel, ParcelLine, Refund

if TYPE_CHECKING:
    from customers.importing.kinds import Undone
    from customers.importing.models import Import

# What an import itself gives an order.
PARTS = [Line, Parcel, ParcelLine, Refund]


def undo(one: Import) -> Undone:
    """Take back the next rows, inside the caller's transaction."""
    values: dict[str, Any] = {
        "import": one.pk,
        "after": one.undone_line,
        "size": settings.IMPORT_CHUNK_ROWS,
        "as_of": one.uploaded_at,
    }
    make_table("undoing", _ROWS, values)
    with connection.cursor() as cursor:
        # As every verb does: customers before orders, each in one order.
        cursor.execute(_LOCK_BUYERS)
        buyers = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_LOCK_ORDERS)
        cursor.execute(_TOUCHED.format(ties=" OR ".join(_ties())))
        for statement in [*_GONE, *_AS_BEFORE, note(OrderImportRow)]:
            cursor.execute(statement)
    gone = _forget_newcomers(buyers, values)
    recount([pk for pk in buyers if pk not in gone])
    with connection.cursor() as cursor:
        cursor.execute(_UNSUBSCRIBE, values)
    return count()


def _forget_newcomers(buyers: list[int], values: dict[str, Any]) -> set[int]:
    """Delete whom only this import brought and who has nothing left; returns them.

    Who stays for another reason than an order is said on the row that they came with.
    """
    values = {**values, "buyers": buyers}
    make_table("newcomers", _NEWCOMERS.format(ties=" OR ".join(_own_ties())), values)
    with connection.cursor() as cursor:
        cursor.execute(_SAY_WHO_STAYS)
        cursor.execute("SELECT customer_id FROM newcomers WHERE NOT is_touched ORDER BY 1")
        gone = [pk for (pk,) in cursor.fetchall()]
        for model in GIVEN:
            table = model._meta.db_table
            cursor.execute(f"DELETE FROM {table} WHERE customer_id = ANY(%s)", [gone])  # noqa: S608 -- a model's table
        cursor.execute(_FORGET_CUSTOMERS, {"gone": gone})
        cursor.execute("DELETE FROM customers_customer WHERE id = ANY(%s)", [gone])
    return set(gone)


def _ties() -> list[str]:
    """What anybody has tied to an order or a part of it."""
    of_part = """EXISTS (SELECT 1 FROM {table} t JOIN {to} p ON p.id = t.{column}
        WHERE p.order_id = u.order_id OFFSET 0)"""
    return [
        *tied(
            Order,
            "EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = u.order_id OFFSET 0)",
            own=[*PARTS, OrderImportRow],
        ),
        *(tie for part in (Line, Parcel, Refund) for tie in tied(part, of_part, own=PARTS)),
        "false",
    ]


def _own_ties() -> list[str]:
    """What is a customer's but their orders and what the import gave them."""
    tie = "EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = c.id OFFSET 0)"
    given = [model for model in GIVEN if model is not Tagging]
    return tied(Customer, tie, own=[*given, Order, OrderImportRow])


_ROWS = """
SELECT r.*, o.customer_id AS buyer_id, false AS is_touched FROM orders_orderimportrow r
JOIN orders_order o ON o.id = r.order_id
WHERE of_import_id = %(import)s AND line > %(after)s AND is_written ORDER BY line LIMIT %(size)s
"""
# Whoever wants to tie something to one of them meanwhile waits, and then finds them gone.
_LOCK_BUYERS = """
SELECT id FROM customers_customer
WHERE id IN (SELECT buyer_id FROM undoing UNION SELECT customer_id FROM undoing)
ORDER BY id FOR UPDATE
"""
_LOCK_ORDERS = """
SELECT FROM orders_order WHERE id IN (SELECT order_id FROM undoing) ORDER BY id FOR UPDATE
"""
# OFFSET 0: one look into an index per row, however many orders and events there are.
# A verb leaves an event about a new order; what became of a changed one is told by all that it is.
_TOUCHED = f"""
UPDATE undoing u SET is_touched = true WHERE outcome <> 'unchanged' AND (
    (SELECT o.customer_id IS DISTINCT FROM u.buyer_id
            OR u.outcome = 'changed' AND u.left_as IS DISTINCT FROM {FINGERPRINT}
        FROM orders_order o WHERE o.id = u.order_id)
    OR EXISTS (SELECT 1 FROM orders_orderimportrow r
        WHERE r.order_id = u.order_id AND r.id > u.id AND r.is_written OFFSET 0)
    OR outcome = 'created' AND ({{ties}} OR EXISTS (SELECT 1 FROM events_eventabout a
        WHERE a.about_type = 'orders.order' AND a.about_id = u.order_id OFFSET 0)))
"""  # noqa: S608 -- of constants


def _all_of(outcome: str) -> str:
    return f"(SELECT order_id FROM undoing WHERE outcome = '{outcome}' AND NOT is_touched)"  # noqa: S608 -- of constants


def _without_parts(orders: str, of_file: str = "") -> list[str]:
    """Statements that delete the parts of these orders, parcels and refunds only of the file."""
    return [
        f"""DELETE FROM orders_parcelline b USING orders_parcel a
            WHERE a.id = b.parcel_id AND a.order_id IN {orders}""",  # noqa: S608 -- of constants
        f"DELETE FROM orders_parcel WHERE order_id IN {orders} {of_file}",  # noqa: S608 -- of constants
        f"DELETE FROM orders_refund WHERE order_id IN {orders} {of_file}",  # noqa: S608 -- of constants
        f"DELETE FROM orders_line WHERE order_id IN {orders}",  # noqa: S608 -- of constants
    ]


def _parts_again(table: str, name: str) -> str:
    return f"""INSERT INTO {table} SELECT part.* FROM undoing u,
        jsonb_populate_recordset(NULL::{table}, u.before -> '{name}') part
        WHERE u.outcome = 'changed' AND NOT u.is_touched"""  # noqa: S608 -- of constants


_GONE = [
    *_without_parts(_all_of("created")),
    f"UPDATE orders_orderimportrow SET order_id = NULL WHERE order_id IN {_all_of('created')}",  # noqa: S608 -- of constants
    f"DELETE FROM orders_order WHERE id IN {_all_of('created')}",  # noqa: S608 -- of constants
]
_AS_BEFORE = [
    *_without_parts(_all_of("changed"), "AND external_id = 'export'"),
    _parts_again("orders_line", "lines"),
    _parts_again("orders_parcel", "parcels"),
    _parts_again("orders_parcelline", "packed"),
    _parts_again("orders_refund", "refunds"),
    f"""
UPDATE orders_order o SET ({", ".join(RESTORED)}) = (
    SELECT {", ".join(f"b.{name}" for name in RESTORED)}
    FROM jsonb_populate_record(o, u.before -> 'order') b)
FROM undoing u WHERE o.id = u.order_id AND u.outcome = 'changed' AND NOT u.is_touched
""",  # noqa: S608 -- of constants
]
# A "yes" to newsletters in a later line of the file is no other hand's.
_NEWCOMERS = """
SELECT r.id, c.id AS customer_id, c.updated_at <> c.created_at
        AND c.email_consent_at IS DISTINCT FROM %(as_of)s OR {ties}
    OR EXISTS (SELECT 1 FROM events_eventabout a
        WHERE a.about_type = 'customers.customer' AND a.about_id = c.id OFFSET 0) AS is_touched
FROM orders_orderimportrow r JOIN customers_customer c ON c.id = r.customer_id
WHERE r.of_import_id = %(import)s AND r.customer_id = ANY(%(buyers)s)
    AND NOT EXISTS (SELECT 1 FROM (SELECT id FROM orders_order
        WHERE customer_id = c.id LIMIT 1 OFFSET 0) own)
"""
_SAY_WHO_STAYS = """
UPDATE orders_orderimportrow r SET problems = r.problems || '[["buyer_stays", ""]]'::jsonb
FROM newcomers n WHERE n.id = r.id AND n.is_touched AND NOT r.problems @> '[["buyer_stays", ""]]'
"""
# Behind the newcomers, who are told by when they were changed: who may still go is as they came.
_UNSUBSCRIBE = """
UPDATE customers_customer c SET email_consent = 'NOT_SUBSCRIBED', email_consent_level = '',
    email_consent_at = NULL, email_consent_collected_from = '', updated_at = CASE WHEN EXISTS (
        SELECT 1 FROM orders_orderimportrow r
        WHERE r.customer_id = c.id AND r.of_import_id = %(import)s
            AND NOT r.problems @> '[["buyer_stays", ""]]')
        THEN c.created_at ELSE now() END
FROM undoing u WHERE c.id = u.buyer_id AND NOT u.is_touched AND u.before ? 'subscribed'
    AND c.email_consent = 'SUBSCRIBED' AND c.email_consent_at = %(as_of)s
    AND c.email_consent_collected_from = 'FILE'
"""
_FORGET_CUSTOMERS = """
UPDATE orders_orderimportrow SET customer_id = NULL WHERE customer_id = ANY(%(gone)s)
"""
