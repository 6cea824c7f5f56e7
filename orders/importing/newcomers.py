"""How many customers the orders of a file would bring, and how many known ones would get some.

Counted while the dry run checks the file, a step at a time, by the rules of the import itself. A
key that an earlier step has named is not looked for again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.words import number
from customers.importing import joining
from customers.importing.chunks import make_table
from customers.importing.models import Import
from orders.importing.models import StagedBuyer

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a key begins with: an e-mail address; a phone of somebody without one; a phone of a newcomer
# with one, who is met by it; a customer.
EMAIL, PHONE, OWN_PHONE, CUSTOMER = "e:", "p:", "o:", "c:"


def begin(one: Import) -> None:
    """Before the first step of a dry run: nobody is counted yet. Bears a repeat."""
    forget(one)
    Import.objects.filter(pk=one.pk).update(newcomers_count=0, joined_count=0)


def forget(one: Import) -> None:
    StagedBuyer.objects.filter(of_import=one.pk).delete()


def count(one: Import) -> None:
    """Add whom `order_plan` and `chunk` name, inside the caller's transaction."""
    values = {"import": one.pk}
    make_table("buyers", _NAMED, values, measured="email_key, phone_key")
    joining.find_known()
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, values)
        new, joined = cursor.fetchone()
    counts = {
        "newcomers_count": F("newcomers_count") + new,
        "joined_count": F("joined_count") + joined,
    }
    Import.objects.filter(pk=one.pk).update(**counts)


def in_words(one: Import) -> Iterator[str]:
    """What the dry run has counted, as sentences. Who shares a phone makes it a guess."""
    new, joined = one.newcomers_count or 0, one.joined_count or 0
    is_guess = StagedBuyer.objects.filter(of_import=one.pk, key__startswith=PHONE).exists()
    words = _("about %(count)s") if is_guess else "%(count)s"
    if new:
        sentence = ngettext(
            "With these orders %(new)s customer is created.",
            "With these orders %(new)s customers are created.",
            new,
        )
        yield sentence % {"new": words % {"count": number(new)}}
    if joined:
        sentence = ngettext(
            "Of those who are here already, %(known)s gets orders.",
            "Of those who are here already, %(known)s get orders.",
            joined,
        )
        yield sentence % {"known": words % {"count": number(joined)}}


# One look into an index per key, however many of them there are and whatever the planner believes.
_IS_NAMED = """EXISTS (SELECT 1 FROM orders_stagedbuyer k
    WHERE k.of_import_id = %(import)s AND k.key = {} OFFSET 0)"""
# Of who has an e-mail address the newest phone counts, as with a newcomer.
_NAMED = f"""
SELECT named.*, NULL::bigint AS customer_id FROM (
    SELECT DISTINCT ON (s.email, CASE WHEN s.email = '' THEN s.phone_key END)
        CASE WHEN s.email = '' THEN '{PHONE}' || s.phone_key ELSE '{EMAIL}' || s.email END AS key,
        s.email AS email_key, s.phone_key
    FROM chunk s JOIN order_plan p USING (line)
    WHERE p.outcome IN ('created', 'changed') AND p.customer_id IS NULL
        AND (s.email <> '' OR s.phone_key <> '')
    ORDER BY s.email, CASE WHEN s.email = '' THEN s.phone_key END, s.placed_at DESC, s.line
) named
WHERE NOT {_IS_NAMED.format("named.key")}
    AND NOT (email_key = '' AND {_IS_NAMED.format(f"'{OWN_PHONE}' || named.phone_key")})
"""  # noqa: S608 -- of constants
_NOTE = f"""
WITH new AS (
    SELECT key, email_key, phone_key FROM buyers b WHERE customer_id IS NULL
        AND NOT (email_key = '' AND EXISTS (SELECT 1 FROM buyers e
            WHERE e.customer_id IS NULL AND e.email_key <> '' AND e.phone_key = b.phone_key))
), keys AS (
    SELECT key FROM buyers
    UNION SELECT '{CUSTOMER}' || customer_id FROM buyers WHERE customer_id IS NOT NULL
    UNION SELECT '{OWN_PHONE}' || phone_key FROM new WHERE email_key <> '' AND phone_key <> ''
), noted AS (
    INSERT INTO orders_stagedbuyer (of_import_id, key)
    SELECT %(import)s, key FROM keys ORDER BY key ON CONFLICT DO NOTHING RETURNING key
)
SELECT (SELECT count(*) FROM new), (SELECT count(*) FROM noted WHERE key LIKE '{CUSTOMER}%%')
"""  # noqa: S608 -- of constants
