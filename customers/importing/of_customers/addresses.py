"""An address that stands in one cell, or in parts: street, postal code, city. Pure."""

from __future__ import annotations

import re

from customers.importing import cells
from customers.importing.contents import PLACE

DIVIDED = re.compile(r"[,;\r\n]+")
# "Hauptstr. 5 68159 Mannheim": a number of five digits behind a street is no house's.
BEFORE_PLACE = re.compile(r"\s+(?=(?:[A-Z]{1,2}-)?\d{5}\s+[^\W\d])")
ONLY_CODE = re.compile(r"\d{4,5}\Z")
CITY_FIRST = re.compile(r"(?P<city>[^\W\d].*?)[ ,]+(?P<code>\d{4,5})\Z")
# Longer than any address: not worth a look for where it divides.
LONGEST = 400


def split_place(cell: str) -> dict[str, str]:
    """ "68159 Mannheim", "A-1010 Wien" or "Mannheim 68159"; what has no number is a city."""
    text = cells.line_of(cell)
    if len(text) > LONGEST:
        return {"city": text}
    if found := PLACE.match(text):
        country = _country(found["country"] or "")
        return {"postal_code": found["code"], "city": found["city"], "country": country}
    if found := CITY_FIRST.match(text):
        return {"postal_code": found["code"], "city": found["city"]}
    return {"postal_code": text} if ONLY_CODE.match(text) else {"city": text}


def split_address(cell: str) -> dict[str, str]:
    """ "Hauptstr. 5, 68159 Mannheim, Deutschland", in one line or several."""
    if len(cell) > LONGEST:
        return {"street": cells.line_of(cell)}
    parts = _parts(cells.bare(cell))
    place = next((number for number, part in enumerate(parts) if PLACE.match(part)), None)
    if place is None:
        return {"street": ", ".join(parts)}
    street, *extra = parts[:place] or [""]
    behind = {part: _country(part) for part in parts[place + 1 :]}
    extra += [part for part, country in behind.items() if not country]
    said = split_place(parts[place])
    country = next(filter(None, behind.values()), said.get("country", ""))
    return {**said, "street": street, "extra": ", ".join(extra), "country": country}


def is_whole_address(cell: str) -> bool:
    """Whether more than a street stands in it."""
    said = split_address(cell)
    return bool(said.get("postal_code") and said["street"])


def _parts(text: str) -> list[str]:
    parts: list[str] = []
    for part in filter(None, map(cells.line_of, DIVIDED.split(text))):
        if parts and ONLY_CODE.match(parts[-1]):
            parts[-1] += f" {part}"  # "68159, Mannheim"
        else:
            parts += BEFORE_PLACE.split(part, maxsplit=1)
    return parts


def _country(name: str) -> str:
    try:
        return cells.country(name)
    except cells.Unreadable:
        return ""
