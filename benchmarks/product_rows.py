"""One product as the rows of an export: most have a few sizes, a few have dozens of variants."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from benchmarks.order_rows import KINDS, NAMES

MOST_VARIANTS = 60
WEIGHTS = [125, 250, 500, 1000, 2500, 5000]
GRINDS = ["Ganze Bohne", "Espressomühle", "Filter", "French Press", "Mokka", "Türkisch"]
DESCRIPTION = (
    "<p>{name} aus <strong>kleiner Röstung</strong>: nussig, schokoladig, mit wenig Säure.</p>\n"
    "<ul><li>Herkunft: Äthiopien</li><li>Röstgrad: {number}</li></ul>"
)


class ProductWriter:
    """Rows in the order of the header."""

    def __init__(self, header: Sequence[str], chance: random.Random) -> None:
        self._header, self._chance = header, chance

    def rows(self, number: int) -> list[list[str]]:
        chance = self._chance
        name = f"{chance.choice(NAMES)} {chance.choice(KINDS)} {number}"
        handle = name.lower().replace(" ", "-")
        count = min(int(chance.paretovariate(1.1)), MOST_VARIANTS)
        parts = [{"Handle": handle, **self._variant(number, place)} for place in range(count)]
        parts[0] |= {
            "Title": name,
            "Body (HTML)": DESCRIPTION.format(name=name, number=number % 7),
            "Vendor": chance.choice(["Rösterei Nord", "Kaffeehaus Süd", "Mühlenbau Weiß"]),
            "Type": name.split(maxsplit=1)[0],
            "Tags": "Bohnen, Bio" if number % 3 else "Bohnen",
            "Published": "true",
            "Option1 Name": "Gewicht",
            "Option2 Name": "Mahlgrad",
            "Image Src": f"https://cdn.example.com/{handle}.jpg",
            "Image Position": "1",
            "Status": "active" if number % 20 else "archived",
        }
        return [[cells.get(column, "") for column in self._header] for cells in parts]

    def _variant(self, number: int, place: int) -> dict[str, str]:
        weight = WEIGHTS[place % len(WEIGHTS)]
        return {
            "Option1 Value": f"{weight} g",
            "Option2 Value": f"{GRINDS[place // len(WEIGHTS) % len(GRINDS)]} {place // 36 or ''}",
            "Variant SKU": f"'{number}-{place}",
            "Variant Grams": str(weight),
            "Variant Inventory Tracker": "shopify",
            "Variant Inventory Qty": str(self._chance.randrange(-2, 90)),
            "Variant Inventory Policy": "deny",
            "Variant Price": f"{weight * 3.5 / 100 + 4:.2f}",
            "Variant Requires Shipping": "true",
            "Variant Barcode": f"40{number % 10**6:06}{place:04}",
        }


def products(count: int, writer: ProductWriter) -> Iterator[tuple[int, list[list[str]]]]:
    return ((number, writer.rows(number)) for number in range(1, count + 1))
