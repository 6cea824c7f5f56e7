"""An import of products taken back: what came goes, what was changed is as it was before.

Of a product that anybody or anything has touched since, all stays as it is: what the shop told of
it, another file, whatever an upper app has tied to it. What another file did counts no more once it
is taken back itself. A handful of statements for any number of
rows, each on the temporary table `undoing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from customers.importing.chunks import make_table
from customers.importing.taking_back import WHEN_BEFORE, count, note, tied
from products.following import follow
from products.importing.changes import RESTORED
from products.importing.models import ProductImportRow
from products.models import Product, ProductSearch, Variant

if TYPE_CHECKING:
    from customers.importing.kinds import Undone
    from customers.importing.models import Import

# What an import itself gives a new product; it goes with it.
GIVEN = [ProductSearch, Variant]


def undo(one: Import) -> Undone:
    """Take back the next rows, inside the caller's transaction."""
    size = settings.IMPORT_CHUNK_ROWS
    values: dict[str, Any] = {"import": one.pk, "after": one.undone_line, "size": size}
    make_table("undoing", _ROWS, values)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_TOUCHED.format(ties=" OR ".join(_ties())))
        for statement in [*_STATEMENTS, *_gone()]:
            cursor.execute(statement, values)
        cursor.execute(_CHANGED)
        changed = [pk for (pk,) in cursor.fetchall()]
    if changed:
        follow(changed)
    return count()


def _ties() -> list[str]:
    """What anybody has tied to a product or a variant."""
    of_product = "EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = u.product_id)"
    of_variant = """EXISTS (SELECT 1 FROM {table} t JOIN products_variant v ON v.id = t.{column}
        WHERE v.product_id = u.product_id)"""
    return [
        *tied(Product, of_product, own={*GIVEN, ProductImportRow}),
        *tied(Variant, of_variant),
        "false",
    ]


def _gone() -> list[str]:
    """Statements that delete what came by the import, and first what it gave it."""
    tables = [model._meta.db_table for model in GIVEN]
    gone = "(SELECT product_id FROM undoing WHERE outcome = 'created' AND NOT is_touched)"
    return [
        *(f"DELETE FROM {table} WHERE product_id IN {gone}" for table in tables),  # noqa: S608 -- models' tables
        f"UPDATE products_productimportrow SET product_id = NULL WHERE product_id IN {gone}",  # noqa: S608 -- constants
        f"DELETE FROM products_product WHERE id IN {gone}",  # noqa: S608 -- constants
        note(ProductImportRow),
    ]


_ROWS = """
SELECT *, false AS is_touched FROM products_productimportrow
WHERE of_import_id = %(import)s AND line > %(after)s AND is_written AND product_id IS NOT NULL
ORDER BY line LIMIT %(size)s
"""
# Whoever wants to tie something to one of them meanwhile waits, and then finds it gone.
_LOCK = """
SELECT id FROM products_product WHERE id IN (SELECT product_id FROM undoing) ORDER BY id FOR UPDATE
"""
# A handle that another product has by now is not taken from it.
_TOUCHED = """
UPDATE undoing u SET is_touched = true FROM products_product o
WHERE o.id = u.product_id AND outcome <> 'unchanged' AND (
    o.updated_at IS DISTINCT FROM u.left_at
    OR EXISTS (SELECT 1 FROM products_productimportrow r
        WHERE r.product_id = u.product_id AND r.id > u.id AND r.is_written)
    OR EXISTS (SELECT 1 FROM products_product other WHERE other.id <> o.id
        AND other.handle = u.before -> 'columns' ->> 'handle')
    OR outcome = 'created' AND (({ties}) OR EXISTS (SELECT 1 FROM events_eventabout a
        WHERE a.about_type = 'products.product' AND a.about_id = u.product_id)))
"""
_UNDO = "u.outcome = 'changed' AND NOT u.is_touched"
_OF_BEFORE = f"""(SELECT b.* FROM undoing u, jsonb_populate_recordset(
        NULL::products_variant, u.before -> 'variants') b
    WHERE {_UNDO} AND u.before ? 'variants')"""  # noqa: S608 -- of constants
_COLUMNS = [str(field.column) for field in Variant._meta.concrete_fields]
_STATEMENTS = [
    f"""
UPDATE products_product o SET updated_at = {WHEN_BEFORE},
    ({", ".join(RESTORED)}) = (SELECT {", ".join(f"b.{name}" for name in RESTORED)}
        FROM jsonb_populate_record(o, u.before -> 'columns') b)
FROM undoing u WHERE o.id = u.product_id AND {_UNDO}
""",  # noqa: S608 -- of constants
    f"""
DELETE FROM products_variant v USING undoing u
WHERE v.product_id = u.product_id AND {_UNDO} AND u.before ? 'variants'
    AND NOT EXISTS (SELECT 1 FROM {_OF_BEFORE} b WHERE b.id = v.id)
""",  # noqa: S608 -- of constants
    f"""
UPDATE products_variant v SET {", ".join(f"{name} = b.{name}" for name in _COLUMNS)}
FROM {_OF_BEFORE} b WHERE b.id = v.id
""",  # noqa: S608 -- of constants
    f"""
INSERT INTO products_variant ({", ".join(_COLUMNS)})
SELECT {", ".join(f"b.{name}" for name in _COLUMNS)} FROM {_OF_BEFORE} b
WHERE NOT EXISTS (SELECT 1 FROM products_variant v WHERE v.id = b.id)
""",  # noqa: S608 -- of constants
]
_CHANGED = f"SELECT product_id FROM undoing u WHERE {_UNDO} ORDER BY product_id"  # noqa: S608
