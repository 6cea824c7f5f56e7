"""Which products are known, and what would change? A few statements for a chunk of rows.

They read the temporary table `chunk`; the answers stand in `product_plan` and `variant_plan`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from customers.importing.chunks import make_table
from products.following import stock_figures
from products.importing import variants
from products.importing.taking import LONGEST_REF

if TYPE_CHECKING:
    from customers.importing.models import Import

# What a file says of a product itself, and what a new one holds where it says nothing.
TEXTS = (
    *("title", "description", "vendor", "product_type", "image_url"),
    *("option1_name", "option2_name", "option3_name"),
)
HOLDS = {
    **{
        name: f"CASE WHEN %(fills)s AND o.{name} <> '' THEN o.{name}"
        f" ELSE coalesce(s.{name}, o.{name}, '') END"
        for name in TEXTS
    },
    "tags": "CASE WHEN %(fills)s AND o.tags <> '{}' THEN o.tags::text[]"
    " ELSE coalesce(s.tags, o.tags::text[], '{}') END",
    "status": "CASE WHEN %(fills)s AND o.id IS NOT NULL THEN o.status"
    " ELSE coalesce(s.status, o.status, 'active') END",
    # An id takes the place of what stood for one while no file had any.
    "external_id": "CASE WHEN o.id IS NULL OR o.external_id LIKE 'sku:%%' THEN s.external_id"
    " ELSE o.external_id END",
    "handle": "coalesce(o.handle, h.handle, '')",
}
HELD = {name: f"o.{name}" for name in HOLDS} | {"tags": "o.tags::text[]"}


def match(one: Import) -> None:
    """Note in `product_matched` which rows are about a product that is known."""
    make_table("product_matched", matched("chunk"), {"source": one.source})


def lock_matched() -> None:
    """Hold the known products, in one order, until the chunk is written."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def plan(one: Import) -> None:
    """Fill `product_plan` with the chunk's rows and what is to become of them, after `match`."""
    variants.plan(fills=one.only_fills_gaps)
    values: dict[str, Any] = {"fills": one.only_fills_gaps, "writes": one.started_at is not None}
    make_table("product_plan", _PLANNED, values, measured="line, product_id, outcome")


# LATERAL … LIMIT and OFFSET 0: one look into an index per row, however old the statistics are.

# What earlier files called a product that has variants. Once the SKUs of variations were noted as
# well: those are nobody's but their own.
NOTED_BY_SKU = """
SELECT r.product_id AS id FROM products_productimportrow r
WHERE r.sku_ref = {sku_ref} AND r.sku_ref <> '' AND r.product_id IS NOT NULL AND r.is_written
    AND NOT EXISTS (SELECT 1 FROM products_variant v WHERE v.product_id = r.product_id
        AND v.external_id <> '' AND 'sku:' || left(lower(v.sku), {longest}) = r.sku_ref)
ORDER BY r.id DESC LIMIT 1
"""


def noted_by_sku(sku_ref: str) -> str:
    """The query for the product that earlier files called this, if any."""
    return NOTED_BY_SKU.format(sku_ref=sku_ref, longest=LONGEST_REF)


# A product is known by its id in its source; in files without ids by its handle or SKU.
_OF_SOURCE = "SELECT id FROM products_product WHERE source = %(source)s AND"
_HAS_NO_ID = "s.sku_ref <> '' AND s.external_id = s.sku_ref AND s.parent = ''"


def matched(rows: str) -> str:
    """The query for the product of each of these rows, and whether a later one is about it too."""
    return f"""
WITH found AS (
    SELECT s.line, p.id, 1 AS grade FROM {rows} s, LATERAL (
        {_OF_SOURCE} external_id = s.external_id LIMIT 1) p
    WHERE s.is_usable
    UNION ALL SELECT s.line, p.id, 2 FROM {rows} s, LATERAL (
        {_OF_SOURCE} handle = s.handle LIMIT 1) p
    WHERE s.is_usable AND s.handle <> '' AND s.external_id = s.handle
    UNION ALL SELECT s.line, p.id, 3 FROM {rows} s, LATERAL (
        {_OF_SOURCE} external_id = s.sku_ref LIMIT 1) p
    WHERE s.is_usable AND s.sku_ref <> '' AND s.parent = ''
    UNION ALL SELECT s.line, p.id, 4 FROM {rows} s, LATERAL ({noted_by_sku("s.sku_ref")}) p
    WHERE s.is_usable AND {_HAS_NO_ID}
), best AS (
    SELECT DISTINCT ON (line) line, id FROM found ORDER BY line, grade
)
SELECT line, id AS product_id, row_number() OVER (PARTITION BY id ORDER BY line DESC) > 1
    AS is_same_product
FROM best
"""  # noqa: S608 -- of constants


_LOCK = """
SELECT FROM products_product WHERE id = ANY(ARRAY(SELECT product_id FROM product_matched))
ORDER BY id FOR NO KEY UPDATE
"""

# A row that says what the product's last row said changes nothing: what the shop has told since
# stays when an old file comes again.
_IS_KNOWN_ROW = """coalesce((SELECT r.digest = s.digest AND (%(fills)s OR NOT i.only_fills_gaps)
    FROM products_productimportrow r JOIN customers_import i ON i.id = r.of_import_id
    WHERE r.product_id = m.product_id AND r.is_written ORDER BY r.id DESC LIMIT 1), false)"""
# Of a new product; as `products.following` would.
FIGURES = f"""min(price) AS price_from, max(price) AS price_to, {stock_figures("stock")},
    count(*)::integer AS variants_count"""
_FREE = """(SELECT {handle} WHERE NOT EXISTS (
    SELECT 1 FROM products_product WHERE handle = {handle}))"""
_PLANNED = f"""
WITH differing AS (
    SELECT line, bool_or(differs) AS differ, {FIGURES} FROM variant_plan GROUP BY line
), compared AS MATERIALIZED (
    SELECT s.of_import_id, s.line, s.is_usable, s.problems, s.digest, s.sku_ref, s.parent,
        s.handle AS said_handle, m.product_id AS known_id, m.is_same_product, h.handle AS free,
        {_IS_KNOWN_ROW} AS is_known_row, coalesce(d.differ, false) AS variants_differ,
        d.price_from, d.price_to, coalesce(d.stock, 0) AS stock,
        coalesce(d.oversold, 0) AS oversold,
        coalesce(d.tracked_count, 0) AS tracked_count,
        coalesce(d.variants_count, 0) AS variants_count,
        {", ".join(f"n.{name}" for name in HOLDS)},
        ({", ".join(f"n.{name}" for name in HOLDS)})
            IS DISTINCT FROM ({", ".join(HELD.values())}) AS product_differs
    FROM chunk s LEFT JOIN product_matched m USING (line) LEFT JOIN differing d USING (line)
    LEFT JOIN LATERAL (
        SELECT * FROM products_product WHERE id = m.product_id OFFSET 0) o ON true
    CROSS JOIN LATERAL (SELECT CASE WHEN m.product_id IS NULL AND s.is_usable THEN coalesce(
        {_FREE.format(handle="s.handle")},
        {_FREE.format(handle="nullif(s.other_handle, '')")}) END AS handle OFFSET 0) h
    CROSS JOIN LATERAL (SELECT {", ".join(f"{said} AS {name}" for name, said in HOLDS.items())}) n
), judged AS (
    SELECT *, CASE WHEN NOT is_usable THEN NULL
        WHEN is_same_product THEN 'product_same'
        WHEN known_id IS NULL AND parent <> '' THEN 'product_parent'
        WHEN known_id IS NULL AND (free IS NULL
            OR row_number() OVER (PARTITION BY known_id, free ORDER BY line) > 1)
            THEN 'product_handle_taken' END AS refusal
    FROM compared
)
SELECT *, coalesce(known_id, CASE WHEN %(writes)s AND is_usable AND refusal IS NULL
        THEN nextval(pg_get_serial_sequence('products_product', 'id')) END) AS product_id, CASE
    WHEN NOT is_usable OR refusal IS NOT NULL THEN 'skipped'
    WHEN known_id IS NULL THEN 'created'
    WHEN is_known_row THEN 'unchanged'
    WHEN product_differs OR variants_differ THEN 'changed'
    ELSE 'unchanged' END AS outcome
FROM judged ORDER BY line
"""  # noqa: S608 -- of constants
