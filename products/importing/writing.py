"""What was planned, written: the same few statements for any number of products.

Each works on the temporary tables `product_plan` and `variant_plan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from products.following import follow_variants, follow_words
from products.importing import planning, variants
from products.models import Product
from shop.models import Shop

if TYPE_CHECKING:
    from customers.importing.models import Import

# What comes with a new product, so that nothing of it is written twice.
FIGURES = ("price_from", "price_to", "stock", "oversold", "tracked_count", "variants_count")
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
    if changed := _products("outcome = 'changed'"):
        follow_variants(changed)
    if renamed := _products(_HAS_OTHER_WORDS):
        follow_words(renamed)


def _products(condition: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_PRODUCTS.format(condition))
        return [pk for (pk,) in cursor.fetchall()]


def _create(values: dict[str, Any]) -> None:
    """Every column that a file says nothing about takes the default that the model declares."""
    said = {
        **{name: name for name in planning.HOLDS},
        "id": "product_id",
        "source": "%(source)s",
        "currency": "%(currency)s",
        **{name: name for name in FIGURES},
        "sort_title": "left(public.shop_fold(title), 300)",
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


_PRODUCTS = """
SELECT product_id FROM product_plan LEFT JOIN product_differences USING (line)
WHERE {} ORDER BY product_id
"""
# What search reads is told of in these changes.
_HAS_OTHER_WORDS = """outcome = 'created' OR outcome = 'changed' AND changes ?| ARRAY['title',
    'handle', 'vendor', 'product_type', 'tags', 'variants', 'skus', 'details']"""
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
FROM (SELECT n.* {_DIFFERENT} AND NOT n.is_gone) n
WHERE v.id = n.variant_id
""",  # noqa: S608 -- of constants
    f"""
INSERT INTO products_variant (product_id, position, {", ".join(variants.HOLDS)})
SELECT p.product_id, n.position, {", ".join(f"n.{name}" for name in variants.HOLDS)}
{_DIFFERENT} AND n.variant_id IS NULL ORDER BY p.line, n.position
""",
]
