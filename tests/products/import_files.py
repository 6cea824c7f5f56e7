"""Files of products in both shops' layouts, made for tests, and imports run to their end."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from customers.importing.models import Import
from customers.importing.working import work
from products.importing.models import ProductImportRow
from products.models import Product

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Row = dict[str, str]

GOOGLE = [
    *("Google Product Category", "Gender", "Age Group", "MPN", "AdWords Grouping"),
    *("AdWords Labels", "Condition", "Custom Product"),
    *(f"Custom Label {n}" for n in range(5)),
]
HANDLE_2018 = [
    *("Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published"),
    *(f"Option{n} {what}" for n in (1, 2, 3) for what in ("Name", "Value")),
    *("Variant SKU", "Variant Grams", "Variant Inventory Tracker", "Variant Inventory Qty"),
    *("Variant Inventory Policy", "Variant Fulfillment Service", "Variant Price"),
    *("Variant Compare At Price", "Variant Requires Shipping", "Variant Taxable"),
    *("Variant Barcode", "Image Src", "Image Position", "Image Alt Text", "Gift Card"),
    *("SEO Title", "SEO Description", *(f"Google Shopping / {name}" for name in GOOGLE)),
    *("Variant Image", "Variant Weight Unit", "Variant Tax Code"),
]
HANDLE_2020 = [*HANDLE_2018, "Cost per item"]
HANDLE_2021 = [*HANDLE_2020, "Status"]
HANDLE_2024 = [
    *HANDLE_2018[:4],
    "Product Category",
    *HANDLE_2018[4:],
    "Cost per item",
    *(f"{what} / {market}" for market in ("Germany", "International")
      for what in ("Included", "Price", "Compare At Price")),
    "Status",
]  # fmt: skip
WORDS_2025 = [
    *("Title", "URL handle", "Description", "Vendor", "Product category", "Type", "Tags"),
    *("Published on online store", "Status", "SKU", "Barcode"),
    *(f"Option{n} {what}" for n in (1, 2, 3) for what in ("name", "value", "Linked To")),
    *("Price", "Compare-at price", "Cost per item", "Charge tax", "Tax code"),
    *("Unit price total measure", "Unit price total measure unit", "Unit price base measure"),
    *("Unit price base measure unit", "Inventory tracker", "Inventory quantity"),
    *("Continue selling when out of stock", "Weight value (grams)", "Weight unit for display"),
    *("Requires shipping", "Fulfillment service", "Product image URL", "Image position"),
    *("Image alt text", "Variant image URL", "Gift card", "SEO title", "SEO description"),
    "Color (product.metafields.shopify.color-pattern)",
    *("Google Shopping / Google product category", "Google Shopping / Gender"),
    *("Google Shopping / Age group", "Google Shopping / Manufacturer part number (MPN)"),
    *("Google Shopping / Ad group name", "Google Shopping / Ads labels"),
    *("Google Shopping / Condition", "Google Shopping / Custom product"),
    *(f"Google Shopping / Custom label {n}" for n in range(5)),
]
SHOPIFY = {
    "2018": HANDLE_2018,
    "2020": HANDLE_2020,
    "2021": HANDLE_2021,
    "2024": HANDLE_2024,
    "2025": WORDS_2025,
}
# The newer family's names for what a test says by the older one's.
NEWER = {
    "Handle": "URL handle",
    "Body (HTML)": "Description",
    "Published": "Published on online store",
    **{f"Option{n} Name": f"Option{n} name" for n in (1, 2, 3)},
    **{f"Option{n} Value": f"Option{n} value" for n in (1, 2, 3)},
    "Variant SKU": "SKU",
    "Variant Grams": "Weight value (grams)",
    "Variant Inventory Tracker": "Inventory tracker",
    "Variant Inventory Qty": "Inventory quantity",
    "Variant Inventory Policy": "Continue selling when out of stock",
    "Variant Price": "Price",
    "Variant Compare At Price": "Compare-at price",
    "Variant Requires Shipping": "Requires shipping",
    "Variant Barcode": "Barcode",
    "Variant Image": "Variant image URL",
    "Image Src": "Product image URL",
    "Image Position": "Image position",
}  # fmt: skip

WOOCOMMERCE = [
    *("ID", "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Is featured?"),
    *("Visibility in catalog", "Short description", "Description", "Date sale price starts"),
    *("Date sale price ends", "Tax status", "Tax class", "In stock?", "Stock"),
    *("Low stock amount", "Backorders allowed?", "Sold individually?", "Weight (kg)"),
    *("Length (cm)", "Width (cm)", "Height (cm)", "Allow customer reviews?", "Purchase note"),
    *("Sale price", "Regular price", "Categories", "Tags", "Shipping class", "Images"),
    *("Download limit", "Download expiry days", "Parent", "Grouped products", "Upsells"),
    *("Cross-sells", "External URL", "Button text", "Position"),
    *(f"Attribute {n} {what}" for n in (1, 2)
      for what in ("name", "value(s)", "visible", "global", "default")),
    *("Download 1 name", "Download 1 URL", "Meta: _yoast_wpseo_title"),
]  # fmt: skip
WOOCOMMERCE_GERMAN = [
    *("ID", "Typ", "Artikelnummer", "GTIN, UPC, EAN oder ISBN", "Name", "Veröffentlicht"),
    *("Ist hervorgehoben?", "Sichtbarkeit im Katalog", "Kurzbeschreibung", "Beschreibung"),
    *("Datum, an dem Angebotspreis beginnt", "Datum, an dem Angebotspreis endet"),
    *("Steuerstatus", "Steuerklasse", "Vorrätig?", "Bestand", "Geringe Lagermenge"),
    *("Lieferrückstände erlaubt?", "Nur einzeln verkaufen?", "Gewicht (kg)", "Länge (cm)"),
    *("Breite (cm)", "Höhe (cm)", "Kundenrezensionen erlauben?", "Hinweis zum Kauf"),
    *("Angebotspreis", "Regulärer Preis", "Kategorien", "Schlagwörter", "Versandklasse"),
    *("Bilder", "Downloadlimit", "Ablauftage des Downloads", "Übergeordnetes Produkt"),
    *("Gruppierte Produkte", "Zusatzverkäufe", "Cross-Sells (Querverkäufe)", "Externe URL"),
    *("Button-Text", "Position"),
    *(f"Attribut {n} {what}" for n in (1, 2)
      for what in ("Name", "Wert(e)", "Sichtbar", "Global", "Standard")),
    *("Download 1 Name", "Download 1 URL", "Meta: _yoast_wpseo_title"),
]  # fmt: skip
GERMAN = dict(zip(WOOCOMMERCE, WOOCOMMERCE_GERMAN, strict=True))


def variant(**cells: str) -> Row:
    """A further row of a product: 1 kg. `cells` by the column, "_" for a blank."""
    return {
        "Option1 Value": "1 kg",
        "Variant SKU": "ESP-1000",
        "Variant Grams": "1000",
        "Variant Inventory Tracker": "shopify",
        "Variant Inventory Qty": "0",
        "Variant Inventory Policy": "continue",
        "Variant Price": "34.70",
        "Variant Requires Shipping": "true",
    } | _columns(cells)


def product(*further: Row, **cells: str) -> list[Row]:
    """One product as rows: espresso in a bag of 250 g."""
    first = {
        "Handle": "espresso-nordlicht",
        "Title": "Espresso Nordlicht",
        "Body (HTML)": "<p>Nussig &amp; dunkel</p><script>alert(1)</script>",
        "Vendor": "Rösterei Nord",
        "Type": "Kaffee",
        "Tags": "Espresso, Bohnen",
        "Published": "true",
        "Status": "active",
        "Option1 Name": "Größe",
        **variant(
            Option1_Value="250 g",
            Variant_SKU="'ESP-250",
            Variant_Grams="250",
            Variant_Inventory_Qty="12",
            Variant_Inventory_Policy="deny",
            Variant_Price="9.90",
            Variant_Compare_At_Price="11.50",
            Variant_Barcode="4001234567890",
        ),
        "Image Src": "https://cdn.example.com/espresso.jpg?v=1",
        "Image Position": "1",
        **_columns(cells),
    }
    return [first, *({"Handle": first["Handle"], **row} for row in further)]


def table(*products: Iterable[Row], layout: list[str] = HANDLE_2021) -> bytes:
    """A file of these products; what its layout has no column for is left out."""
    rows = (row for rows in products for row in rows)
    if layout is WORDS_2025:
        rows = ({NEWER.get(name, name): cell for name, cell in row.items()} for row in rows)
    return _written(rows, layout)


def woo(*rows: Row, german: bool = False, without: str = "") -> bytes:
    if german:
        turned = ({GERMAN[name]: cell for name, cell in row.items()} for row in rows)
        return _written(turned, WOOCOMMERCE_GERMAN)
    return _written(rows, [name for name in WOOCOMMERCE if name != without])


def simple(number: int = 10, **cells: str) -> Row:
    """A product of WooCommerce with nothing to choose."""
    return {
        "ID": str(number),
        "Type": "simple",
        "SKU": f"MILL-{number}",
        "Name": "Handmühle Feinschliff",
        "Published": "1",
        "Description": r"Mahlt fein.\nUnd grob.",
        "In stock?": "1",
        "Stock": "3",
        "Backorders allowed?": "0",
        "Weight (kg)": "0,85",
        "Regular price": "89,00",
        "Categories": "Zubehör > Mühlen, Neu",
        "Tags": "Mühle, Holz",
        "Images": "https://cdn.example.com/mill.jpg, https://cdn.example.com/mill-2.jpg",
    } | _columns(cells)


def variable(number: int = 20, **cells: str) -> Row:
    said = {"Attribute 1 name": "Größe", "Attribute 1 value(s)": "250 g, 1 kg"}
    nothing = {"Regular price": "", "Stock": "", "SKU": "COFFEE", "Weight (kg)": ""}
    named = {"Type": "variable", "Name": "Kaffee", **nothing, **said}
    return simple(number) | named | _columns(cells)


def variation(number: int, size: str, price: str, *, parent: str = "COFFEE", **cells: str) -> Row:
    return {
        "ID": str(number),
        "Type": "variation",
        "SKU": f"COFFEE-{number}",
        "Name": f"Kaffee - {size}",
        "Published": "1",
        "In stock?": "1",
        "Stock": "5",
        "Regular price": price,
        "Parent": parent,
        "Attribute 1 name": "Größe",
        "Attribute 1 value(s)": size,
    } | _columns(cells)


def many(count: int, prefix: str = "") -> Iterator[list[Row]]:
    """Products of a file of any size, each third with two variants."""
    for number in range(count):
        name = f"{prefix}{number}"
        further = [variant(Variant_SKU=f"L-{name}")] if number % 3 == 0 else []
        yield product(
            *further, Handle=f"coffee-{name}", Title=f"Kaffee {name}", Variant_SKU=f"S-{name}"
        )


def _columns(cells: Row) -> Row:
    """By their names in the file: Variant_SKU, Regular_price; Image_Src."""
    return {
        {"Body": "Body (HTML)", "In stock": "In stock?"}.get(name, name): cell
        for name, cell in ((name.replace("_", " "), cell) for name, cell in cells.items())
    }


def _written(rows: Iterable[Row], layout: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, layout, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def checked(content: bytes, **options: Any) -> Import:
    """An import after its dry run."""
    named = {"name": "products.csv", "by": None, "in_worker": False}
    one = Import.upload(io.BytesIO(content), **named, **options)
    work(one.pk)
    one.refresh_from_db()
    return one


def imported(content: bytes, **options: Any) -> Import:
    """An import run to its end."""
    one = checked(content, **options)
    one.start(by=None, in_worker=False)
    work(one.pk)
    one.refresh_from_db()
    return one


def counts(one: Import) -> tuple[int, int, int, int]:
    """Created, changed, unchanged, skipped."""
    return one.created_count, one.changed_count, one.unchanged_count, one.skipped_count


def problems(one: Import) -> list[tuple[int, str, str]]:
    """Each line that needs a look, why, and what about."""
    rows = ProductImportRow.objects.filter(of_import=one).exclude(problems=[]).order_by("line")
    return [(row.line, *problem) for row in rows for problem in row.problems]


def told(one: Product) -> dict[str, Any]:
    """All that is known of a product, but for the ids of its parts and when it was changed."""
    one = Product.objects.get(pk=one.pk)
    hidden = {"_state", "id", "created_at", "updated_at"}
    variants = [
        {name: value for name, value in vars(found).items() if name not in {*hidden, "product_id"}}
        for found in one.variants.order_by("position")
    ]
    known = {name: value for name, value in vars(one).items() if name not in hidden}
    return {**known, "variants": variants, "doc": one.search_row.doc}


def everything() -> list[dict[str, Any]]:
    return [told(one) for one in Product.objects.order_by("handle")]
