"""The demo's products as its shop tells of them, under the titles and SKUs of its orders."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from zlib import crc32

from django.utils.text import slugify

from events.log import replaying
from products.models import Product
from products.new import NewProduct, NewVariant
from shopdesk.seeding import catalogue, team

ORIGIN = {
    "NORD": "Kräftig und schokoladig, mit wenig Säure. 80 % Arabica aus Brasilien, 20 % Robusta.",
    "HAFEN": "Unsere Hausmischung für Vollautomaten: rund, nussig, jeden Tag gut.",
    "SPEICHER": "Dunkel geröstet, Kakao und Melasse. Für die Siebträgermaschine.",
    "ELBE": "Mittlere Röstung für Filter und Kanne, mit Karamell und reifem Apfel.",
    "YIRGA": "Gewaschen, hell geröstet: Jasmin, Bergamotte, Pfirsich.",
    "HUILA": "Von drei Familien aus Pitalito. Rote Beeren, Rohrzucker, Milchschokolade.",
    "SIDAMO": "Natürlich aufbereitet: Erdbeere und Honig, viel Körper.",
    "ANTIGUA": "Vom Vulkanboden, mit Gewürzen, Orange und Kakao.",
    "ENTK": "Mit Quellwasser entkoffeiniert. Haselnuss und Keks, auch am Abend.",
    "WEIHN": "Nur von Oktober bis Februar: Kakao, Zimt, kandierte Orange.",
}
CARE = {
    "MILL": "Mahlwerk aus Stahl, stufenlos verstellbar. Zum Reinigen ohne Werkzeug zu zerlegen.",
    "FILT": "Aus Porzellan, spülmaschinenfest, für Filter der Größe 2.",
    "PAPI": "Sauerstoffgebleicht, für Handfilter der Größe 2.",
    "KESS": "Mit Schwanenhals und Thermometer im Deckel, für alle Herde.",
    "WAAG": "Auf ein Zehntelgramm genau, mit Uhr. Der Akku lädt über USB-C.",
}
MAKERS = {"MILL": "Mahlgut", "WAAG": "Mahlgut", "BUCH": "Verlag am Fleet"}
TYPES = {"MILL": "Mühlen", "PAPI": "Verbrauch", "REIN": "Verbrauch", "BUCH": "Bücher"}
NOT_COUNTED = {"BUCH"}
FIRST_ID, FIRST_BARCODE = 8_100_000_000_000, 426_012_345_000
# What there is to look at besides: one not ready yet, one not sold any more.
COMING, GONE = ("Ruanda Nyungwe", "draft"), ("Sommermischung mit Zitrusnote", "archived")


def put_on_shelf(chance: random.Random, *, now: datetime) -> int:
    """Take all products over, as of long ago; returns how many."""
    shelf = [*_coffees(chance), *_gear(chance), *_unsold()]
    for number, new in enumerate(shelf):
        at = now - timedelta(days=720 - number * 9)
        with replaying(at=at):
            product = Product.mirror(new, by=None)
        # No verb moves these times, and none should.
        Product.objects.filter(pk=product.pk).update(created_at=at, updated_at=at)
    return len(shelf)


def _coffees(chance: random.Random) -> Iterator[NewProduct]:
    for sku, title, *_rest in catalogue.COFFEES:
        sizes = [one for one in catalogue.PRODUCTS if one.sku.startswith(f"{sku}-")]
        yield NewProduct(
            **_known(title),
            description=_paragraphs(
                ORIGIN[sku], "Frisch geröstet, spätestens am dritten Tag bei Ihnen."
            ),
            vendor=team.SHOP["name"],
            product_type="Kaffee",
            tags=_tags_of(title),
            option_names=["Größe"],
            image_url=f"{team.SHOP['website']}/bilder/{slugify(title)}.jpg",
            variants=[_variant(chance, one, options=[one.variant]) for one in sizes],
        )


def _gear(chance: random.Random) -> Iterator[NewProduct]:
    for one in catalogue.PRODUCTS[-len(catalogue.GEAR) :]:
        kind = one.sku[:4]
        yield NewProduct(
            **_known(one.title),
            description=_paragraphs(CARE[kind]) if kind in CARE else "",
            vendor=MAKERS.get(kind, team.SHOP["name"]),
            product_type=TYPES.get(kind, "Zubehör"),
            option_names=["Ausführung"] if one.variant else [],
            variants=[_variant(chance, one, options=[one.variant] if one.variant else [])],
        )


def _unsold() -> Iterator[NewProduct]:
    for title, status in (COMING, GONE):
        bag = NewVariant(options=["250 g"], price=Decimal("12.90"), stock=0)
        known = {"vendor": team.SHOP["name"], "product_type": "Kaffee", "status": status}
        yield NewProduct(**_known(title), **known, option_names=["Größe"], variants=[bag])


def _known(title: str) -> dict[str, str]:
    handle = slugify(title)
    return {
        "source": "shop",
        "external_id": str(FIRST_ID + crc32(title.encode())),
        "handle": handle,
        "title": title,
        "page_url": f"{team.SHOP['website']}/products/{handle}",
        "currency": team.SHOP["currency"],
    }


def _variant(chance: random.Random, one: catalogue.Product, *, options: list[str]) -> NewVariant:
    number = catalogue.PRODUCTS.index(one)
    counted = one.sku not in NOT_COUNTED
    return NewVariant(
        options=options,
        sku=one.sku,
        barcode=_barcode(FIRST_BARCODE + number),
        price=one.price,
        compare_at_price=one.price + 30 if one.sku == "MILL-E2" else None,
        stock=chance.choice([0, 4, 9, 18, 42, 73, 130]) if counted else None,
        continue_selling=one.sku.startswith("HAFEN"),
        weight_grams=_grams(one.variant),
    )


def _grams(size: str) -> int | None:
    amount, _blank, unit = size.partition(" ")
    return int(amount) * {"g": 1, "kg": 1000}[unit] if unit in {"g", "kg"} else None


def _barcode(digits: int) -> str:
    """An EAN-13: twelve digits and the one that checks them."""
    text = str(digits)
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text))
    return f"{text}{-total % 10}"


def _tags_of(title: str) -> list[str]:
    tags = {"Espresso": "Espresso", "Filter": "Filter", "Äthiopien": "Single Origin"}
    tags |= {"Kolumbien": "Single Origin", "Guatemala": "Single Origin", "Winter": "Saison"}
    return sorted({tag for word, tag in tags.items() if word in title} | {"Bio"})


def _paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)
