"""What was planned, written: the same few statements for any number of products.

Each works on the temporary tables `product_plan` and `variant_plan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from products.following import follow
from products.importing import planning, variants
from products.models import Product
from shop.models import Shop

if TYPE_CHECKING:
    from customers.importing.models import Import

WRITTEN = [
    *("products_product", "products_variant", "products_productsearch"),
    "products_productimportrow",
]


def write(one: Import) -> None:
    """Create and change, inside the caller's transaction. Takes the same time per row always.

    Raises IntegrityError when somebody took a handle meanwhile.
    """
    values: dict[str, Any] = {
        "source": one.source,
        "currency": Shop.current().currency,
        "now": timezone.now(),
    }
    _create(values)
    with connection.cursor() as cursor:
        for statement in (_CHANGE, *_VARIANTS):
            cursor.execute(statement, values)
        cursor.execute(_WRITTEN)
        written = [pk for (pk,) in cursor.fetchall()]
    if written:
        follow(written)


def _create(values: dict[str, Any]) -> None:
    """Every column that a file says nothing about takes the default that the model declares."""
    said = {
        **{name: name for name in planning.HOLDS},
        "id": "product_id",
        "source": "%(source)s",
        "currency": "%(currency)s",
        "created_at": "%(now)s",
        "updated_at": "%(now)s",
    }
    defaults = {
        str(field.column): field.get_default()
        for field in Product._meta.concrete_fields
        if field.column not in said and not field.generated
    }
    columns = [*said, *defaults]
    chosen = [*said.values(), *(f"%({column})s" for column in defaults)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO products_product ({', '.join(columns)}) SELECT {', '.join(chosen)}"  # noqa: S608 -- names from the model
            " FROM product_plan WHERE outcome = 'created' ORDER BY line",
            {**values, **defaults},
        )


_WRITTEN = """
SELECT product_id FROM product_plan WHERE outcome IN ('created', 'changed') ORDER BY product_id
"""
_CHANGE = f"""
UPDATE products_product o SET {", ".join(f"{name} = p.{name}" for name in planning.HOLDS)},
    updated_at = %(now)s
FROM product_plan p WHERE p.outcome = 'changed' AND o.id = p.product_id
"""  # noqa: S608 -- of constants
_DIFFERENT = """FROM variant_plan n JOIN product_plan p USING (line)
WHERE p.outcome IN ('created', 'changed') AND n.differs"""
_VARIANTS = [
    f"DELETE FROM products_variant WHERE id IN (SELECT n.variant_id {_DIFFERENT} AND n.is_gone)",  # noqa: S608
    f"""
UPDATE products_variant v SET position = n.position,
    {", ".join(f"{name} = n.{name}" for name in variants.HOLDS)}
FROM (SELECT n.* {_DIFFERENT} AND n.is_said AND n.variant_id IS NOT NULL) n
WHERE v.id = n.variant_id
""",  # noqa: S608 -- of constants
    f"""
UPDATE products_variant v SET position = n.position
FROM (SELECT n.* {_DIFFERENT} AND NOT n.is_said AND NOT n.is_gone) n
WHERE v.id = n.variant_id
""",  # noqa: S608 -- of constants
    f"""
INSERT INTO products_variant (product_id, position, {", ".join(variants.HOLDS)})
SELECT p.product_id, n.position, {", ".join(f"n.{name}" for name in variants.HOLDS)}
{_DIFFERENT} AND n.variant_id IS NULL ORDER BY p.line, n.position
""",
]
