"""What the demo's customers bought in three years. Pure: the same seed gives the same orders."""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orders.importing.past import PastOrder, PastParcel, PastRefund
from orders.new import NewLine
from shopdesk.seeding import catalogue
from shopdesk.seeding.people import Person

YEARS = 3
FIRST_NUMBER = 4501
CENT = Decimal("0.01")
FREE_SHIPPING_FROM = Decimal(49)
SHIPPING = Decimal("4.90")
CARRIERS = {"DHL": 56, "DPD": 20, "Hermes": 14, "GLS": 10}
REFUND_REASONS = [
    "Paket beschädigt angekommen",
    "Falscher Mahlgrad",
    "Mühle defekt, Rücksendung",
    "Kulanz nach Beschwerde",
]
NOTES = [
    "Bitte beim Nachbarn abgeben, wenn niemand da ist.",
    "Bitte für Siebträger mahlen, danke!",
    "Das ist ein Geschenk, bitte ohne Rechnung im Paket.",
    "Klingel defekt, bitte anrufen.",
]
CAST_SIZE = 18
MOST_KEEN = 24
LATEST = timedelta(minutes=20)
# By hour, in UTC.
HOURS = [1] * 5 + [3, 4, 5, 6, 5, 6, 5, 5, 5, 6, 7, 9, 10, 10, 8, 5, 3, 2, 1]
# By month: coffee is given away in December and drunk less in July.
SEASON = [9, 8, 8, 8, 7, 7, 6, 6, 8, 9, 12, 14]


@dataclass(frozen=True)
class Purchase:
    person: Person
    at: datetime
    # All that is drawn for this purchase comes from here, so that the hour at which a demo is
    # filled changes today's purchases and none of those before.
    seed: int


def purchases(
    chance: random.Random, people: list[Person], *, count: int, now: datetime
) -> list[Purchase]:
    """Who bought when, oldest first. Everybody comes for a first purchase; some come again."""
    buyers = [person for person in people if person.weight][:count]
    seeds = [chance.getrandbits(64) for _ in range(count)]
    seeds, more = seeds[: len(buyers)], seeds[len(buyers) :]
    arrivals = sorted(_moment(_own(seed), now) for seed in seeds)
    # The cast came early, the others in any order.
    early, late = arrivals[: len(arrivals) // 4], arrivals[len(arrivals) // 4 :]
    chance.shuffle(early)
    cast, crowd = buyers[:CAST_SIZE], buyers[CAST_SIZE:]
    chance.shuffle(crowd)
    met = zip([*cast, *crowd], [*early, *late], seeds, strict=True)
    first = sorted((Purchase(*one) for one in met), key=_at)
    return sorted([*first, *(_again(first, seed, now) for seed in more)], key=_at)


def _own(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 -- made-up purchases, the same each time


def _again(first: list[Purchase], seed: int, now: datetime) -> Purchase:
    """Somebody who had come by then buys again, the keen ones more often."""
    chance = _own(seed)
    at = _moment(chance, now)
    known = max(bisect(first, at, key=_at), 1)
    tries = [first[chance.randrange(known)].person for _ in range(12)]
    person = chance.choices(tries, [min(one.weight, MOST_KEEN) ** 1.4 for one in tries])[0]
    return Purchase(person, max(at, first[0].at + timedelta(hours=1)), seed)


def _at(purchase: Purchase) -> datetime:
    return purchase.at


def _moment(chance: random.Random, now: datetime) -> datetime:
    """The shop grows, Christmas comes each year, and few buy coffee at night."""
    while True:
        day = now - timedelta(days=int(YEARS * 365 * (1 - chance.random() ** 0.62)))
        hour = chance.choices(range(24), HOURS)[0]
        at = day.replace(hour=hour, minute=chance.randrange(60), second=chance.randrange(60))
        if at < now - LATEST and chance.random() * max(SEASON) < SEASON[at.month - 1]:
            return at


def past_orders(bought: list[Purchase], *, now: datetime) -> Iterator[PastOrder]:
    """Each purchase as an order with all that has become of it until now."""
    for number, purchase in enumerate(bought, start=FIRST_NUMBER):
        # Not the draws that the moment came from: what is bought has nothing to do with the hour.
        yield _order(_own(purchase.seed + 1), purchase, number, now)


def _order(chance: random.Random, purchase: Purchase, number: int, now: datetime) -> PastOrder:
    person, at = purchase.person, purchase.at
    lines, taxes = _basket(chance)
    discount, shipping, total = _amounts(chance, lines)
    return PastOrder(
        source="shop",
        external_id=str(5_600_000_000_000 + number * 8191),
        number=number,
        placed_at=at,
        currency="EUR",
        lines=lines,
        customer_id=person.pk,
        shipping=shipping,
        taxes=taxes,
        discount=discount,
        total=total,
        email=person.email,
        phone=person.phone,
        shipping_address=address_of(person),
        billing_address=_billing(chance, person),
        note=chance.choice(NOTES) if chance.random() < 0.04 else "",
        tags=["Abo"] if "Abo" in person.tags and chance.random() < 0.5 else [],
        is_test=chance.random() < 0.002,
        **_fate(chance, lines, total, at, now),
    )


def _amounts(chance: random.Random, lines: list[NewLine]) -> tuple[Decimal, Decimal, Decimal]:
    """Discount, shipping and total."""
    worth = sum((line.total for line in lines), Decimal(0))
    discount = (worth / 10).quantize(CENT) if chance.random() < 0.08 else Decimal(0)
    shipping = Decimal(0) if worth >= FREE_SHIPPING_FROM else SHIPPING
    return discount, shipping, worth + shipping - discount


def _basket(chance: random.Random) -> tuple[list[NewLine], Decimal]:
    count = chance.choices([1, 2, 3, 4, 6], [40, 32, 17, 8, 3])[0]
    chosen = {
        product.sku: product
        for product in chance.choices(catalogue.PRODUCTS, catalogue.WEIGHTS, k=count)
    }
    lines, taxes = [], Decimal(0)
    for product in chosen.values():
        quantity = chance.choices([1, 2, 3, 5], [70, 20, 7, 3])[0] if product.price < 60 else 1
        line = NewLine(product.title, product.price, quantity, product.variant, product.sku)
        taxes += line.total * product.tax_percent / (100 + product.tax_percent)
        lines.append(line)
    return lines, taxes.quantize(CENT)


def _fate(
    chance: random.Random, lines: list[NewLine], total: Decimal, at: datetime, now: datetime
) -> dict[str, Any]:
    """What becomes of an order, by its age: paid, packed, on its way, there, sent back."""
    luck = chance.random()
    if luck < 0.025:
        return _called_off(chance, at, now)
    if luck < 0.065 and now - at < timedelta(days=12):
        return {"financial_status": "pending"}  # paid in advance, once the transfer arrives
    parcels = _parcels(chance, lines, at, now)
    back_at = at + timedelta(days=chance.randrange(9, 25), minutes=chance.randrange(600))
    if luck < 0.955 or back_at > now or not any(parcel.delivered_at for parcel in parcels):
        return {"financial_status": "paid", "parcels": parcels}
    whole = luck > 0.98
    amount = total if whole else (total / chance.randrange(2, 6)).quantize(CENT)
    return {
        "financial_status": "refunded" if whole else "partially_refunded",
        "parcels": parcels,
        "refunds": [PastRefund(amount, back_at, chance.choice(REFUND_REASONS))],
    }


def _called_off(chance: random.Random, at: datetime, now: datetime) -> dict[str, Any]:
    return {
        "financial_status": "voided",
        "cancelled_at": min(at + timedelta(hours=chance.randrange(1, 30)), at + (now - at) * 0.7),
        "cancel_reason": chance.choices(
            ["customer", "inventory", "declined", "fraud"], [6, 2, 2, 1]
        )[0],
    }


def _parcels(
    chance: random.Random, lines: list[NewLine], at: datetime, now: datetime
) -> list[PastParcel]:
    every = {position: line.quantity for position, line in enumerate(lines, start=1)}
    if len(lines) > 2 and chance.random() < 0.3:
        late = {len(lines): every.pop(len(lines))}
        packed = [
            _parcel(chance, every, at, now),
            _parcel(chance, late, at + timedelta(days=4), now),
        ]
    else:
        packed = [_parcel(chance, every, at, now)]
    return [parcel for parcel in packed if parcel is not None]


def _parcel(
    chance: random.Random, quantities: dict[int, int], at: datetime, now: datetime
) -> PastParcel | None:
    """None while the warehouse has not packed it yet."""
    shipped_at = at + timedelta(hours=chance.randrange(5, 40))
    if shipped_at > now:
        return None
    arrives_at = shipped_at + timedelta(hours=chance.randrange(18, 96))
    is_lost = chance.random() < 0.006
    company = chance.choices(list(CARRIERS), list(CARRIERS.values()))[0]
    return PastParcel(
        company=company,
        number=_tracking_number(chance, company),
        shipped_at=shipped_at,
        quantities=quantities,
        delivered_at=None if is_lost or arrives_at > now else arrives_at,
    )


def _tracking_number(chance: random.Random, company: str) -> str:
    def digits(count: int) -> str:
        return "".join(chance.choices("0123456789", k=count))

    if company == "GLS":
        return "".join(chance.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=8))
    starts = {"DHL": ("00340434", 12), "DPD": ("01505", 9), "Hermes": ("H1001", 15)}
    start, rest = starts[company]
    return start + digits(rest)


def address_of(person: Person) -> dict[str, str]:
    known = {
        "name": f"{person.first_name} {person.last_name}",
        "company": person.company,
        "street": person.street,
        "postal_code": person.postal_code,
        "city": person.city,
        "country": person.country,
        "phone": person.phone,
    }
    return {name: value for name, value in known.items() if value}


def _billing(chance: random.Random, person: Person) -> dict[str, str]:
    if chance.random() < 0.95:
        return address_of(person)
    return {
        **address_of(person),
        "street": "Postfach 30 41",
        "company": person.company or "Buchhaltung",
    }
