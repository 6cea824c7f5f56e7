"""What the columns of a table that nobody knows may hold: by their names, or else by their cells.

Never an id: whose would it be? Another system's number becomes a line of the note.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from customers.importing.columns import Layout, plain, words_of
from customers.importing.contents import (
    MOST,
    is_email,
    is_phone,
    is_place,
    is_postal_code,
    share,
)
from customers.importing.kinds import Guess
from customers.importing.of_customers.addresses import is_whole_address
from customers.importing.of_customers.layouts import FIELDS, NAMES, REPEATED, is_left_out

SYNONYMS = {
    "full_name": ["name", "full name", "customer", "customer name", "contact", "contact name",
        "kunde", "kundenname", "ansprechpartner", "kontakt", "empfänger", "person", "vorname name",
        "vorname nachname", "name vorname", "nachname vorname"],
    "first_name": ["firstname", "given name", "forename", "vorname", "vornamen", "rufname", "vor"],
    "last_name": ["lastname", "surname", "family name", "nachname", "familienname", "zuname"],
    "company": ["firma", "firmenname", "unternehmen", "organisation", "organization",
        "company name", "betrieb"],
    "email": ["e-mail", "mail", "email address", "mail address", "e-mail-adresse", "mailadresse",
        "e-post"],
    "phone": ["telephone", "phone number", "mobile", "mobile phone", "mobile number", "cell phone",
        "telefon", "telefonnummer", "telefon-nr", "tel", "tel-nr", "fon", "festnetz", "rufnummer",
        "handy", "handynummer", "handy-nr", "mobil", "mobilnummer", "mobil-nr", "mobiltelefon"],
    "street": ["street", "street address", "address", "address 1", "address line 1", "straße",
        "str", "straßenname", "straße nr", "straße haus-nr", "straße hausnummer", "adresse",
        "adresse 1", "anschrift"],
    "house_number": ["house number", "street number", "hausnummer", "haus-nr", "hnr", "hsnr"],
    "extra": ["address 2", "address line 2", "adresse 2", "adresszusatz", "zusatz"],
    "postal_code": ["postcode", "zip code", "postal code", "plz", "postleitzahl"],
    "place": ["plz ort", "plz wohnort", "postleitzahl ort", "zip city"],
    "city": ["town", "ort", "stadt", "wohnort", "ortschaft"],
    "region": ["state", "region", "bundesland", "kanton"],
    "country": ["country", "country / region", "country name", "land", "staat", "ländercode",
        "landcode", "länderkürzel"],
    "note": ["notes", "comment", "comments", "notiz", "notizen", "bemerkung", "bemerkungen",
        "anmerkung", "anmerkungen", "kommentar", "hinweis"],
    "noted": ["customer number", "customer no", "customer id", "kundennummer", "kunden-nr", "kdnr",
        "kd-nr", "kunden-id", "debitor", "debitorennummer", "debitoren-nr", "mitgliedsnummer",
        "mitglieds-nr"],
    "tags": ["tag", "label", "labels", "schlagwort", "schlagwörter", "schlagworte", "gruppe",
        "gruppen", "kundengruppe", "kategorie", "stichworte"],
    "email_consent": ["newsletter", "email marketing", "werbung", "werbung erlaubt",
        "werbeerlaubnis", "werbeeinwilligung", "newsletter opt-in", "email opt-in", "opt-in",
        "newsletter-anmeldung", "newsletter-empfänger", "subscribed"],
    "sms_consent": ["sms newsletter", "sms marketing", "sms opt-in"],
    "orders_count": ["orders", "number of orders", "bestellungen", "anzahl bestellungen"],
    "amount_spent": ["total spend", "revenue", "umsatz", "gesamtumsatz"],
}  # fmt: skip
# Signs and words between the parts of a name: "Straße + Nr", "Vor- und Zuname", "PLZ/Ort".
BETWEEN = re.compile(r"[/+&,|]|\b(?:und|oder|and|or)\b")
# What a name may carry without meaning anything else: "Newsletter (J/N)", "Telefon privat".
YES_NO = re.compile(r"\b(?:j|y|ja|yes)\s*[/|]\s*(?:n|nein|no)\b|\([^)]*\)", re.IGNORECASE)
ASIDE = {
    *("privat", "private", "geschaeftlich", "dienstlich", "beruflich", "work", "home", "primary"),
    *("default", "billing", "invoice", "rechnung", "rechnungs", "kunde", "kunden", "kundin"),
    *("customer", "haupt", "des", "der"),
}
TOGETHER = {
    frozenset({"first_name", "last_name"}): "full_name",
    frozenset({"full_name", "first_name"}): "full_name",
    frozenset({"full_name", "last_name"}): "last_name",
    frozenset({"street", "house_number"}): "street",
    frozenset({"postal_code", "city"}): "place",
    frozenset({"street", "place"}): "whole_address",
    frozenset({"street", "postal_code", "city"}): "whole_address",
    frozenset({"street", "house_number", "postal_code", "city"}): "whole_address",
}
BY_CELLS: dict[str, Callable[[str], bool]] = {
    "email": is_email,
    "phone": is_phone,
    "place": is_place,
    "postal_code": is_postal_code,
}
# Of cells in a column that is called so, fewer look like it: it holds something else.
FEWEST = 0.2


def _compact(name: str) -> str:
    return words_of(name).replace(" ", "")


KNOWN = {_compact(name): field for name, field in NAMES.items() if field in FIELDS} | {
    _compact(name): field for field, names in SYNONYMS.items() for name in names
}


def guesses(header: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[int, Guess]:
    """For each place what the column there may hold; each thing once but for what may repeat."""
    columns = list(zip(*(_fitted(row, len(header)) for row in rows), strict=True))
    columns = columns or [()] * len(header)
    named = _in_company([by_name(name) for name in header], header)
    found = _once(
        {
            place: guess
            for place, field in enumerate(named)
            if field and (guess := _as_cells_say(field, columns[place]))
        }
    )
    for place, name in enumerate(header):
        if not (named[place] or is_left_out(plain(name))):
            found |= _by_cells(place, columns[place], found)
    return dict(sorted(found.items()))


def leaves_out(layout: Layout) -> bool:
    """Whether a table that looks like the shop's own export has more to say than that has.

    The shop's own, by its ids, means what it calls so.
    """
    if layout.source != "shopify" or "external_id" in layout.places:
        return False
    return any(
        field and (field in REPEATED or field not in layout.places)
        for field in map(by_name, layout.passed_over)
    )


def _fitted(row: Sequence[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


@lru_cache(maxsize=2048)
def by_name(name: str) -> str:
    """What a column of this name may hold; "" for no idea."""
    plain = YES_NO.sub(" ", name)
    return _known(plain) or _of_parts(plain)


def _known(name: str) -> str:
    words = words_of(name).split()
    found = KNOWN.get("".join(words), "")
    if found or not words:
        return found
    meant = [word for word in words if word not in ASIDE]
    if len(meant) > 1 and meant[-1].isdigit():  # "Telefon 2"
        numbered = KNOWN.get("".join(meant[:-1]), "")
        return numbered if numbered in REPEATED else ""
    return KNOWN.get("".join(meant), "") or KNOWN.get("".join(meant).removeprefix("rechnungs"), "")


def _of_parts(name: str) -> str:
    """ "PLZ/Ort" holds both; "Schlagworte/Gruppe" says one thing twice."""
    parts = [part for part in BETWEEN.split(name.lower()) if words_of(part)]
    if len(parts) < 2:
        return ""
    fields = frozenset(_part_of(part) for part in parts)
    return next(iter(fields)) if len(fields) == 1 else TOGETHER.get(fields, "")


def _part_of(part: str) -> str:
    is_number = words_of(part) in {"nr", "no", "nummer", "number"}
    return "house_number" if is_number else _known(part)


def _in_company(fields: list[str], header: Sequence[str]) -> list[str]:
    """ "Name" beside "Vorname" is the last one; "Nr." behind a street is the house's."""
    is_last = "first_name" in fields and "last_name" not in fields
    found = []
    for place, field in enumerate(fields):
        words = words_of(header[place])
        if is_last and words == "name":
            found.append("last_name")
        elif not field and words in {"nr", "no"} and place and fields[place - 1] == "street":
            found.append("house_number")
        else:
            found.append(field)
    return found


def _as_cells_say(field: str, cells: Sequence[str]) -> Guess | None:
    """What the name says, unless the cells say more, or something else altogether."""
    if field in {"city", "postal_code"} and share(cells, is_place) > MOST:
        return Guess("place", by_cells=True)
    if field == "street" and share(cells, is_whole_address) > MOST:
        return Guess("whole_address", by_cells=True)
    if field == "email" and any(cells) and share(cells, is_email) < FEWEST:
        return None
    if field != "email" and share(cells, is_email) > MOST:
        return Guess("email", by_cells=True)
    if field == "full_name" and share(cells, is_phone) > MOST:
        return Guess("phone", by_cells=True)
    return Guess(field, by_cells=False)


def _once(found: Mapping[int, Guess]) -> dict[int, Guess]:
    taken: set[str] = set()
    kept = {}
    for place, guess in found.items():
        if guess.field not in taken or guess.field in REPEATED:
            kept[place] = guess
        taken.add(guess.field)
    return kept


def _by_cells(place: int, cells: Sequence[str], found: Mapping[int, Guess]) -> dict[int, Guess]:
    fields = {guess.field for guess in found.values()}
    if fields & {"place", "whole_address"}:
        fields |= {"place", "postal_code"}
    for field, looks in BY_CELLS.items():
        if field not in fields and share(cells, looks) > MOST:
            return {place: Guess(field, by_cells=True)}
    return {}
