"""Rows of a file that belong together: repeats, variations, and rows that were sorted apart.

So it makes no difference in which order rows stand.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import F

from customers.importing.chunks import make_table
from customers.importing.models import Import
from products.importing import planning
from products.importing.taking import MOST_VARIANTS


def mark_repeated(import_id: int) -> None:
    """Of rows about one product the last counts; rows of its variants alone are added to it.

    Those of no product in the file go with one that is known here, or are left out. Of an import
    that is under way, and whose file is read again, what lies behind its last line is past: what is
    known here may be more than at the first reading, and rows that are still to come keep to each
    other.
    """
    one = Import.objects.get(pk=import_id)
    after = one.done_line if one.started_at else 0
    values: dict[str, Any] = {"import": import_id, "after": after, "source": one.source}
    values["most"] = MOST_VARIANTS
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE products_stagedproduct")
        cursor.execute(_MARK_REPEATED, values)
    make_table("product_pieces", _PIECES, values, measured="line, head_line")
    with connection.cursor() as cursor:
        for statement in (_ADD_TO_KNOWN, _REFUSE_ORPHANS, _ADD_TO_HEADS):
            cursor.execute(statement, values)
        cursor.execute(_FORGET_PIECES, values)
        for statement in (_MARK_TOO_MANY, _MARK_SAME_SKU, _TELL_HANDLES_APART):
            cursor.execute(statement, values)
    make_table("product_matched", planning.matched(_STILL_TO_COME), values)
    with connection.cursor() as cursor:
        cursor.execute(_MARK_SAME, values)
    left = one.staged.filter(line__gt=after).count()
    Import.objects.filter(pk=import_id).update(rows_count=F("done_count") + left if after else left)


_STILL_TO_COME = """(SELECT line, is_usable, external_id, handle, sku_ref, parent
    FROM products_stagedproduct WHERE of_import_id = %(import)s AND line > %(after)s)"""
# Rows of one product that were sorted apart are no repeats: they name themselves as their parent.
_MARK_REPEATED = """
WITH told AS (
    SELECT line, ref, CASE WHEN parent <> '' THEN variants->0->>'key' END AS key, parent
    FROM products_stagedproduct
    WHERE of_import_id = %(import)s AND is_usable AND parent <> ref
), ranked AS (
    SELECT line, max(line) OVER (PARTITION BY parent, coalesce(key, ref)) AS last FROM told
)
UPDATE products_stagedproduct AS s SET is_usable = false,
    problems = s.problems || jsonb_build_array(jsonb_build_array('product_repeated', r.last::text))
FROM ranked r WHERE s.of_import_id = %(import)s AND s.line = r.line AND r.line < r.last
"""
# A variation is known by its parent's id or SKU, or by its own id. Who is found that way may have a
# row in the file: of an export without SKUs, say.
_PIECES = f"""
WITH staged AS MATERIALIZED (
    SELECT * FROM products_stagedproduct WHERE of_import_id = %(import)s AND is_usable
), by_ref AS (
    SELECT ref, max(line) AS line FROM staged WHERE parent = '' GROUP BY ref
), by_sku AS (
    SELECT sku_ref, max(line) AS line FROM staged WHERE parent = '' AND sku_ref <> ''
    GROUP BY sku_ref
), by_id AS (
    SELECT external_id, max(line) AS line FROM staged WHERE parent = '' GROUP BY external_id
), met AS (
    SELECT p.*, coalesce(r.line, s.line) AS found_line FROM staged p
    LEFT JOIN by_ref r ON r.ref = p.parent LEFT JOIN by_sku s ON s.sku_ref = p.parent
    WHERE p.parent <> ''
), by_variant AS (
    SELECT v.external_id AS key, max(v.product_id) AS product_id FROM products_variant v
    JOIN products_product p ON p.id = v.product_id
    WHERE p.source = (SELECT source FROM customers_import WHERE id = %(import)s)
        AND v.external_id IN (SELECT variants->0->>'key' FROM met
            WHERE found_line IS NULL AND (variants->0->>'has_id')::boolean)
    GROUP BY v.external_id
)
SELECT m.*, CASE WHEN h.line IS NULL THEN k.external_id END AS known_as,
    coalesce(m.found_line, h.line, CASE WHEN k.external_id IS NOT NULL
        THEN min(m.line) OVER (PARTITION BY k.external_id) END) AS head_line
FROM (SELECT * FROM met WHERE found_line IS NOT NULL OR line > %(after)s) m
JOIN customers_import i ON i.id = m.of_import_id
LEFT JOIN by_variant v ON v.key = m.variants->0->>'key' AND (m.variants->0->>'has_id')::boolean
LEFT JOIN LATERAL (
    SELECT external_id FROM products_product p
    WHERE m.found_line IS NULL AND p.source = i.source AND p.id = coalesce(
        (SELECT id FROM products_product WHERE source = i.source AND external_id = CASE
            WHEN m.parent LIKE 'sku:%%' THEN m.parent
            ELSE substr(m.parent, strpos(m.parent, ':') + 1) END),
        (SELECT id FROM products_product WHERE m.parent LIKE 'handle:%%'
            AND handle = substr(m.parent, 8)),
        ({planning.noted_by_sku("m.parent")}),
        v.product_id)
) k ON true
LEFT JOIN by_id h ON h.external_id = k.external_id AND h.line > %(after)s
"""  # noqa: S608 -- of constants
_ADD_TO_KNOWN = """
UPDATE products_stagedproduct s SET external_id = p.known_as, parent = 'known',
    variants = '[]'
FROM product_pieces p WHERE s.of_import_id = %(import)s AND s.line = p.line
    AND p.known_as IS NOT NULL AND p.line = p.head_line
"""
_REFUSE_ORPHANS = """
UPDATE products_stagedproduct s SET is_usable = false, problems = s.problems
    || jsonb_build_array(jsonb_build_array('product_parent',
        left(substr(p.parent, strpos(p.parent, ':') + 1), 60)))
FROM product_pieces p
WHERE s.of_import_id = %(import)s AND s.line = p.line
    AND p.head_line IS NULL
"""
# Of two rows about one variant the last counts. The digest then is of all that is said.
_ADD_TO_HEADS = """
WITH variants AS (
    SELECT DISTINCT ON (p.head_line, v.said->>'key') p.head_line, p.position, p.line, v.place,
        v.said
    FROM product_pieces p, jsonb_array_elements(p.variants) WITH ORDINALITY AS v (said, place)
    WHERE p.head_line IS NOT NULL
    ORDER BY p.head_line, v.said->>'key', p.line DESC, v.place DESC
), merged AS (
    SELECT head_line, jsonb_agg(said ORDER BY position, line, place) AS variants,
        jsonb_object_agg(said->>'key', true) AS keys FROM variants GROUP BY head_line
), whole AS (
    SELECT head_line, max(option1_name) AS option1_name, max(option2_name) AS option2_name,
        max(option3_name) AS option3_name,
        string_agg(digest::text, '' ORDER BY position, line) AS digests
    FROM product_pieces WHERE head_line IS NOT NULL GROUP BY head_line
), wrong AS (
    SELECT head_line, jsonb_agg(problem ORDER BY line) AS problems
    FROM product_pieces, jsonb_array_elements(problems) AS problem
    WHERE line <> head_line GROUP BY head_line
)
UPDATE products_stagedproduct h SET
    variants = (SELECT coalesce(jsonb_agg(own ORDER BY place), '[]')
        FROM jsonb_array_elements(h.variants) WITH ORDINALITY AS o (own, place)
        WHERE NOT m.keys ? (own->>'key') AND NOT own ? 'says_nothing') || m.variants,
    option1_name = CASE WHEN h.parent = '' THEN coalesce(h.option1_name, w.option1_name) END,
    option2_name = CASE WHEN h.parent = '' THEN coalesce(h.option2_name, w.option2_name) END,
    option3_name = CASE WHEN h.parent = '' THEN coalesce(h.option3_name, w.option3_name) END,
    problems = h.problems || coalesce(x.problems, '[]'),
    digest = md5(h.digest::text || w.digests)::uuid
FROM merged m JOIN whole w USING (head_line) LEFT JOIN wrong x USING (head_line)
WHERE h.of_import_id = %(import)s AND h.line = m.head_line
"""
_FORGET_PIECES = """
DELETE FROM products_stagedproduct s USING product_pieces p
WHERE s.of_import_id = %(import)s AND s.line = p.line AND p.line <> p.head_line
"""
_MARK_TOO_MANY = """
UPDATE products_stagedproduct SET is_usable = false,
    problems = problems || jsonb_build_array(jsonb_build_array('product_variants', %(most)s::text))
WHERE of_import_id = %(import)s AND is_usable AND jsonb_array_length(variants) > %(most)s
"""
_MARK_SAME_SKU = """
WITH skus AS (
    SELECT s.line, v->>'sku' AS sku FROM products_stagedproduct s, jsonb_array_elements(variants) v
    WHERE s.of_import_id = %(import)s AND s.is_usable AND v->>'sku' <> ''
), marks AS (
    SELECT line, jsonb_agg(DISTINCT jsonb_build_array('product_sku_twice', left(sku, 60)))
        AS problems
    FROM skus JOIN (SELECT sku FROM skus GROUP BY sku HAVING count(*) > 1) twice USING (sku)
    GROUP BY line
)
UPDATE products_stagedproduct s SET problems = s.problems || m.problems
FROM marks m WHERE s.of_import_id = %(import)s AND s.line = m.line
"""
# Of a file that says no handles.
_TELL_HANDLES_APART = """
UPDATE products_stagedproduct s SET handle = s.other_handle
FROM (SELECT handle FROM products_stagedproduct
    WHERE of_import_id = %(import)s AND is_usable AND other_handle <> ''
    GROUP BY handle HAVING count(*) > 1) twice
WHERE s.of_import_id = %(import)s AND s.is_usable AND s.other_handle <> ''
    AND s.handle = twice.handle
"""
# Also in different steps: which of them counts does not depend on where one step ends.
_MARK_SAME = """
UPDATE products_stagedproduct s SET is_usable = false, problems = s.problems
    || jsonb_build_array(jsonb_build_array('product_same', left(s.handle, 60)))
FROM product_matched m
WHERE s.of_import_id = %(import)s AND s.line = m.line AND m.is_same_product
"""
