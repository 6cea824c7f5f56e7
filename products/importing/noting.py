"""What became of each product of a file, kept by its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from customers.importing.models import Import


def note_rows(one: Import, *, dry: bool) -> None:
    """A row for each product that changes or needs a look, and for each first word about one.

    Also for one that changed nothing: it is known when it comes again. Bears a repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"import": one.pk})
        cursor.execute(_NOTE, {"dry": dry})


_FORGET = """
DELETE FROM products_productimportrow r USING product_plan p
WHERE r.of_import_id = %(import)s AND r.line = p.line
"""
_NOTE = """
INSERT INTO products_productimportrow (of_import_id, line, product_id, is_written, outcome,
    problems, changes, before, left_at, sku_ref, digest)
SELECT of_import_id, line, CASE WHEN outcome <> 'skipped' THEN product_id END, NOT %(dry)s, outcome,
    CASE WHEN refusal IS NULL THEN problems
         ELSE problems || jsonb_build_array(jsonb_build_array(refusal, left(said_handle, 60))) END,
    coalesce(changes, '{}'), CASE WHEN %(dry)s THEN '{}' ELSE coalesce(before, '{}') END,
    CASE WHEN NOT %(dry)s THEN (SELECT o.updated_at FROM products_product o
        WHERE o.id = product_id AND outcome <> 'skipped') END,
    CASE WHEN parent = '' THEN sku_ref ELSE '' END, digest
FROM product_plan LEFT JOIN product_differences USING (line)
WHERE outcome IN ('skipped', 'changed') OR CASE WHEN %(dry)s THEN problems <> '[]'
    ELSE NOT is_known_row END
ORDER BY line
"""
