"""What a file changes of a product that is known: the fields, and the statement that compares."""

from __future__ import annotations

import re
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils.translation import gettext_lazy

from core.money import babel_locale
from products.importing.planning import HOLDS
from products.models.statuses import ProductStatus

FIELDS = {
    "title": gettext_lazy("Title"),
    "handle": gettext_lazy("Handle"),
    "status": gettext_lazy("Status"),
    "variants": gettext_lazy("Variants"),
    "prices": gettext_lazy("Prices"),
    "stock": gettext_lazy("Stock"),
    "skus": gettext_lazy("SKUs"),
    "vendor": gettext_lazy("Vendor"),
    "product_type": gettext_lazy("Product type"),
    "tags": gettext_lazy("Tags"),
    "options": gettext_lazy("Options"),
    "description": gettext_lazy("Description"),
    "image_url": gettext_lazy("Picture"),
    "details": gettext_lazy("Details of variants"),
    "external_id": gettext_lazy("Product ID"),
}
# Behind the name of its variant.
PRICE = re.compile(r"\d+\.\d\d(?=, |\Z)")
# What an import may change of a product, and an undoing sets back.
RESTORED = list(HOLDS)


def said(field: str, text: str) -> str:
    """A value as people read it."""
    if field == "status" and text in ProductStatus.values:
        return str(ProductStatus(text).label)
    return PRICE.sub(_as_price, text) if field == "prices" else text


def _as_price(found: re.Match[str]) -> str:
    return format_decimal(Decimal(found[0]), format="#,##0.00", locale=babel_locale())


def _pair(name: str, before: str, after: str, differs: str = "") -> str:
    pair = f"jsonb_build_array(coalesce({before}, ''), coalesce({after}, ''))"
    return f"'{name}', CASE WHEN {differs or f'o.{name} IS DISTINCT FROM p.{name}'} THEN {pair} END"


_PLAIN = ["title", "handle", "status", "vendor", "product_type", "image_url", "external_id"]
_PLAIN_TEXT = "left(trim(regexp_replace({}, '<[^>]*>|\\s+', ' ', 'g')), 300)"
_OPTIONS = (
    "concat_ws(', ', nullif({0}.option1_name, ''), nullif({0}.option2_name, ''),"
    " nullif({0}.option3_name, ''))"
)
_FIELDS = [
    *(_pair(name, f"o.{name}", f"p.{name}") for name in _PLAIN),
    _pair("description", _PLAIN_TEXT.format("o.description"), _PLAIN_TEXT.format("p.description")),
    _pair(
        "tags",
        "array_to_string(o.tags, ', ')",
        "array_to_string(p.tags, ', ')",
        "o.tags::text[] IS DISTINCT FROM p.tags",
    ),
    _pair(
        "options",
        _OPTIONS.format("o"),
        _OPTIONS.format("p"),
        f"{_OPTIONS.format('o')} <> {_OPTIONS.format('p')}",
    ),
    *(
        _pair(name, f"v.{name}_before", f"v.{name}_after", f"v.{name}_differ")
        for name in ("variants", "prices", "stock", "skus")
    ),
    _pair("details", "''", "v.details_after", "v.details_differ"),
]


def _title(of: str) -> str:
    options = ", ".join(f"nullif({of}.{name}, '')" for name in ("option1", "option2", "option3"))
    return f"concat_ws(' / ', {options})"


def _told(name: str, before: str, after: str) -> str:
    """Of the variants that stay and differ in this, each with its name."""
    differ = f"k.id IS NOT NULL AND NOT n.is_gone AND {after} IS DISTINCT FROM {before}"
    pieces = {"before": before, "after": after}
    told = ", ".join(
        f"string_agg(concat_ws(' ', nullif({_title('k')}, ''), coalesce({value}::text, '–')), ', '"
        f" ORDER BY n.position) FILTER (WHERE {differ}) AS {name}_{when}"
        for when, value in pieces.items()
    )
    return f"{told}, coalesce(bool_or({differ}), false) AS {name}_differ"


_NAMED = "coalesce(nullif({title}, ''), {of}.sku, '')"
_DETAILS = [
    *("barcode", "weight_grams", "image_url", "continue_selling", "requires_shipping"),
    *("compare_at_price", "external_id"),
]
_DETAILS_DIFFER = f"""k.id IS NOT NULL AND NOT n.is_gone
    AND ({", ".join(f"n.{name}" for name in _DETAILS)})
    IS DISTINCT FROM ({", ".join(f"k.{name}" for name in _DETAILS)})"""
_LIST_BEFORE = (
    f"string_agg({_NAMED.format(title=_title('k'), of='k')}, ', ' ORDER BY k.position)"
    " FILTER (WHERE k.id IS NOT NULL)"
)
_LIST_AFTER = (
    f"string_agg({_NAMED.format(title=_title('n'), of='n')}, ', ' ORDER BY n.position)"
    " FILTER (WHERE NOT n.is_gone)"
)
# Beside `product_plan` and `variant_plan`, before anything is written.
COMPARED = f"""
WITH told AS (
    SELECT p.line, {_LIST_BEFORE} AS variants_before, {_LIST_AFTER} AS variants_after,
        bool_or(k.id IS NULL OR n.is_gone OR n.position <> k.position
            OR {_title("n")} <> {_title("k")}) AS variants_differ,
        {_told("prices", "k.price", "n.price")},
        {_told("stock", "k.stock", "n.stock")},
        {_told("skus", "nullif(k.sku, '')", "nullif(n.sku, '')")},
        string_agg({_NAMED.format(title=_title("n"), of="n")}, ', ' ORDER BY n.position)
            FILTER (WHERE {_DETAILS_DIFFER}) AS details_after,
        coalesce(bool_or({_DETAILS_DIFFER}), false) AS details_differ,
        jsonb_agg(to_jsonb(k) ORDER BY k.position) FILTER (WHERE k.id IS NOT NULL) AS before
    FROM product_plan p JOIN variant_plan n USING (line)
    LEFT JOIN products_variant k ON k.id = n.variant_id
    WHERE p.outcome = 'changed' AND p.variants_differ GROUP BY p.line
)
SELECT p.line, jsonb_strip_nulls(jsonb_build_object({", ".join(_FIELDS)})) AS changes,
    jsonb_build_object(
        'columns', jsonb_build_object({", ".join(f"'{name}', o.{name}" for name in RESTORED)}),
        'updated_at', o.updated_at
    ) || CASE WHEN p.variants_differ
        THEN jsonb_build_object('variants', coalesce(v.before, '[]')) ELSE '{{}}' END AS before
FROM product_plan p JOIN products_product o ON o.id = p.product_id LEFT JOIN told v USING (line)
WHERE p.outcome = 'changed'
"""  # noqa: S608 -- of constants
