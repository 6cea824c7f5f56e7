"""Which column of an export of products holds what.

Shopify's has two families of names: by the handle (2018 to 2024, with more columns each year), and
in plain words (since 2025). WooCommerce's core export has one, in the language of its desk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from customers.importing.columns import placed, plain
from customers.importing.problems import FileRefused
from products.importing.cells import GRAMS

if TYPE_CHECKING:
    from customers.importing.columns import Layout

OPTIONS = (1, 2, 3)
SHOPIFY = {
    "handle": "handle",
    "url handle": "handle",
    "title": "title",
    "body (html)": "description",
    "description": "description",
    "vendor": "vendor",
    "type": "product_type",
    "tags": "tags",
    "published": "published",
    "published on online store": "published",
    "status": "status",
    "variant sku": "sku",
    "sku": "sku",
    "variant barcode": "barcode",
    "barcode": "barcode",
    "variant price": "price",
    "price": "price",
    "variant compare at price": "compare_at_price",
    "compare-at price": "compare_at_price",
    "variant inventory tracker": "tracker",
    "inventory tracker": "tracker",
    "variant inventory qty": "stock",
    "inventory quantity": "stock",
    "image src": "image",
    "product image url": "image",
    "image position": "image_position",
    "image alt text": "image_alt",
    "variant image": "variant_image",
    "variant image url": "variant_image",
    "variant inventory policy": "continues",
    "continue selling when out of stock": "continues",
    "variant grams": "weight",
    "weight value (grams)": "weight",
    "variant requires shipping": "requires_shipping",
    "requires shipping": "requires_shipping",
    **{f"option{n} {what}": f"option{n}_{what}" for n in OPTIONS for what in ("name", "value")},
}

# A shop whose desk is German writes the second name; releases of its translation differ a little.
WOOCOMMERCE = {
    "id": ("id",),
    "type": ("type", "typ"),
    "sku": ("sku", "artikelnummer", "artikelnummer (sku)"),
    "barcode": ("gtin, upc, ean, or isbn", "gtin, upc, ean oder isbn"),
    "title": ("name",),
    "published": ("published", "veröffentlicht"),
    "short_description": ("short description", "kurzbeschreibung"),
    "description": ("description", "beschreibung"),
    "sale_starts": ("date sale price starts", "datum, an dem angebotspreis beginnt",
        "datum, an dem der angebotspreis beginnt", "angebotspreis gültig ab"),
    "sale_ends": ("date sale price ends", "datum, an dem angebotspreis endet",
        "datum, an dem der angebotspreis endet", "angebotspreis gültig bis"),
    "in_stock": ("in stock?", "vorrätig?", "auf lager?"),
    "stock": ("stock", "lager", "bestand", "lagerbestand"),
    "sale_price": ("sale price", "angebotspreis"),
    "price": ("regular price", "regulärer preis", "normaler preis"),
    "product_type": ("categories", "kategorien"),
    "tags": ("tags", "schlagwörter"),
    "images": ("images", "bilder"),
    "parent": ("parent", "übergeordnetes produkt"),
    "vendor": ("brands", "marken"),
    "position": ("position",),
    "continues": ("backorders allowed?", "lieferrückstände erlaubt?", "rückstände erlaubt?",
        "lieferrückstande erlaubt?"),
    **{f"weight_{unit}": (f"weight ({unit})", f"gewicht ({unit})") for unit in GRAMS},
}  # fmt: skip
WOOCOMMERCE_NAMES = {name: column for column, names in WOOCOMMERCE.items() for name in names}
ATTRIBUTE = re.compile(r"attribute? (\d{1,2}) (name|value\(s\)|wert\(e\))\Z")

# Without these no product can be told, or no variant from another: in the words of the file.
SHOPIFY_NEEDS = {
    "handle": "Handle",
    "title": "Title",
    "option1_value": "Option1 Value",
    "price": "Variant Price",
}

# Of the shops' own columns those that ShopDesk has no place for, on purpose: how a product is
# taxed, weighed and shipped, what it costs the shop, and what advertisements say of it.
LEFT_OUT = {
    *("product category", "variant weight unit", "weight unit for display", "gift card"),
    *("variant fulfillment service", "fulfillment service", "variant taxable", "charge tax"),
    *("variant tax code", "tax code", "cost per item", "seo title", "seo description"),
    *("unit price total measure", "unit price total measure unit", "unit price base measure"),
    "unit price base measure unit",
    *(f"option{n} linked to" for n in OPTIONS),
    *("is featured?", "visibility in catalog", "tax status", "tax class", "low stock amount"),
    *("sold individually?", "allow customer reviews?", "purchase note"),
    *("shipping class", "download limit", "download expiry days", "grouped products", "upsells"),
    *("cross-sells", "external url", "button text", "cost of goods"),
    *("ist hervorgehoben?", "sichtbarkeit im katalog", "steuerstatus", "steuerklasse"),
    *("geringe lagermenge", "geringer lagerbestand", "nur einzeln verkaufen?"),
    *("kundenrezensionen erlauben?", "kundenbewertungen erlauben?", "hinweis zum kauf"),
    *("versandklasse", "downloadlimit", "download-limit"),
    *("ablauftage des downloads", "gruppierte produkte", "zusatzverkäufe"),
    *("cross-sells (querverkäufe)", "externe url", "button-text"),
}
# A market's prices are no prices of the shop; what a metafield means only its shop knows.
LEFT_OUT_LIKE = re.compile(
    r"(included|price|compare[- ]at price) / |google shopping / |meta: |.*\.metafields\."
    r"|(length|width|height|länge|breite|höhe) \(\w+\)\Z"
    r"|attribute? \d+ (visible|global|default|sichtbar|standard)\Z|download \d+ (id|name|url)\Z"
)

OTHER_EXPORTS = {
    "customers_not_products": {"first name", "accepts email marketing", "total spent"},
    "orders_not_products": {"financial status", "lineitem name", "lineitem quantity"},
}


def is_shopify(names: frozenset[str]) -> bool:
    return "title" in names and bool({"handle", "url handle"} & names)


def is_woocommerce(names: frozenset[str]) -> bool:
    """Whether these plain names of columns can only be WooCommerce's export of products."""
    found = {WOOCOMMERCE_NAMES.get(name) for name in names}
    return found >= {"type", "title", "price"}


def is_known(name: str) -> bool:
    return name in SHOPIFY or name in WOOCOMMERCE_NAMES or bool(ATTRIBUTE.match(name))


def is_left_out(name: str) -> bool:
    return name in LEFT_OUT or bool(LEFT_OUT_LIKE.match(name))


def names_products(names: frozenset[str]) -> bool:
    """Whether these columns can only be an export of products."""
    return is_shopify(names) or is_woocommerce(names)


def layout_of(header: Sequence[str]) -> Layout:
    """Read the first row. Raises FileRefused for another export, or without what is needed."""
    names = frozenset(plain(cell) for cell in header)
    if not names_products(names):
        for code, marks in OTHER_EXPORTS.items():
            if marks & names:
                raise FileRefused(code)
    if is_shopify(names) or not is_woocommerce(names):
        return _needing_all(placed(header, SHOPIFY))
    attributes = {name: _attribute(name) for name in names if ATTRIBUTE.match(name)}
    layout = placed(header, WOOCOMMERCE_NAMES | attributes, source="woocommerce")
    if not {"id", "sku"} & layout.places.keys():
        raise FileRefused("product_columns", "ID")
    return layout


def _needing_all(layout: Layout) -> Layout:
    for column, words in SHOPIFY_NEEDS.items():
        if column not in layout.places:
            raise FileRefused("product_columns", words)
    return layout


def _attribute(name: str) -> str:
    """ "attribut 2 wert(e)" is attribute2_value."""
    found = ATTRIBUTE.match(name)
    assert found
    return f"attribute{found[1]}_{'name' if found[2] == 'name' else 'value'}"
