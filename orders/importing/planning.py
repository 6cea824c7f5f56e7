"""Which orders are known, and what would change? A few statements for a chunk of rows.

They read the temporary table `chunk`: rows as `orders.importing.rows` has them, with the
source and, where the caller knows it, the customer. The answers stand in `order_plan`.
"""

from __future__ import annotations

from django.db import connection

from customers.importing.chunks import make_table
from orders.importing.columns import FACTS, HELD, HOLDS
from orders.importing.rows import NAMED


def match() -> None:
    """Note in `order_matched` which rows are about an order that is known."""
    make_table("order_matched", _MATCHED, {})


def is_any_known() -> bool:
    """Whether a row of the chunk is about an order that was there before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM order_matched)")
        return bool(cursor.fetchone()[0])


def is_any_known_by_now() -> bool:
    """As before, once the chunk is written. An order of the same id refused to be there twice."""
    with connection.cursor() as cursor:
        cursor.execute(INDEX)
        cursor.execute(_KNOWN_BY_NOW)
        return bool(cursor.fetchone()[0])


def lock_matched() -> None:
    """Hold the known orders until the chunk is written: after their customers, as verbs do."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def plan(*, updates: bool, writes: bool = True) -> None:
    """Fill `order_plan` with the chunk's rows and what is to become of them, after `match`.

    Without `updates` an order that is known is left as it is; unless it `writes`, new ones get no
    number.
    """
    values = {"updates": updates, "writes": writes}
    make_table("order_plan", _PLANNED, values, measured="line, order_id, outcome")


# LATERAL … LIMIT and OFFSET 0: one look into an index per row, however old the statistics are.

# An order is known by its id in its source. Where one of two files has no ids, by its name.
_MATCHED = f"""
WITH found AS (
    SELECT s.line, o.id, 1 AS grade, false AS is_ambiguous FROM chunk s, LATERAL (
        SELECT id FROM orders_order
        WHERE source = s.source AND external_id = s.external_id LIMIT 1) o
    WHERE s.is_usable
    UNION ALL
    SELECT s.line, o.id, 2, false FROM chunk s, LATERAL (
        SELECT id FROM orders_order
        WHERE source = s.source AND external_id = '{NAMED}' || s.name LIMIT 1) o
    WHERE s.is_usable AND s.external_id NOT LIKE '{NAMED}%%'
    UNION ALL
    SELECT s.line, o.id, 2, o.is_ambiguous FROM chunk s, LATERAL (
        SELECT min(id) AS id, count(*) > 1 AS is_ambiguous FROM (SELECT id FROM orders_order
            WHERE upper(name) = upper(s.name) AND source = s.source LIMIT 2) f
        HAVING count(*) > 0) o
    WHERE s.is_usable AND s.external_id LIKE '{NAMED}%%'
), best AS (
    SELECT DISTINCT ON (line) line, id, grade, is_ambiguous FROM found ORDER BY line, grade
)
SELECT line, id AS order_id, is_ambiguous, row_number() OVER (
    PARTITION BY id ORDER BY grade, line DESC) > 1 AS is_same_order
FROM best
"""  # noqa: S608 -- of constants

# For who asks of an order whether it is one of those at hand.
INDEX = "CREATE INDEX IF NOT EXISTS order_plan_ids ON order_plan (order_id)"
_OF_OTHERS = """WHERE NOT EXISTS (
        SELECT 1 FROM order_plan p WHERE p.order_id = o.id OFFSET 0)"""
_KNOWN_BY_NOW = f"""
SELECT EXISTS (
    SELECT 1 FROM chunk s, LATERAL (
        SELECT id FROM orders_order
        WHERE source = s.source AND external_id = '{NAMED}' || s.name OFFSET 0) o
    {_OF_OTHERS} AND s.is_usable AND s.external_id NOT LIKE '{NAMED}%'
    UNION ALL
    SELECT 1 FROM chunk s, LATERAL (
        SELECT id FROM orders_order
        WHERE upper(name) = upper(s.name) AND source = s.source OFFSET 0) o
    {_OF_OTHERS} AND s.is_usable AND s.external_id LIKE '{NAMED}%')
"""  # noqa: S608 -- of constants

_LOCK = """
SELECT FROM orders_order WHERE id = ANY(ARRAY(SELECT order_id FROM order_matched))
ORDER BY id FOR NO KEY UPDATE
"""

# A row that says what the order's last row said changes nothing: what staff have done since stays
# done when an old file comes again.
_IS_KNOWN_ROW = """coalesce((SELECT r.digest = s.digest FROM orders_orderimportrow r
    WHERE r.order_id = m.order_id AND r.is_written ORDER BY r.id DESC LIMIT 1), false)"""
_PLANNED = f"""
WITH compared AS (
    SELECT s.of_import_id, s.line, s.is_usable, s.problems, s.digest, s.lines, s.parcels, s.refunds,
        s.pieces,
        s.refunded IS NOT NULL AS refunds_said, s.fulfillment_status AS goods_said,
        m.order_id AS known_id, coalesce(o.customer_id, s.customer_id) AS customer_id,
        {_IS_KNOWN_ROW} AS is_known_row, f.refunded_here,
        m.is_ambiguous, m.is_same_order, f.lines AS known_lines,
        f.lines <> s.lines AS lines_differ, f.parcels_differ,
        {", ".join(f"n.{name}" for name in HOLDS)},
        m.order_id IS NOT NULL AND ({", ".join(f"n.{name}" for name in HOLDS)})
            IS DISTINCT FROM ({", ".join(HELD.values())}) AS order_differs
    FROM chunk s LEFT JOIN order_matched m USING (line)
    LEFT JOIN LATERAL (SELECT * FROM orders_order WHERE id = m.order_id OFFSET 0) o ON true
    CROSS JOIN LATERAL ({FACTS} OFFSET 0) f
    CROSS JOIN LATERAL (SELECT {", ".join(f"{said} AS {name}" for name, said in HOLDS.items())}) n
), judged AS (
    SELECT *, CASE WHEN NOT is_usable THEN NULL
        WHEN is_ambiguous THEN 'order_ambiguous' WHEN is_same_order THEN 'order_same'
        WHEN refunded > total THEN 'order_refunds' END AS refusal
    FROM compared
)
SELECT *, coalesce(known_id, CASE WHEN %(writes)s AND is_usable AND refusal IS NULL
        THEN nextval(pg_get_serial_sequence('orders_order', 'id')) END) AS order_id, CASE
    WHEN NOT is_usable OR refusal IS NOT NULL THEN 'skipped'
    WHEN known_id IS NULL THEN 'created'
    WHEN is_known_row OR NOT %(updates)s THEN 'unchanged'
    WHEN order_differs OR lines_differ OR parcels_differ THEN 'changed'
    ELSE 'unchanged' END AS outcome
FROM judged ORDER BY line
"""  # noqa: S608 -- of constants
