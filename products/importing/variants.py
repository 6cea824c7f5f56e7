"""Which variants are known, what each will hold, and where it will stand.

A variant is known by its id, or else by its options, or else by its SKU. One that a newer file does
not name stays: nothing says that the shop sells it no longer. Only where a whole product has
something to choose from now on, the one variant that it was goes, and the other way round.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from customers.importing.chunks import make_table
from products.importing.sales import SAID_TODAY
from shop.models import Shop

OPTIONS = ("option1", "option2", "option3")


def _title(of: str) -> str:
    options = ", ".join(f"nullif({of}.{name}, '')" for name in OPTIONS)
    return f"concat_ws(' / ', {options})"


def _text(name: str, column: str) -> str:
    return f"""CASE WHEN %(fills)s AND k.{column} <> '' THEN k.{column}
        WHEN v.said ? '{name}' THEN coalesce(v.said->>'{name}', '')
        ELSE coalesce(k.{column}, '') END"""


def _number(name: str, column: str, kind: str) -> str:
    return f"""CASE WHEN %(fills)s AND k.{column} IS NOT NULL THEN k.{column}
        WHEN v.said ? '{name}' THEN (v.said->>'{name}')::{kind} ELSE k.{column} END"""


def _fact(name: str, column: str, kind: str, otherwise: str) -> str:
    """No gap that could be filled: known ones keep theirs."""
    return f"""CASE WHEN v.said ? '{name}' AND NOT (%(fills)s AND k.id IS NOT NULL)
        THEN (v.said->>'{name}')::{kind} WHEN k.id IS NOT NULL THEN k.{column}
        ELSE {otherwise} END"""


# What each column of a variant will hold: `v` is the one that comes, `k` the one that is known.
HOLDS = {
    "external_id": f"""CASE WHEN k.id IS NULL OR NOT %(fills)s AND ((v.said->>'has_id')::boolean
        OR k.external_id = {_title("k")}) THEN v.key ELSE k.external_id END""",
    **{name: _fact(name, name, "text", "''") for name in OPTIONS},
    "sku": _text("sku", "sku"),
    "barcode": _text("barcode", "barcode"),
    "price": _number("price", "price", "numeric"),
    "compare_at_price": _number("compare_at_price", "compare_at_price", "numeric"),
    "stock": _fact("stock", "stock", "integer", "NULL"),
    "continue_selling": _fact("continues", "continue_selling", "boolean", "false"),
    "weight_grams": _number("weight", "weight_grams", "integer"),
    "requires_shipping": _fact("requires_shipping", "requires_shipping", "boolean", "true"),
    "image_url": _text("image", "image_url"),
}


def plan(*, fills: bool) -> None:
    """Fill `variant_said` with the variants of `chunk`, and `variant_plan` with what all of these
    products will have. After `products.importing.planning.match`.
    """
    today = timezone.localdate(timezone=Shop.current().zone)
    values: dict[str, Any] = {"fills": fills, "today": today}
    make_table("variant_said", _SAID, values, measured="line, variant_id")
    make_table("variant_plan", _PLANNED, values, measured="line, variant_id")


# Of a plain product nothing is to choose: it is its one variant. A variation of any colour has no
# options either, but its product has names for them, and it has a key.
# Of those with the same options, or the same SKU, the oldest is the one that is met: a product of a
# thousand variants under one SKU is no million pairs.
_SAID = f"""
WITH said AS MATERIALIZED (
    SELECT s.line, s.parent, m.product_id, v.place, v.said->>'key' AS key,
        v.said->>'key' <> '' AS is_choice, {SAID_TODAY} AS said
    FROM chunk s LEFT JOIN product_matched m USING (line),
        jsonb_array_elements(s.variants) WITH ORDINALITY AS v (said, place)
    WHERE s.is_usable AND m.is_same_product IS NOT TRUE
), known AS MATERIALIZED (
    SELECT * FROM products_variant
    WHERE product_id IN (SELECT product_id FROM product_matched)
), kinds AS (
    SELECT k.product_id, count(*) = 1 AND bool_and('' = concat(k.option1, k.option2, k.option3,
        p.option1_name, p.option2_name, p.option3_name)) AS is_plain
    FROM known k JOIN products_product p ON p.id = k.product_id GROUP BY k.product_id
), by_options AS (
    SELECT DISTINCT ON (product_id, lower(option1), lower(option2), lower(option3)) * FROM known
    ORDER BY product_id, lower(option1), lower(option2), lower(option3), id
), by_sku AS (
    SELECT DISTINCT ON (product_id, sku) * FROM known WHERE sku <> '' ORDER BY product_id, sku, id
), found AS (
    SELECT s.line, s.place, k.id, 1 AS grade FROM said s
    JOIN known k ON k.product_id = s.product_id AND k.external_id = s.key
    UNION ALL SELECT s.line, s.place, k.id, 2 FROM said s
    JOIN by_options k ON k.product_id = s.product_id
        AND lower(k.option1) = lower(s.said->>'option1')
        AND lower(k.option2) = lower(s.said->>'option2')
        AND lower(k.option3) = lower(s.said->>'option3')
        AND (concat(k.option1, k.option2, k.option3) <> '' OR '' IN (s.key, k.external_id))
    UNION ALL SELECT s.line, s.place, k.id, 3 FROM said s
    JOIN by_sku k ON k.product_id = s.product_id AND k.sku = s.said->>'sku'
), best AS (
    SELECT DISTINCT ON (line, place) * FROM found ORDER BY line, place, grade, id
), winners AS (
    SELECT DISTINCT ON (id) * FROM best ORDER BY id, grade, place
), v AS (
    SELECT s.*, w.id AS variant_id FROM said s LEFT JOIN winners w USING (line, place)
)
SELECT v.line, v.parent, v.product_id, v.place, v.variant_id, v.is_choice, n.is_plain,
    k.position AS old_position,
    {", ".join(f"{said} AS {name}" for name, said in HOLDS.items())}
FROM v LEFT JOIN known k ON k.id = v.variant_id LEFT JOIN kinds n ON n.product_id = v.product_id
WHERE NOT %(fills)s OR v.variant_id IS NOT NULL OR v.is_choice IS DISTINCT FROM n.is_plain
"""  # noqa: S608 -- of constants

# The file's order counts; where it speaks of some variants only, what is there stays in its order.
_PLANNED = f"""
WITH heads AS (
    SELECT line, product_id, bool_or(is_choice) AS is_choice, bool_and(is_plain) AS is_plain,
        min(parent) AS parent
    FROM variant_said GROUP BY line, product_id
), others AS (
    SELECT h.line, h.product_id, k.id AS variant_id, k.position AS old_position, h.parent,
        NOT %(fills)s AND h.parent = '' AND h.is_choice = h.is_plain AS is_gone
    FROM heads h JOIN products_variant k ON k.product_id = h.product_id
    WHERE NOT EXISTS (SELECT 1 FROM variant_said s WHERE s.variant_id = k.id)
), all_of_them AS (
    SELECT line, product_id, variant_id, old_position, place, parent, false AS is_gone
    FROM variant_said
    UNION ALL SELECT line, product_id, variant_id, old_position, NULL, parent, is_gone FROM others
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY line, is_gone ORDER BY
        CASE WHEN %(fills)s OR parent <> '' THEN old_position END NULLS LAST,
        place NULLS LAST, old_position)::integer AS position
    FROM all_of_them
)
SELECT p.line, p.product_id, p.variant_id, p.position, p.is_gone,
    {
    ", ".join(
        f"CASE WHEN p.place IS NULL THEN k.{name} ELSE s.{name} END AS {name}" for name in HOLDS
    )
},
    p.variant_id IS NULL OR p.is_gone OR p.position <> p.old_position OR p.place IS NOT NULL
        AND ({", ".join(f"s.{name}" for name in HOLDS)})
            IS DISTINCT FROM ({", ".join(f"k.{name}" for name in HOLDS)}) AS differs
FROM placed p LEFT JOIN variant_said s USING (line, place)
LEFT JOIN products_variant k ON k.id = p.variant_id
"""  # noqa: S608 -- of constants
