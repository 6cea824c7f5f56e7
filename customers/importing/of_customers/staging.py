"""Rows of customers on their way into the staging table, and which of them repeat others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from customers.importing.of_customers.rows import CustomerRow

_TEXTS = [
    *("line", "external_id", "first_name", "last_name", "company", "email", "email_key", "phone"),
    *("phone_key", "street", "extra", "postal_code", "city", "region", "country", "address_phone"),
    *("note", "tags", "email_consent", "sms_consent", "orders_count", "amount_spent"),
]
COPIED = [*_TEXTS, "tag_keys", "problems", "is_usable", "has_address", "digest"]


def values(row: CustomerRow) -> tuple[Any, ...]:
    """For `COPIED`."""
    said = [getattr(row, name) for name in _TEXTS]
    keys = [name.lower()[:255] for name in row.tags]
    problems = json.dumps(row.problems) if row.problems else "[]"
    return (*said, keys, problems, row.is_usable, row.has_address, row.digest())


def mark_repeated(import_id: int) -> None:
    """Of rows about one customer the last counts; the others say which line that is."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_stagedrow")
        cursor.execute(_MARK_REPEATED, {"import": import_id})


def _last_lines(key: str, condition: str) -> str:
    return f"""SELECT {key} AS key, max(line) AS line FROM usable WHERE {condition}
        GROUP BY 1 HAVING count(*) > 1"""  # noqa: S608 -- of constants


# What people call whoever a row or a customer is.
NAME_KEY = "lower(coalesce(nullif(trim(first_name || ' ' || last_name), ''), company))"
# Who has neither id nor e-mail address is known by phone number and name, as families and offices
# share a phone, or else by all that is said.
_NAMELESS_KEY = f"""CASE WHEN external_id = '' AND email_key = ''
    THEN coalesce(nullif(phone_key, '') || ' ' || {NAME_KEY}, digest::text) END"""
_MARK_REPEATED = f"""
WITH usable AS (
    SELECT line, external_id, email_key, {_NAMELESS_KEY} AS nameless_key FROM customers_stagedrow
    WHERE of_import_id = %(import)s AND is_usable
), by_id AS ({_last_lines("external_id", "external_id <> ''")}
), by_email AS ({_last_lines("email_key", "email_key <> ''")}
), by_rest AS ({_last_lines("nameless_key", "nameless_key IS NOT NULL")}
), repeated AS (
    SELECT s.line, greatest(i.line, e.line, r.line) AS last FROM usable s
    LEFT JOIN by_id i ON i.key = s.external_id
    LEFT JOIN by_email e ON e.key = s.email_key
    LEFT JOIN by_rest r ON r.key = s.nameless_key
)
UPDATE customers_stagedrow AS s
SET is_usable = false,
    problems = s.problems || jsonb_build_array(jsonb_build_array('repeated', r.last::text))
FROM repeated r
WHERE s.of_import_id = %(import)s AND s.line = r.line AND r.last > r.line
"""  # noqa: S608 -- of constants
