"""What follows from a product and its variants: figures, sort title, search row. Set-based."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

# Until the transaction ends: compiling these statements takes longer than thousands of rows do.
_WITHOUT_JIT = "SELECT set_config('jit', 'off', true)"

# What is there of a product, and what was sold beyond it: variants that owe pieces hide none of the
# others'. Those that nobody counts are NULL, which `greatest` and `least` pass over.
_MOST = 2_147_483_647


def stock_figures(stock: str) -> str:
    """The columns of both for the variants of a group."""
    return f"""least(coalesce(sum(greatest({stock}, 0)), 0), {_MOST})::integer AS stock,
        least(coalesce(-sum(least({stock}, 0)), 0), {_MOST})::integer AS oversold,
        count({stock})::integer AS tracked_count"""


_FIGURES = f"""
WITH folded AS MATERIALIZED (
    SELECT id, left(public.shop_fold(title), 300) AS sort_title
    FROM products_product WHERE id = ANY(%(ids)s)
), figures AS (
    SELECT f.id, f.sort_title, min(v.price) AS price_from, max(v.price) AS price_to,
        {stock_figures("v.stock")}, count(v.id)::integer AS variants_count
    FROM folded f LEFT JOIN products_variant v ON v.product_id = f.id
    GROUP BY f.id, f.sort_title
)
UPDATE products_product p
SET sort_title = f.sort_title, price_from = f.price_from, price_to = f.price_to, stock = f.stock,
    oversold = f.oversold, tracked_count = f.tracked_count, variants_count = f.variants_count
FROM figures f
WHERE p.id = ANY(%(ids)s) AND p.id = f.id
  AND (p.sort_title, p.price_from, p.price_to, p.stock, p.oversold, p.tracked_count,
        p.variants_count)
    IS DISTINCT FROM (f.sort_title, f.price_from, f.price_to, f.stock, f.oversold, f.tracked_count,
        f.variants_count)
"""  # noqa: S608 -- of constants

# As it is written, with ae/oe/ue collapsed to a/o/u as queries are, and with "MILL-H2" in parts:
# so "Mühle", "Muehle" and "Muhle" meet, and "h2" begins a word. What is the same is not said twice.
# MATERIALIZED: inlined, the planner would fold each text once for every use of it.
_SEPARATORS = """.@_-+&/,;:()<>|"''"""
_SEARCH_ROWS = f"""
WITH said AS MATERIALIZED (
    SELECT p.id, translate(public.shop_fold(concat_ws(' ', p.title, p.handle, p.vendor,
        p.product_type, array_to_string(p.tags, ' '),
        (SELECT concat_ws(' ',
            string_agg(concat_ws(' ', v.sku, v.barcode), ' ' ORDER BY v.sku, v.barcode),
            string_agg(DISTINCT v.option1, ' '), string_agg(DISTINCT v.option2, ' '),
            string_agg(DISTINCT v.option3, ' '))
         FROM products_variant v WHERE v.product_id = p.id))), E'\\t\\n\\r', '   ') AS plain
    FROM products_product p WHERE p.id = ANY(%(ids)s)
), collapsed AS MATERIALIZED (
    SELECT id, plain || coalesce(' ' || nullif(public.shop_collapse(plain), plain), '') AS words
    FROM said
), parted AS MATERIALIZED (
    SELECT id, words, translate(words, '{_SEPARATORS}', repeat(' ', 17)) AS parts FROM collapsed
)
INSERT INTO products_productsearch (product_id, doc)
SELECT id, ' ' || words || ' ' || coalesce(nullif(parts, words) || ' ', '')
FROM parted ORDER BY id
ON CONFLICT (product_id) DO UPDATE SET doc = excluded.doc
WHERE products_productsearch.doc <> excluded.doc
"""  # noqa: S608 -- of constants


def follow(product_ids: Sequence[int]) -> None:
    """Write figures, sort titles and search rows of these products anew. Bears a repeat.

    Called inside the transaction of whatever changes a product's words or its variants, after it.
    """
    _write(product_ids, _FIGURES, _SEARCH_ROWS)


def follow_variants(product_ids: Sequence[int]) -> None:
    """Figures and sort titles, where no other word has changed."""
    _write(product_ids, _FIGURES)


def follow_words(product_ids: Sequence[int]) -> None:
    """Search rows, where the figures are right already."""
    _write(product_ids, _SEARCH_ROWS)


def _write(product_ids: Sequence[int], *statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_JIT)
        for statement in statements:
            cursor.execute(statement, {"ids": list(product_ids)})
