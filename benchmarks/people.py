"""A shop's customers as they really are: skewed names, umlauts, old rows that no new one resembles.

Seeded, so that two runs measure the same rows. Nothing here imports Django.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

SEED = 20_261_122
# In the shop that they come from.
FIRST_ID = 7_000_000_000_000
NEWEST = datetime(2026, 11, 1, tzinfo=UTC)
YEARS = 9
# The oldest tenth of the rows carries these names only: a term for them has no hit in the newest
# rows, so that an index on the date walks through all of the table.
OLD_SHARE = 0.1
OLD_FIRST_NAMES = ["Kunigunde", "Adalbert", "Walburga", "Eusebius", "Ottokar", "Roswitha"]
OLD_LAST_NAMES = ["Xylander", "Quedlin", "Zwirner", "Oechsle", "Yorck"]

FIRST_NAMES = """
    Anna Jana Lena Marie Sophie Laura Julia Katharina Sabine Petra Monika Ursula Renate
    Jürgen Günter Jörg Björn Sören Thomas Michael Andreas Peter Stefan Christian Markus
    Alexander Tobias Florian Lukas Jonas Felix Noah Emil Anton Oskar Chiara Oğuz Ayşe Mehmet
    Åsa Béla Zoë François José Małgorzata Dvořák Ingrid Hannelore Annegret Hans-Jürgen
""".split()
COMMON_LAST_NAMES = """
    Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch
    Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann
    Hartmann Lange Schmitt Werner Krause Meier Lehmann
""".split()
# One in a thousand carries one of each, spread over the newer nine tenths: a few hundred hits in a
# million rows, too few for the newest rows to fill a page.
RARE_SHARE = 0.001
RARE_FIRST_NAMES = ["Xaver", "Zdenka", "Ignazius", "Walpurgis"]
RARE_LAST_NAMES = ["Ypsilanti", "Wolfeschlegelstein", "Nxumalo", "Čapková"]
ONSETS = """
    B Br D F G Gr H K Kl L M N P R S Sch St T W Z
""".split()
VOWELS = """
    a e i o u ä ö ü ei au
""".split()
CODAS = """
    ck ll mm nn rg rn ß tt tz ber ner mann hardt feld stein wald
""".split()
DOMAINS = [
    "gmail.com",
    "web.de",
    "gmx.de",
    "t-online.de",
    "outlook.de",
    "freenet.de",
    "posteo.de",
    "example.org",
]
DOMAIN_WEIGHTS = [28, 20, 20, 6, 8, 4, 3, 11]
CITIES = ["Hamburg", "Berlin", "München", "Köln", "Leipzig", "Graz", "Zürich", "Malmö", "Utrecht"]
RARE_CITIES = ["Buxtehude", "Castrop-Rauxel", "Kyritz", "Quickborn", "Zwiesel"]
STREETS = """
    Hauptstraße Bahnhofstraße Dorfstraße Gartenweg Schulstraße Lindenallee Bergstraße Kirchplatz
    Ringstraße Waldweg Marktplatz Mühlenweg Goethestraße Schillerstraße Beethovenweg Rosenweg
""".split()
TAGS = [("Stammkunde", 0.2), ("Newsletter", 0.1), ("Großhandel", 0.01), ("Pressemuster", 0.0005)]
COUNTRIES = ["DE"] * 88 + ["AT"] * 6 + ["CH"] * 4 + ["NL", "SE"]
ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", " ": ".", "-": "."})


@dataclass(frozen=True, slots=True)
class Person:
    """One customer as a row of plain values."""

    number: int
    first_name: str
    last_name: str
    email: str
    phone: str
    street: str
    postal_code: str
    city: str
    country: str
    tag: str
    created_at: datetime
    orders_count: int
    amount_spent: str
    subscribed: bool
    has_account: bool


def people(count: int) -> Iterator[Person]:
    """`count` customers, oldest first. Spending follows a power law; most buy once."""
    chance = random.Random(SEED)
    last_names = COMMON_LAST_NAMES * 12 + _rare_last_names(chance, 4000)
    # As names are: the first of the list is carried many times more often than the last.
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(FIRST_NAMES))))
    step = timedelta(days=365 * YEARS) / max(count, 1)
    for number in range(1, count + 1):
        old = number <= count * OLD_SHARE
        rare = not old and chance.random() < RARE_SHARE
        if old or rare:
            first = chance.choice(OLD_FIRST_NAMES if old else RARE_FIRST_NAMES)
            last = chance.choice(OLD_LAST_NAMES if old else RARE_LAST_NAMES)
        else:
            first = chance.choices(FIRST_NAMES, cum_weights=weights)[0]
            last = chance.choice(last_names)
        yield _person(chance, number, first, last, NEWEST - step * (count - number))


def _person(chance: random.Random, number: int, first: str, last: str, at: datetime) -> Person:
    orders = min(int(chance.paretovariate(1.1)), 400) - (chance.random() < 0.3)
    domain = chance.choices(DOMAINS, DOMAIN_WEIGHTS)[0]
    name = f"{first}.{last}".lower().translate(ASCII).encode("ascii", "ignore").decode()
    return Person(
        number=number,
        first_name=first,
        last_name=last,
        email=f"{name}.{number}@{domain}",
        phone=f"+4917{chance.randrange(10**8, 10**9)}" if chance.random() < 0.6 else "",
        street=f"{chance.choice(STREETS)} {chance.randrange(1, 120)}",
        postal_code=f"{chance.randrange(1000, 99999):05}",
        city=chance.choice(RARE_CITIES if chance.random() < RARE_SHARE else CITIES),
        country=chance.choice(COUNTRIES),
        tag=_tag(chance.random()),
        created_at=at,
        orders_count=orders,
        amount_spent=f"{orders * chance.uniform(8, 90):.2f}",
        subscribed=chance.random() < 0.55,
        has_account=chance.random() < 0.66,
    )


def _tag(drawn: float) -> str:
    """The tag whose share of all rows the drawn number falls into; most carry none."""
    for name, share in TAGS:
        if drawn < share:
            return name
        drawn -= share
    return ""


def _rare_last_names(chance: random.Random, count: int) -> list[str]:
    return [
        chance.choice(ONSETS)
        + chance.choice(VOWELS)
        + chance.choice(CODAS)
        + chance.choice(["", "", "er", "s", "in"])
        for _ in range(count)
    ]
