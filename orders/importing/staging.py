"""Orders of a file that speak of one order: parts that stand apart, and repeats."""

from __future__ import annotations

from django.db import connection
from django.db.models import F

from customers.importing.chunks import make_table
from customers.importing.models import Import
from orders.importing import apart


def mark_repeated(import_id: int) -> None:
    """Rows of one order are joined wherever they stand, if it is certain that they belong together.

    Else nothing of it is taken in, as it would lack lines. Of orders with one id or name that are
    told anew the last counts. A file in the shop's own order costs two looks at its rows.
    """
    values = {"import": import_id}
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE orders_stagedorder ({_MEASURED})")
    joined = 0
    if _found("order_torn", apart.TORN, import_id):
        joined += apart.join(apart.OF_TORN, import_id)
    if _found("order_repeated", apart.REPEATED, import_id):
        joined += apart.join(apart.OF_REPEATED, import_id)
        with connection.cursor() as cursor:
            cursor.execute(_MARK_REPEATED, values)
    if joined:
        Import.objects.filter(pk=import_id).update(rows_count=F("rows_count") - joined)


def _found(table: str, query: str, import_id: int) -> bool:
    make_table(table, query, {"import": import_id})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")  # noqa: S608 -- named above
        return bool(cursor.fetchone()[0])


# Statistics of texts and JSON that no join looks at cost more than the rest of this.
_MEASURED = "of_import_id, line, external_id, name, is_usable"
# Those that were joined or refused are gone from what is usable.
_MARK_REPEATED = """
UPDATE orders_stagedorder AS s SET is_usable = false,
    problems = s.problems || jsonb_build_array(jsonb_build_array('order_repeated', r.last::text))
FROM (SELECT s.external_id, max(s.line) AS last FROM order_repeated r
    JOIN orders_stagedorder s ON s.of_import_id = %(import)s AND s.is_usable
        AND s.external_id = r.external_id
    GROUP BY s.external_id) r
WHERE s.of_import_id = %(import)s AND s.is_usable AND s.external_id = r.external_id
    AND s.line < r.last
"""
