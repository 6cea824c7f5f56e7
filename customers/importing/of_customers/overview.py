"""What only the whole file tells: postal codes that lost their zero, phones that several have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.words import number
from customers.importing.of_customers.models import StagedRow

if TYPE_CHECKING:
    from customers.importing.models import Import

HOME = "DE"
# Phone numbers that the page names, and of each so many who have it.
PHONES_NAMED, PEOPLE_NAMED = 3, 4


def look_over(one: Import, *, country: str) -> dict[str, Any]:
    """Bears a repeat: what is mended already is not found again, and all is read anew before."""
    values = {"import": one.pk, "is_home": country == HOME}
    with connection.cursor() as cursor:
        cursor.execute(_MEND_CODES, values)
        found: dict[str, Any] = {"codes_mended": cursor.rowcount} if cursor.rowcount else {}
        cursor.execute(_SHARED, {**values, "named": PHONES_NAMED})
        if shared := cursor.fetchall():
            keys = [key for _count, key in shared]
            cursor.execute(_SHARING, {**values, "keys": keys, "most": PEOPLE_NAMED})
            lines = [lines for (lines,) in cursor.fetchall()]
            found |= {"phones_shared": shared[0][0], "lines_sharing": lines}
    return found


def remarks(one: Import) -> list[str]:
    said = one.remarks
    found = [_mended(said["codes_mended"])] if "codes_mended" in said else []
    if "phones_shared" in said:
        found += [_shared(said["phones_shared"]), *_who(one, said["lines_sharing"])]
    return found


def _mended(count: int) -> str:
    words = ngettext(
        "%(count)s postal code got its leading zero back, which spreadsheet programs drop.",
        "%(count)s postal codes got their leading zero back, which spreadsheet programs drop.",
        count,
    )
    return words % {"count": number(count)}


def _shared(count: int) -> str:
    words = ngettext(
        "%(count)s phone number stands with more than one customer: each of them gets it.",
        "%(count)s phone numbers stand with more than one customer: each of them gets it.",
        count,
    )
    return words % {"count": number(count)}


def _who(one: Import, sharing: list[list[int]]) -> list[str]:
    """ "+49 …: Jana Müller, Ben Müller", as long as the rows wait to be imported."""
    lines = [line for group in sharing for line in group]
    rows = {row.line: row for row in StagedRow.objects.filter(of_import=one, line__in=lines)}
    known = [[rows[line] for line in group if line in rows] for group in sharing]
    return [_together(one, group) for group in known if group]


def _together(one: Import, group: list[StagedRow]) -> str:
    names = ", ".join(_name(one, row) for row in group[:PEOPLE_NAMED])
    if len(group) > PEOPLE_NAMED:
        names = _("{names} and others").format(names=names)
    return f"{group[0].phone_key}: {names}"


def _name(one: Import, row: StagedRow) -> str:
    name = " ".join(filter(None, (row.first_name, row.last_name)))
    return name or row.company or row.email or one.numbered(row.line)


# Saxony's and Thuringia's codes begin with a 0, which a spreadsheet takes for a number's. Austria,
# Switzerland and Denmark have codes of four digits: without a country it takes others of five.
# Who is known by the row as a whole stays so by its digest; for all others it is another row now.
_MEND_CODES = """
UPDATE customers_stagedrow s SET postal_code = '0' || postal_code,
    digest = CASE WHEN external_id = '' AND email_key = '' THEN digest
        ELSE md5(digest::text)::uuid END
WHERE of_import_id = %(import)s AND postal_code ~ '^[1-9][0-9]{3}$' AND (country = 'DE'
    OR country = '' AND %(is_home)s AND EXISTS (SELECT 1 FROM customers_stagedrow other
        WHERE other.of_import_id = %(import)s AND other.country = ''
            AND other.postal_code ~ '^[0-9]{5}$'))
"""
_SHARED = """
WITH shared AS MATERIALIZED (
    SELECT phone_key, min(line) AS first FROM customers_stagedrow
    WHERE of_import_id = %(import)s AND is_usable AND phone_key <> ''
    GROUP BY phone_key HAVING count(*) > 1
)
SELECT (SELECT count(*) FROM shared), phone_key FROM shared ORDER BY first LIMIT %(named)s
"""
_SHARING = """
SELECT (array_agg(line ORDER BY line))[1 : %(most)s + 1] FROM customers_stagedrow
WHERE of_import_id = %(import)s AND is_usable AND phone_key = ANY(%(keys)s)
GROUP BY phone_key ORDER BY min(line)
"""
