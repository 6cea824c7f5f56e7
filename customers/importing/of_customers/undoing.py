"""An import of customers taken back: who came goes, what was changed is as it was before.

Whom anybody or anything has touched since stays, and all of them stays as it is. Whoever is known
longer than the import is touched by a change of the person, by another file until that is taken
back itself, and by a letter to an address that the file brought; notes, orders and further letters
are right with the old facts, too. Who came by the import stays for whatever is tied to them. A
handful of statements for any number of rows, each on the temporary table `undoing`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from customers import followers
from customers.bulk.rows import BulkRow
from customers.figures import TOLD, told_by_export
from customers.importing.chunks import make_table
from customers.importing.kinds import Undone
from customers.importing.models import Import
from customers.importing.of_customers.changes import RESTORED
from customers.importing.of_customers.models import ImportRow
from customers.importing.taking_back import WHEN_BEFORE, count, note, tied
from customers.models import (
    Address,
    Customer,
    CustomerSearch,
    ExternalId,
    Identity,
    Tagging,
)
from customers.search_rows import refresh_search

# What an import itself gives a new customer, and what a bulk change notes of them: it goes with
# them. One that was not taken back itself has moved `updated_at`.
GIVEN = [Address, BulkRow, CustomerSearch, ExternalId, Identity, Tagging]


def undo(one: Import) -> Undone:
    """Take back the next rows, inside the caller's transaction."""
    size = settings.IMPORT_CHUNK_ROWS
    values: dict[str, Any] = {
        "import": one.pk,
        "after": one.undone_line,
        "size": size,
        "source": one.source,
    }
    make_table("undoing", _ROWS, values)
    ties = tied(Customer, _TIE, own=[*GIVEN, ImportRow])
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_TOUCHED.format(ties=" OR ".join(ties)))
        for statement in [*_STATEMENTS, *_gone()]:
            cursor.execute(statement, values)
    refresh_search(_customers("outcome = 'changed'"))
    followers.primary_email_changed(_customers("outcome = 'changed' AND changes ? 'email'"))
    return count()


def _gone() -> list[str]:
    """Statements that delete who came by the import, and first what it gave them."""
    tables = [model._meta.db_table for model in GIVEN]
    gone = "(SELECT customer_id FROM undoing WHERE outcome = 'created' AND NOT is_touched)"
    return [
        *(f"DELETE FROM {table} WHERE customer_id IN {gone}" for table in tables),  # noqa: S608 -- models' tables
        f"UPDATE customers_importrow SET customer_id = NULL WHERE customer_id IN {gone}",  # noqa: S608 -- constants
        f"DELETE FROM customers_customer WHERE id IN {gone}",  # noqa: S608 -- constants
        note(ImportRow),
    ]


def _customers(condition: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT customer_id FROM undoing WHERE {condition} AND NOT is_touched ORDER BY 1"  # noqa: S608 -- constants of this module
        )
        return [pk for (pk,) in cursor.fetchall()]


_ROWS = """
SELECT *, false AS is_touched FROM customers_importrow
WHERE of_import_id = %(import)s AND line > %(after)s AND is_written AND customer_id IS NOT NULL
ORDER BY line LIMIT %(size)s
"""
# Whoever wants to tie something to one of them meanwhile waits, and then finds them gone.
_LOCK = """
SELECT id FROM customers_customer WHERE id IN (SELECT customer_id FROM undoing)
ORDER BY id FOR UPDATE
"""
_TIE = "EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = u.customer_id)"
_TOUCHED = """
UPDATE undoing u SET is_touched = true FROM customers_customer c
WHERE c.id = u.customer_id AND outcome <> 'unchanged' AND (
    c.updated_at IS DISTINCT FROM u.left_at
    OR EXISTS (SELECT 1 FROM customers_importrow r
        WHERE r.customer_id = u.customer_id AND r.id > u.id AND r.is_written)
    OR EXISTS (SELECT 1 FROM customers_identity mine JOIN customers_identity i
        ON i.kind = 'email' AND i.is_primary AND i.key = mine.key AND i.customer_id <> u.customer_id
        WHERE mine.id = (u.before ->> 'email_id')::bigint)
    OR u.changes ? 'email' AND EXISTS (SELECT 1 FROM customers_letter l
        WHERE l.customer_id = u.customer_id AND l.created_at > u.left_at)
    OR outcome = 'created' AND ({ties} OR EXISTS (SELECT 1 FROM events_eventabout a
        WHERE a.about_type = 'customers.customer' AND a.about_id = u.customer_id)))
"""
_UNDO = "u.outcome = 'changed' AND NOT u.is_touched"
_TOLD = ", ".join(f"'{name}', c.{name}" for name in TOLD)
# Totals of a file give way only to those of before. While orders count, what was told before waits.
_FIGURES = f"""CASE
    WHEN NOT u.changes ?| ARRAY['orders_count', 'amount_spent']
        THEN jsonb_build_object({_TOLD}, 'export_figures', c.export_figures)
    WHEN c.figures_from_export THEN '{{}}'
    ELSE jsonb_build_object({_TOLD}, 'export_figures', {told_by_export("was")}) END"""
_STATEMENTS = [
    f"""
UPDATE customers_customer c SET version = c.version + 1, updated_at = {WHEN_BEFORE},
    ({", ".join(RESTORED)}) = (SELECT {", ".join(f"b.{name}" for name in RESTORED)}
        FROM jsonb_populate_record(c, u.before -> 'columns' || {_FIGURES}) b)
FROM undoing u, jsonb_populate_record(NULL::customers_customer, u.before -> 'columns') was
WHERE c.id = u.customer_id AND {_UNDO}
""",  # noqa: S608 -- of constants
    f"""
DELETE FROM customers_identity i USING undoing u
WHERE i.customer_id = u.customer_id AND i.is_primary AND {_UNDO} AND (
    i.kind = 'email' AND u.changes ? 'email' AND NOT (u.before ->> 'knew_email')::boolean
    OR i.kind = 'phone' AND u.changes ? 'phone')
""",  # noqa: S608 -- of constants
    f"""
UPDATE customers_identity i SET is_primary = false FROM undoing u
WHERE i.customer_id = u.customer_id AND i.is_primary AND {_UNDO}
    AND i.kind = 'email' AND u.changes ? 'email'
""",  # noqa: S608 -- of constants
    f"""
UPDATE customers_identity i SET is_primary = true FROM undoing u
WHERE i.customer_id = u.customer_id AND {_UNDO} AND NOT i.is_primary AND (
    u.changes ? 'email' AND i.id = (u.before ->> 'email_id')::bigint
    OR u.changes ? 'phone' AND i.id = (u.before ->> 'phone_id')::bigint)
""",  # noqa: S608 -- of constants
    f"""
DELETE FROM customers_address a USING undoing u
WHERE a.customer_id = u.customer_id AND a.is_default AND {_UNDO} AND u.changes ? 'address'
""",  # noqa: S608 -- of constants
    f"""
UPDATE customers_address a SET is_default = true FROM undoing u
WHERE a.id = (u.before ->> 'address_id')::bigint AND {_UNDO} AND u.changes ? 'address'
""",  # noqa: S608 -- of constants
    f"""
DELETE FROM customers_externalid e USING undoing u
WHERE e.customer_id = u.customer_id AND e.source = %(source)s AND {_UNDO}
    AND e.value = u.changes -> 'external_id' ->> 1
""",  # noqa: S608 -- of constants
    f"""
DELETE FROM customers_tagging g USING undoing u, customers_tag t
WHERE g.customer_id = u.customer_id AND g.tag_id = t.id AND {_UNDO}
    AND u.before -> 'tag_keys' ? t.key
""",  # noqa: S608 -- of constants
]
