"""How many customers the orders of a file would bring, and how many known ones would get some.

Counted while the dry run checks the file, a step at a time: it sorts out whose orders they are just
as the import does, with those whom its earlier steps would have created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from django.utils.translation import ngettext

from core.words import number
from customers.importing import joining
from customers.importing.chunks import make_table
from customers.importing.models import Import
from orders.importing.models import StagedBuyer

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a key begins with: an e-mail address; a newcomer's phone, a space, and their e-mail address
# if they have one; a customer.
EMAIL, PHONE, CUSTOMER = "e:", "p:", "c:"
# In `buyers`, in place of the id of a customer whom the import would create: their row is settled,
# yet there is nobody to count. Ids begin with 1.
TO_BE_CREATED = 0


def begin(one: Import) -> None:
    """Before the first step of a dry run: nobody is counted yet. Bears a repeat."""
    forget(one)
    Import.objects.filter(pk=one.pk).update(newcomers_count=0, joined_count=0)


def forget(one: Import) -> None:
    StagedBuyer.objects.filter(of_import=one.pk).delete()


def count(one: Import) -> None:
    """Add whom `order_plan` and `chunk` name, inside the caller's transaction."""
    values = {"import": one.pk}
    make_table("buyers", _NAMED, values, measured="line, email_key, phone_key")
    joining.find_known(_EXPECTED, values)
    new = 0

    def expect(key: str) -> None:
        nonlocal new
        cursor.execute(_EXPECT[key], values)
        new += cursor.rowcount

    with connection.cursor() as cursor:
        joining.sort_out(expect, _EXPECTED, values)
        cursor.execute(_NOTE_KNOWN, values)
        joined = cursor.rowcount
        cursor.execute(_NOTE_EMAILS, values)
    counts = {
        "newcomers_count": F("newcomers_count") + new,
        "joined_count": F("joined_count") + joined,
    }
    Import.objects.filter(pk=one.pk).update(**counts)


def in_words(one: Import) -> Iterator[str]:
    """What the dry run has counted, as sentences."""
    new, joined = one.newcomers_count or 0, one.joined_count or 0
    if new:
        sentence = ngettext(
            "With these orders %(new)s customer is created.",
            "With these orders %(new)s customers are created.",
            new,
        )
        yield sentence % {"new": number(new)}
    if joined:
        sentence = ngettext(
            "Of those who are here already, %(known)s gets orders.",
            "Of those who are here already, %(known)s get orders.",
            joined,
        )
        yield sentence % {"known": number(joined)}


# An address that an earlier step has named is not looked for again. Of several rows of one person
# the latest counts, as with a newcomer.
_NAMED = f"""
SELECT DISTINCT ON (s.email, CASE WHEN s.email = '' THEN s.phone_key END)
    s.line, NULL::bigint AS customer_id, s.email AS email_key, s.phone_key, s.placed_at AS said_at
FROM chunk s JOIN order_plan p USING (line)
WHERE p.outcome IN ('created', 'changed') AND p.customer_id IS NULL
    AND (s.email <> '' OR s.phone_key <> '') AND NOT EXISTS (SELECT 1 FROM orders_stagedbuyer k
        WHERE k.of_import_id = %(import)s AND k.key = '{EMAIL}' || s.email OFFSET 0)
ORDER BY s.email, CASE WHEN s.email = '' THEN s.phone_key END, s.placed_at DESC, s.line
"""  # noqa: S608 -- of constants
# A "!" is what comes behind a space.
_EXPECTED = f"""
SELECT {TO_BE_CREATED} AS customer_id, k.key <> '{PHONE}' || s.phone_key || ' ' AS has_email
FROM orders_stagedbuyer k
WHERE k.of_import_id = %(import)s AND k.key >= '{PHONE}' || s.phone_key || ' '
    AND k.key < '{PHONE}' || s.phone_key || '!' LIMIT 100
"""  # noqa: S608 -- of constants
_EXPECT = {
    key: f"""
WITH unknown AS ({joining.unknown_by(key, "b.line, b.email_key, b.phone_key")}), noted AS (
    INSERT INTO orders_stagedbuyer (of_import_id, key)
    SELECT %(import)s, '{PHONE}' || phone_key || ' ' || email_key FROM unknown
    WHERE phone_key <> '' ORDER BY 2 ON CONFLICT DO NOTHING
)
UPDATE buyers b SET customer_id = {TO_BE_CREATED} FROM unknown u WHERE b.line = u.line
"""  # noqa: S608 -- of constants
    for key in ("email_key", "phone_key")
}
_NOTE = """
INSERT INTO orders_stagedbuyer (of_import_id, key)
SELECT DISTINCT %(import)s::bigint, {key} FROM buyers WHERE {whom} ORDER BY 2
ON CONFLICT DO NOTHING
"""
_NOTE_KNOWN = _NOTE.format(
    key=f"'{CUSTOMER}' || customer_id", whom=f"customer_id <> {TO_BE_CREATED}"
)
_NOTE_EMAILS = _NOTE.format(key=f"'{EMAIL}' || email_key", whom="email_key <> ''")
