"""Who the demo's customers are. Pure: the same seed gives the same people."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shopdesk.seeding import names

ASCII = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ö": "oe", "Ü": "ue", "Ä": "ae"}
    | dict(zip("åáàâçéèëğıíłńøóřşśúýžćšőÅŁØŞÖČć", "aaaaceeegiilnoorssuyzcsoalosocc", strict=True))
    | {" ": "-", "'": "", "’": ""}
)


@dataclass
class Person:
    first_name: str
    last_name: str
    email: str
    street: str
    postal_code: str
    city: str
    country: str = "DE"
    phone: str = ""
    company: str = ""
    note: str = ""
    tags: list[str] = field(default_factory=list)
    has_newsletter: bool = False
    has_sms: bool = False
    language: str = ""
    # How often this person buys, beside others.
    weight: float = 1.0
    # What becomes of the account: "", enabled, invited, declined.
    account: str = ""
    pk: int = 0
    joined_at: datetime | None = None


# Whom staff are asked about in the demo. The first three can sign in with known passwords.
CAST_FILE = Path(__file__).with_name("cast.csv")


def read_cast() -> list[Person]:
    """The people of the cast, new ones with each call."""
    with CAST_FILE.open(encoding="utf-8", newline="") as file:
        return [_from_table(row) for row in csv.DictReader(file)]


def _from_table(row: dict[str, str]) -> Person:
    weight, tags = float(row.pop("weight")), row.pop("tags").split()
    newsletter = row.pop("newsletter") == "yes"
    return Person(**row, weight=weight, tags=tags, has_newsletter=newsletter)  # type: ignore[arg-type]  # texts all


def crowd(chance: random.Random, count: int, *, beside: list[Person]) -> list[Person]:
    """So many more people, each with an address of their own."""
    taken = {person.email for person in beside}
    mobile = iter(chance.sample(names.MOBILE, len(names.MOBILE)))
    return [_person(chance, taken, mobile) for _ in range(count)]


def _person(chance: random.Random, taken: set[str], mobile: Iterable[str]) -> Person:
    first, last = chance.choice(names.FIRST_NAMES), chance.choice(names.LAST_NAMES)
    city, code, country, film_number = _place(chance)
    person = Person(
        first, last, _email(chance, first, last, taken), _street(chance), code, city, country
    )
    if film_number and chance.random() < 0.75:
        person.phone = f"{film_number} {chance.randrange(1000):03}"
    elif chance.random() < 0.25:
        person.phone = next(iter(mobile), "")
    if chance.random() < 0.05:
        person.company = chance.choice(names.COMPANIES)
    if chance.random() < 0.14:
        person.tags = sorted(set(chance.choices(names.TAGS, names.TAG_WEIGHTS, k=2)))
    if chance.random() < 0.03:
        person.note = chance.choice(names.REMARKS)
    person.has_newsletter = chance.random() < 0.46
    person.has_sms = bool(person.phone) and chance.random() < 0.1
    # Few buy much, many buy once; an eighth signed up and never bought.
    person.weight = 0 if chance.random() < 0.12 else chance.paretovariate(1.25)
    person.account = chance.choices(["", "enabled", "invited", "declined"], [79, 15, 4, 2])[0]
    return person


def _place(chance: random.Random) -> tuple[str, str, str, str]:
    if chance.random() < 0.08:
        country, city, codes = chance.choice(names.NEIGHBOURS)
        return city, chance.choice(codes), country, ""
    town = chance.choices(names.TOWNS, [share for _, _, share, _ in names.TOWNS])[0]
    return town[0], chance.choice(town[1].split()), "DE", town[3]


def _street(chance: random.Random) -> str:
    letter = chance.choice(["", "", "", "", "a", "b"])
    return f"{chance.choice(names.STREETS)} {chance.randrange(1, 140)}{letter}"


def _email(chance: random.Random, first: str, last: str, taken: set[str]) -> str:
    given, family = first.translate(ASCII).lower(), last.translate(ASCII).lower()
    locals_ = [f"{given}.{family}", f"{given[0]}.{family}", f"{given}{family}", f"{family}.{given}"]
    local = chance.choice(locals_).encode("ascii", "ignore").decode()
    domain = chance.choices(names.DOMAINS, names.DOMAIN_WEIGHTS)[0]
    number = 0
    while (email := f"{local}{number or ''}@{domain}") in taken:
        number = chance.randrange(2, 100) + number
    taken.add(email)
    return email


HEADER = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,"
    "Default Address Province Code,Default Address Country Code,Default Address Zip,"
    "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags"
)


def as_export(people: list[Person]) -> bytes:
    """The customers as a shop's own export, to be brought in like any other."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER.split(","))
    for number, one in enumerate(people):
        identity = [
            f"'{7_210_448_300_000 + number * 977}",
            one.first_name,
            one.last_name,
            one.email,
        ]
        place = [one.street, "", one.city, "", one.country, f"'{one.postal_code}", ""]
        # A few bought before the orders that are known here: their totals stay "from the export".
        is_old = not one.weight and number % 8 == 0
        figures = [f"{number % 190}.40", str(number % 4 + 1)] if is_old else ["0.00", "0"]
        writer.writerow(
            [
                *[*identity, _yes(one.has_newsletter), one.company, *place],
                *[f"'{one.phone}" if one.phone else "", _yes(one.has_sms), *figures],
                *[one.note, "no", ", ".join(one.tags)],
            ]
        )
    return text.getvalue().encode()


def _yes(fact: bool) -> str:  # noqa: FBT001 -- the cell of a table
    return "yes" if fact else "no"
