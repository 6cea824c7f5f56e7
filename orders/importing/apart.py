"""Rows of one order that stand apart in a file, as one that was sorted by date has them.

Read on its own, a further row has lines and nothing else of its order (`order_torn_off`). Other
programs write all cells of the order into each of its rows. In both cases the parts become one row
where it is certain that they belong together; else all of them are refused, and say what helps.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from customers.importing.chunks import make_table
from orders.importing.cells import MOST_MONEY
from orders.importing.lines import MOST_LINES
from orders.importing.problems import REFUSED
from orders.importing.rows import EXPORT, NAMED, SAID

# Further rows that stand without the row that has their order's cells.
TORN = """
SELECT line, name, external_id FROM orders_stagedorder
WHERE of_import_id = %(import)s AND NOT is_usable AND name <> ''
    AND problems @> '[["order_torn_off", ""]]'
"""
# Orders that are told more than once.
REPEATED = """
SELECT external_id, min(line) AS head_line FROM orders_stagedorder
WHERE of_import_id = %(import)s AND is_usable GROUP BY external_id HAVING count(*) > 1
"""


def join(parts: str, import_id: int) -> int:
    """Make one row of the parts that OF_TORN or OF_REPEATED tells; how many rows are less then."""
    values: dict[str, Any] = {
        "import": import_id,
        "refused": sorted(REFUSED - {"order_torn_off"}),
        "most_lines": MOST_LINES,
        "most_money": MOST_MONEY,
    }
    make_table("order_parts", parts, values, measured="line, head_line")
    make_table("order_fates", _FATES, values, measured="head_line")
    with connection.cursor() as cursor:
        cursor.execute(_REFUSE, values)
        cursor.execute(_JOIN, values)
        cursor.execute(_FORGET_PARTS, values)
        return int(cursor.rowcount)


# Each part with the row that it belongs to, which is one of them. `is_unsure`: it may be another.

# By the order's id where the row says one, else by its name: which then has to be of one order.
_IS_NAMED = f"t.external_id LIKE '{NAMED}%%'"
OF_TORN = f"""
WITH heads AS MATERIALIZED (
    SELECT name, external_id, max(line) AS line, count(*) AS count FROM orders_stagedorder
    WHERE of_import_id = %(import)s AND name IN (SELECT name FROM order_torn)
        AND NOT problems @> '[["order_torn_off", ""]]'
    GROUP BY name, external_id
), named AS (
    SELECT name, max(line) AS line, sum(count) AS count FROM heads GROUP BY name
), met AS MATERIALIZED (
    SELECT t.line, t.name, CASE WHEN {_IS_NAMED} THEN n.line ELSE h.line END AS head_line,
        CASE WHEN {_IS_NAMED} THEN n.count ELSE h.count END > 1 AS is_unsure
    FROM order_torn t JOIN named n ON n.name = t.name
    LEFT JOIN heads h ON h.name = t.name AND h.external_id = t.external_id
    WHERE {_IS_NAMED} OR h.line IS NOT NULL
), whole AS (
    SELECT name, head_line, bool_or(is_unsure) AS is_unsure FROM met GROUP BY name, head_line
)
SELECT head_line, line, false AS is_head, is_unsure FROM met
UNION ALL SELECT head_line, head_line, true, is_unsure FROM whole
UNION ALL SELECT w.head_line, s.line, true, true FROM whole w JOIN orders_stagedorder s
    ON s.of_import_id = %(import)s AND s.name = w.name AND s.line <> w.head_line
    AND NOT s.problems @> '[["order_torn_off", ""]]'
WHERE w.is_unsure
"""  # noqa: S608 -- of constants
# What tells one state of an order from another, but for the lines themselves.
_CELLS = [*(name for name in SAID if name not in {"line", "lines", "parcels", "subtotal"})]
# Told anew it has other cells, or the same lines. A line that stands in two of several parts may be
# a repeat, or have been bought twice.
OF_REPEATED = f"""
WITH told AS MATERIALIZED (
    SELECT r.external_id, r.head_line, s.line, s.lines,
        md5(ROW({", ".join(f"s.{name}" for name in _CELLS)}, s.fulfilled_at)::text) AS cells
    FROM order_repeated r JOIN orders_stagedorder s
        ON s.of_import_id = %(import)s AND s.is_usable AND s.external_id = r.external_id
), alike AS (
    SELECT external_id FROM told GROUP BY external_id
    HAVING count(DISTINCT cells) = 1 AND count(DISTINCT lines) > 1
), shared AS (
    SELECT t.external_id FROM told t JOIN alike USING (external_id),
        jsonb_array_elements(t.lines) AS l (said)
    GROUP BY t.external_id, l.said HAVING count(DISTINCT t.line) > 1
)
SELECT head_line, line, line = head_line AS is_head,
    external_id IN (SELECT external_id FROM shared) AS is_unsure
FROM told JOIN alike USING (external_id)
"""  # noqa: S608 -- of constants

_IS_WRONG = """CASE WHEN p.is_head THEN NOT s.is_usable ELSE EXISTS (
    SELECT 1 FROM jsonb_array_elements(s.problems) AS problem
    WHERE problem->>0 = ANY(%(refused)s)) END"""
# No more lines than an order has: what a made-up file says of one name is never put together.
_FATES = f"""
SELECT head_line, min(p.line) FILTER (WHERE NOT is_head) AS first_part,
    sum(s.subtotal) AS subtotal, CASE
        WHEN bool_or(is_unsure) THEN 'order_apart' WHEN bool_or({_IS_WRONG}) THEN 'order_torn'
        WHEN sum(jsonb_array_length(s.lines)) > %(most_lines)s THEN 'order_lines'
        WHEN sum(s.subtotal) >= %(most_money)s THEN 'order_money' ELSE '' END AS refusal
FROM order_parts p JOIN orders_stagedorder s ON s.of_import_id = %(import)s AND s.line = p.line
GROUP BY head_line
"""  # noqa: S608 -- of constants
# Each says where the other is, but for what is wrong with the order as a whole.
_REFUSE = """
UPDATE orders_stagedorder AS s SET is_usable = false, problems = (
        SELECT coalesce(jsonb_agg(problem ORDER BY place), '[]')
        FROM jsonb_array_elements(s.problems) WITH ORDINALITY AS told (problem, place)
        WHERE problem->>0 <> 'order_torn_off')
    || jsonb_build_array(CASE
        WHEN p.is_head THEN jsonb_build_array(f.refusal, CASE f.refusal
            WHEN 'order_lines' THEN %(most_lines)s::text WHEN 'order_money' THEN f.subtotal::text
            ELSE f.first_part::text END)
        WHEN f.refusal = 'order_apart' THEN jsonb_build_array(f.refusal, f.head_line::text)
        ELSE jsonb_build_array('order_torn', f.head_line::text) END)
FROM order_parts p JOIN order_fates f USING (head_line)
WHERE f.refusal <> '' AND s.of_import_id = %(import)s AND s.line = p.line
"""
# The order's own row first, then the others as they stand in the file. What of them needs a look is
# told with its place. The digest is of all that is said.
_JOIN = f"""
WITH parts AS MATERIALIZED (
    SELECT p.head_line, p.is_head, s.line, s.lines, s.parcels, s.problems, s.subtotal, s.digest,
        s.fulfillment_status
    FROM order_parts p JOIN order_fates f USING (head_line)
    JOIN orders_stagedorder s ON s.of_import_id = %(import)s AND s.line = p.line
    WHERE f.refusal = ''
), lines AS (
    SELECT p.head_line, l.said, row_number() OVER (
            PARTITION BY p.head_line ORDER BY NOT p.is_head, p.line, l.place) AS position,
        h.fulfillment_status = 'fulfilled'
            OR coalesce(p.parcels->0->'quantities' ? (l.place::text), false) AS has_left
    FROM parts p JOIN parts h ON h.line = p.head_line,
        jsonb_array_elements(p.lines) WITH ORDINALITY AS l (said, place)
), goods AS (
    SELECT head_line, jsonb_agg(said ORDER BY position) AS lines,
        jsonb_object_agg(position::text, said->'quantity') FILTER (WHERE has_left) AS gone
    FROM lines GROUP BY head_line
), remarks AS (
    SELECT p.head_line, jsonb_agg(r.remark ORDER BY p.line, t.place, r.is_place) AS problems
    FROM parts p JOIN parts h ON h.line = p.head_line,
        jsonb_array_elements(p.problems) WITH ORDINALITY AS t (problem, place),
        LATERAL (VALUES (t.problem, false),
            (jsonb_build_array('elsewhere', p.line::text), true)) AS r (remark, is_place)
    WHERE NOT p.is_head AND t.problem->>0 <> 'order_torn_off'
        AND NOT h.problems @> jsonb_build_array(t.problem)
    GROUP BY p.head_line
), whole AS (
    SELECT head_line, sum(subtotal) AS subtotal,
        array_agg(line ORDER BY line) FILTER (WHERE NOT is_head) AS pieces,
        md5(string_agg(digest::text, '' ORDER BY NOT is_head, line))::uuid AS digest
    FROM parts GROUP BY head_line
)
UPDATE orders_stagedorder AS s SET lines = coalesce(g.lines, '[]'), subtotal = w.subtotal,
    pieces = w.pieces, digest = w.digest, problems = s.problems || coalesce(r.problems, '[]'),
    parcels = CASE WHEN s.fulfilled_at IS NULL OR g.gone IS NULL THEN '[]'
        ELSE jsonb_build_array(jsonb_build_object('external_id', '{EXPORT}', 'quantities', g.gone,
            'shipped_at', s.fulfilled_at, 'delivered_at', NULL)) END
FROM whole w LEFT JOIN goods g USING (head_line) LEFT JOIN remarks r USING (head_line)
WHERE s.of_import_id = %(import)s AND s.line = w.head_line
"""  # noqa: S608 -- of constants
_FORGET_PARTS = """
DELETE FROM orders_stagedorder s USING order_parts p JOIN order_fates f USING (head_line)
WHERE s.of_import_id = %(import)s AND s.line = p.line AND f.refusal = '' AND NOT p.is_head
"""
