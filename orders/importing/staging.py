"""Orders of a file that speak of one order."""

from __future__ import annotations

from django.db import connection


def mark_repeated(import_id: int) -> None:
    """Of orders with one id or name the last counts; who was torn apart counts nowhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE orders_stagedorder ({_MEASURED})")
        cursor.execute(_MARK_TORN, {"import": import_id})
        cursor.execute(_MARK_REPEATED, {"import": import_id})


# Statistics of texts and JSON that no join looks at cost more than the rest of this.
_MEASURED = "of_import_id, line, external_id, name, is_usable"

# A line without its order's own cells stands apart from the line that has them: each says where
# the other is, and nothing of the order is taken in, as it would lack lines.
_MARK_TORN = """
WITH torn AS MATERIALIZED (
    SELECT line, name FROM orders_stagedorder WHERE of_import_id = %(import)s AND NOT is_usable
        AND problems @> '[["order_torn_off", ""]]'
), heads AS MATERIALIZED (
    SELECT name, max(line) AS line FROM orders_stagedorder
    WHERE of_import_id = %(import)s AND name IN (SELECT name FROM torn)
        AND NOT problems @> '[["order_torn_off", ""]]'
    GROUP BY name
), met AS MATERIALIZED (
    SELECT t.line AS torn_line, h.line AS head_line FROM torn t JOIN heads h USING (name)
), marks AS (
    SELECT torn_line AS line, head_line AS other, true AS is_torn FROM met
    UNION ALL SELECT head_line, min(torn_line), false FROM met GROUP BY head_line
)
UPDATE orders_stagedorder AS s SET is_usable = false,
    problems = CASE WHEN is_torn THEN '[]' ELSE s.problems END
        || jsonb_build_array(jsonb_build_array('order_torn', m.other::text))
FROM marks m WHERE s.of_import_id = %(import)s AND s.line = m.line
"""
_MARK_REPEATED = """
WITH last_ones AS (
    SELECT external_id, max(line) AS line FROM orders_stagedorder
    WHERE of_import_id = %(import)s AND is_usable GROUP BY 1 HAVING count(*) > 1
)
UPDATE orders_stagedorder AS s SET is_usable = false,
    problems = s.problems || jsonb_build_array(jsonb_build_array('order_repeated', l.line::text))
FROM last_ones l WHERE s.of_import_id = %(import)s AND s.is_usable
    AND s.external_id = l.external_id AND s.line < l.line
"""
