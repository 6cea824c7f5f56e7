"""One order as the rows of an export: most hold one product, are paid, and left long ago."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

NAMES = """
    Espresso Hausröstung Filterkaffee Handmühle Wasserkessel Milchkännchen Siebträger Entkalker
    Tasse Untertasse Papierfilter Kaffeedose Löffel Geschenkkarton Schürze Thermobecher
""".split()
KINDS = "Nordlicht Südhang Abendrot Morgentau Feinschliff Klassik Grande Piccolo".split()
SIZES = ["250 g", "500 g", "1 kg", ""]
CODES = ["WILLKOMMEN10", "HERBST", "STAMMKUNDE", "NEWSLETTER5"]
PAYMENTS = ["PayPal Express Checkout", "Shopify Payments", "Klarna", "Vorkasse"]
MOST_LINES = 12
FREE_SHIPPING_CENTS, SHIPPING_CENTS = 5000, 490


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as the cells of the file have them. `number` is 0 for a guest."""

    number: int
    name: str
    email: str
    phone: str
    street: str
    postal_code: str
    city: str
    country: str

    def as_guest(self, order: int) -> Buyer:
        return replace(self, number=0, email=f"gast.{order}@web.de", phone="")

    def cells(self, side: str) -> dict[str, str]:
        return {
            f"{side} Name": self.name,
            f"{side} Street": self.street,
            f"{side} Address1": self.street,
            f"{side} City": self.city,
            f"{side} Zip": self.postal_code,
            f"{side} Country": self.country,
            f"{side} Phone": self.phone,
        }


@dataclass(frozen=True, slots=True)
class Product:
    name: str
    sku: str
    cents: int


class OrderWriter:
    """`count`: how many orders there will be; the newest hundredth has not left yet."""

    def __init__(self, header: Sequence[str], chance: random.Random, *, count: int) -> None:
        self._header, self._chance, self._count = header, chance, count
        self._products = [_product(number, chance) for number in range(400)]

    def rows(self, number: int, placed_at: datetime, buyer: Buyer) -> list[list[str]]:
        lines = [self._line() for _ in range(min(int(self._chance.paretovariate(1.7)), MOST_LINES))]
        repeated = {
            "Name": f"#{1000 + number}",
            "Email": buyer.email,
            "Created at": _moment(placed_at),
            "Vendor": "Rösterei Nord",
            "Phone": buyer.phone,
        }
        status = self._delivery(number)
        first = {**self._order(number, placed_at, status, lines), **buyer.cells("Billing")}
        first |= buyer.cells("Shipping")
        left = "fulfilled" if status == "fulfilled" else "pending"
        parts = [{**repeated, **_line_cells(*line, left)} for line in lines]
        parts[0] |= first
        return [[cells.get(column, "") for column in self._header] for cells in parts]

    def _line(self) -> tuple[Product, int]:
        """A few products sell far more than the rest."""
        place = int(len(self._products) * self._chance.random() ** 3)
        return self._products[place], 1 if self._chance.random() < 0.8 else 2

    def _delivery(self, number: int) -> str:
        if number > self._count * 0.99:
            return "unfulfilled"
        return "partial" if self._chance.random() < 0.004 else "fulfilled"

    def _order(
        self, number: int, placed_at: datetime, status: str, lines: list[tuple[Product, int]]
    ) -> dict[str, str]:
        chance = self._chance
        subtotal = sum(product.cents * quantity for product, quantity in lines)
        code = chance.choice(CODES) if chance.random() < 0.12 else ""
        discount = subtotal // 10 if code else 0
        shipping = 0 if subtotal >= FREE_SHIPPING_CENTS else SHIPPING_CENTS
        total = subtotal - discount + shipping
        return {
            **self._money(placed_at, total),
            "Fulfillment Status": status,
            "Fulfilled at": _moment(placed_at + timedelta(days=1)) if status == "fulfilled" else "",
            "Accepts Marketing": "yes" if chance.random() < 0.3 else "no",
            "Currency": "EUR",
            "Subtotal": _amount(subtotal - discount),
            "Shipping": _amount(shipping),
            "Taxes": _amount(total * 19 // 119),
            "Total": _amount(total),
            "Discount Code": code,
            "Discount Amount": _amount(discount),
            "Shipping Method": "DHL Paket",
            "Notes": "Bitte beim Nachbarn abgeben." if chance.random() < 0.02 else "",
            "Id": f"'{5_600_000_000_000 + number}",
            "Risk Level": "Low",
            "Source": "web",
            "Tax 1 Name": "MwSt. 19%",
            "Tax 1 Value": _amount(total * 19 // 119),
        }

    def _money(self, placed_at: datetime, total: int) -> dict[str, str]:
        drawn = self._chance.random()
        refunded = 0
        status = "paid"
        if drawn < 0.02:
            status, refunded = "refunded", total
        elif drawn < 0.04:
            status, refunded = "partially_refunded", total // 3
        elif drawn < 0.06:
            status = "pending" if drawn < 0.055 else "voided"
        is_open = status in {"pending", "voided"}
        return {
            "Financial Status": status,
            "Paid at": "" if is_open else _moment(placed_at + timedelta(minutes=1)),
            "Cancelled at": _moment(placed_at + timedelta(hours=3)) if status == "voided" else "",
            "Payment Method": self._chance.choice(PAYMENTS),
            "Refunded Amount": _amount(refunded),
            "Outstanding Balance": _amount(total if is_open else 0),
        }


def _product(number: int, chance: random.Random) -> Product:
    size = chance.choice(SIZES)
    title = f"{chance.choice(NAMES)} {chance.choice(KINDS)}"
    cents = 10 * int(chance.paretovariate(1.3) * 69) - 1
    return Product(
        f"{title} - {size}" if size else title, f"RN-{1000 + number}", min(cents, 89_900)
    )


def _line_cells(product: Product, quantity: int, status: str) -> dict[str, str]:
    return {
        "Lineitem quantity": str(quantity),
        "Lineitem name": product.name,
        "Lineitem price": _amount(product.cents),
        "Lineitem sku": product.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": status,
        "Lineitem discount": "0.00",
    }


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} +0000"
