"""What the shop sells. Prices include taxes: 7 % on coffee, 19 % on everything else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    sku: str
    title: str
    variant: str
    price: Decimal
    tax_percent: int
    weight: int  # how often it is bought


COFFEES = [
    ("NORD", "Espresso Nordlicht", "9.90", 30),
    ("HAFEN", "Hafenmischung", "8.90", 26),
    ("SPEICHER", "Speicherstadt Espresso", "10.50", 20),
    ("ELBE", "Elbstrand Filterkaffee", "9.50", 18),
    ("YIRGA", "Äthiopien Yirgacheffe", "12.90", 14),
    ("HUILA", "Kolumbien Huila", "11.90", 12),
    ("SIDAMO", "Äthiopien Sidamo Natural", "13.50", 8),
    ("ANTIGUA", "Guatemala Antigua", "12.50", 8),
    ("ENTK", "Entkoffeiniert Ruhige See", "11.50", 9),
    ("WEIHN", "Wintermischung mit Kakaonote", "10.90", 6),
]
SIZES = [
    ("250", "250 g", Decimal(1)),
    ("500", "500 g", Decimal("1.9")),
    ("1000", "1 kg", Decimal("3.5")),
]
GEAR = [
    ("MILL-H1", "Handmühle Fein 38", "Stahl", "89.00", 10),
    ("MILL-H2", "Handmühle Fein 48", "Nussbaum", "149.00", 6),
    ("MILL-E1", "Elektrische Mühle Mahlgut 54", "Schwarz", "279.00", 4),
    ("MILL-E2", "Elektrische Mühle Mahlgut 64", "Weiß", "459.00", 2),
    ("FILTER-V", "Handfilter Porzellan", "Größe 2", "24.90", 9),
    ("PAPIER", "Papierfilter", "100 Stück", "6.50", 16),
    ("KANNE", "Karaffe Hitzeglas", "600 ml", "29.90", 6),
    ("KESSEL", "Schwanenhalskessel", "1 l", "79.00", 4),
    ("WAAGE", "Barista-Waage mit Uhr", "", "59.00", 5),
    ("TASSE", "Becher „Moin“", "Blau", "14.90", 12),
    ("TAMPER", "Tamper", "58 mm", "34.90", 3),
    ("REINIGER", "Reinigungstabletten", "20 Stück", "12.90", 7),
    ("BÜRSTE", "Mühlenbürste", "", "8.50", 6),
    ("BUCH", "Buch „Kaffee verstehen“", "Gebunden", "29.00", 3),
]


TENTH = Decimal("0.10")

PRODUCTS = [
    Product(
        f"{sku}-{code}",
        title,
        size,
        (Decimal(price) * factor / TENTH).quantize(Decimal(1)) * TENTH,
        7,
        weight,
    )
    for sku, title, price, weight in COFFEES
    for code, size, factor in SIZES
]
PRODUCTS += [
    Product(sku, title, variant, Decimal(price), 19, weight)
    for sku, title, variant, price, weight in GEAR
]
WEIGHTS = [product.weight for product in PRODUCTS]
