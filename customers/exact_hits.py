"""Customers who are meant by an address or a number in full: looked up, not searched."""

from __future__ import annotations

from customers.models import (
    BadIdentity,
    Customer,
    ExternalId,
    Identity,
    IdentityKind,
    phone_key,
)
from customers.search_terms import PHONE, digits_of, pasted
from customers.slots import customer_lookups
from shop.models import Shop

# Fewer digits than these may as well be a piece of a phone number or a postcode.
SHORTEST_CERTAIN_NUMBER = 8

# Their index begins with the source: the few that there are are stepped through. PostgreSQL does so
# by itself from version 18 on; before, it reads the whole index.
_FOREIGN = """
WITH RECURSIVE known AS (
    SELECT min(source) AS source FROM customers_externalid
    UNION ALL
    SELECT (SELECT min(source) FROM customers_externalid WHERE source > known.source)
    FROM known WHERE source IS NOT NULL
)
SELECT id, customer_id FROM known JOIN customers_externalid USING (source) WHERE value = %s
"""


def exact(text: str) -> dict[int, str]:
    """Customers with exactly this address, number, foreign id or, say, order number.

    To each the words that say so, where the customer's row in a list does not.
    """
    text = pasted(text)
    found: dict[int, str] = {}
    for look_up in customer_lookups.entries():
        found |= look_up(text)
    if "@" in text:
        known = _owners(IdentityKind.EMAIL, text.lower())
    elif text.isdecimal() or PHONE.fullmatch(text):
        known = _by_number(text)
    else:
        known = []
    return dict.fromkeys(known, "") | found


def is_certain(text: str) -> bool:
    """Whether nobody but the exact hits can be meant."""
    text = pasted(text)
    return not text.isdecimal() or len(text) >= SHORTEST_CERTAIN_NUMBER


def _by_number(text: str) -> list[int]:
    ids = [known.customer_id for known in ExternalId.objects.raw(_FOREIGN, [text])]
    if text.isdecimal() and len(text) <= 18:
        ids += Customer.objects.filter(pk=int(text)).values_list("pk", flat=True)
    if len(digits_of(text)) < 6:
        return ids
    try:
        key = phone_key(text, Shop.current().country)
    except BadIdentity:
        return ids
    return [*ids, *_owners(IdentityKind.PHONE, key)]


def _owners(kind: IdentityKind, key: str) -> list[int]:
    owners = Identity.objects.filter(kind=kind, key=key).values_list("customer_id", flat=True)
    return list(owners[:1000])
