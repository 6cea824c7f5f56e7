"""What was planned, written: a handful of statements for any number of rows.

Each works on the temporary table `planned` of `customers.importing.of_customers.matching`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from customers import followers
from customers.importing.owing import owe, paid_by
from customers.models import Customer
from customers.search_rows import refresh_sort_names, refresh_what_search_reads, sort_name
from shop.models import Shop

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

    from customers.importing.models import Import

# What a new customer has from the row; every other column takes its default.
_NEW_CUSTOMER = {
    "id": "customer_id",
    "first_name": "first_name",
    "last_name": "last_name",
    "company": "company",
    # By the same rule as everywhere: nothing is left to do afterwards.
    "sort_name": sort_name("planned", "nullif(email_key, ''), nullif(phone_key, '')"),
    "note": "note",
    "city": "city",
    "country": "country",
    "email_consent": "CASE WHEN email_consent THEN 'SUBSCRIBED' ELSE 'NOT_SUBSCRIBED' END",
    "email_consent_level": "CASE WHEN email_consent THEN 'unknown' ELSE '' END",
    "email_consent_at": "CASE WHEN email_consent THEN %(as_of)s END",
    "email_consent_collected_from": "CASE WHEN email_consent THEN 'FILE' ELSE '' END",
    "sms_consent": "CASE WHEN sms_consent THEN 'SUBSCRIBED' ELSE 'NOT_SUBSCRIBED' END",
    "sms_consent_level": "CASE WHEN sms_consent THEN 'unknown' ELSE '' END",
    "sms_consent_at": "CASE WHEN sms_consent THEN %(as_of)s END",
    "sms_consent_collected_from": "CASE WHEN sms_consent THEN 'FILE' ELSE '' END",
    "orders_count": "coalesce(orders_count, 0)",
    "amount_spent": "coalesce(amount_spent, 0)",
    "first_order_at": "first_order_at",
    "last_order_at": "last_order_at",
    "figures_from_export": "figures_differ",
    "export_currency": "CASE WHEN figures_differ THEN %(currency)s ELSE '' END",
    "created_at": "now()",
    "updated_at": "now()",
}

_ADD_IDENTITY = """
INSERT INTO customers_identity (customer_id, kind, value, key, is_primary, proof)
SELECT customer_id, '{kind}', {kind}, {kind}_key, true, 'imported' FROM planned
WHERE outcome IN ('created', 'changed') AND {condition} ORDER BY line
ON CONFLICT (customer_id, kind, key) DO UPDATE SET is_primary = true
"""

_NUMBER_NEW = """
UPDATE planned SET customer_id = nextval(pg_get_serial_sequence('customers_customer', 'id'))
WHERE outcome = 'created' AND customer_id IS NULL
"""
_STATEMENTS = [
    """
UPDATE customers_customer c SET
    first_name = coalesce(nullif(p.first_name, ''), c.first_name),
    last_name = coalesce(nullif(p.last_name, ''), c.last_name),
    company = coalesce(nullif(p.company, ''), c.company),
    note = coalesce(nullif(p.note, ''), c.note),
    city = CASE WHEN p.address_is_new THEN p.city ELSE c.city END,
    country = CASE WHEN p.address_is_new OR c.country = '' THEN p.country ELSE c.country END,
    email_consent = coalesce(p.email_consent_to, c.email_consent),
    email_consent_level =
        CASE WHEN p.email_consent_to IS NULL THEN c.email_consent_level ELSE 'unknown' END,
    email_consent_at =
        CASE WHEN p.email_consent_to IS NULL THEN c.email_consent_at ELSE %(as_of)s END,
    email_consent_collected_from =
        CASE WHEN p.email_consent_to IS NULL THEN c.email_consent_collected_from ELSE 'FILE' END,
    sms_consent = coalesce(p.sms_consent_to, c.sms_consent),
    sms_consent_level =
        CASE WHEN p.sms_consent_to IS NULL THEN c.sms_consent_level ELSE 'unknown' END,
    sms_consent_at = CASE WHEN p.sms_consent_to IS NULL THEN c.sms_consent_at ELSE %(as_of)s END,
    sms_consent_collected_from =
        CASE WHEN p.sms_consent_to IS NULL THEN c.sms_consent_collected_from ELSE 'FILE' END,
    orders_count = CASE WHEN p.figures_differ THEN coalesce(p.orders_count, c.orders_count)
        ELSE c.orders_count END,
    amount_spent = CASE WHEN p.figures_differ THEN coalesce(p.amount_spent, c.amount_spent)
        ELSE c.amount_spent END,
    figures_from_export = c.figures_from_export OR p.figures_differ,
    export_currency = CASE WHEN p.figures_differ THEN %(currency)s ELSE c.export_currency END,
    version = c.version + CASE WHEN p.names_differ THEN 1 ELSE 0 END,
    updated_at = CASE WHEN p.person_differs THEN now() ELSE c.updated_at END
FROM planned p WHERE p.outcome = 'changed' AND c.id = p.customer_id
""",
    """
UPDATE customers_identity i SET is_primary = false FROM planned p
WHERE p.outcome = 'changed' AND i.customer_id = p.customer_id AND i.is_primary
  AND ((p.email_moves AND i.kind = 'email') OR (p.phone_is_new AND i.kind = 'phone'))
""",
    _ADD_IDENTITY.format(kind="email", condition="email_moves"),
    _ADD_IDENTITY.format(kind="phone", condition="phone_is_new"),
    """
INSERT INTO customers_externalid (customer_id, source, value)
SELECT customer_id, %(source)s, external_id FROM planned
WHERE outcome IN ('created', 'changed') AND id_is_new ORDER BY line
""",
    """
UPDATE customers_address a SET is_default = false FROM planned p
WHERE p.outcome = 'changed' AND p.address_is_new AND a.customer_id = p.customer_id AND a.is_default
""",
    """
INSERT INTO customers_address (customer_id, first_name, last_name, company, street, extra,
    postal_code, city, region, country, phone, is_default, version)
SELECT customer_id, first_name, last_name, company, street, extra, postal_code,
    city, region, country, address_phone, true, 1
FROM planned WHERE outcome IN ('created', 'changed') AND address_is_new ORDER BY line
""",
    """
INSERT INTO customers_tag (name, key)
SELECT DISTINCT ON (said.key COLLATE "C") said.name, said.key
FROM planned, unnest(tags, tag_keys) AS said (name, key)
WHERE outcome IN ('created', 'changed') AND new_tags > 0
  AND NOT EXISTS (SELECT 1 FROM customers_tag t WHERE t.key = said.key)
ORDER BY said.key COLLATE "C", line ON CONFLICT (key) DO NOTHING
""",
    """
INSERT INTO customers_tagging (customer_id, tag_id)
SELECT p.customer_id, t.id
FROM planned p, unnest(p.tag_keys) AS said (key) JOIN customers_tag t ON t.key = said.key
WHERE p.outcome IN ('created', 'changed') AND p.new_tags > 0
ON CONFLICT (tag_id, customer_id) DO NOTHING
""",
]
_FORGET_ROWS = """
DELETE FROM customers_importrow r USING planned p
WHERE r.of_import_id = %(import)s AND r.line = p.line
"""
# The dry run notes whom the file speaks of, and what needs a look.
_NOTE_ROWS = """
INSERT INTO customers_importrow (of_import_id, line, customer_id, is_written, outcome, problems,
    changes, before, left_at, digest, nameless_key)
SELECT of_import_id, line, CASE WHEN outcome <> 'skipped' THEN customer_id END, NOT %(dry)s,
    outcome, CASE WHEN refusal IS NULL THEN problems
         ELSE problems || jsonb_build_array(jsonb_build_array(refusal, '')) END,
    coalesce(changes, '{}'), CASE WHEN %(dry)s THEN '{}' ELSE coalesce(before, '{}') END,
    CASE WHEN NOT %(dry)s THEN (SELECT c.updated_at FROM customers_customer c
        WHERE c.id = customer_id AND outcome <> 'skipped') END, digest,
    CASE WHEN external_id = '' AND email_key = '' THEN digest END
FROM planned LEFT JOIN differences USING (line)
WHERE outcome IN ('skipped', 'changed')
    OR CASE WHEN %(dry)s AND outcome = 'created' THEN problems <> '[]' ELSE NOT is_known_row END
ORDER BY line
"""
SEARCH = "customers.search"
paid_by(SEARCH, refresh_what_search_reads)
WRITTEN = [
    *("customers_customer", "customers_identity", "customers_externalid", "customers_address"),
    *("customers_tag", "customers_tagging", "customers_importrow"),
    *("customers_customersearch", "customers_nameword"),
]
_SEARCHED = (
    "is_new OR names_differ OR email_moves OR phone_is_new OR address_is_new OR new_tags > 0"
)


def write_people(one: Import, *, source: str = "") -> int:
    """Create and change the customers of `planned`; returns how many. Search rows are owed.

    Inside the caller's transaction. Takes the same time per row always. Raises IntegrityError when
    somebody took an address meanwhile.
    """
    values: dict[str, Any] = {
        "as_of": one.uploaded_at,
        "source": source,
        "currency": Shop.current().currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_NEW)
        _create_customers(cursor, values)
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
    followers.primary_email_changed(_customers("outcome = 'changed' AND email_moves"))
    refresh_sort_names(_customers(f"outcome = 'changed' AND ({_SEARCHED})"))
    owe(one.pk, SEARCH, _customers(f"outcome IN ('created', 'changed') AND ({_SEARCHED})"))
    return len(_customers("outcome IN ('created', 'changed')"))


def note_rows(one: Import, *, dry: bool) -> None:
    """Leave a row for each line that needs a look, and for each first word about somebody.

    Also for one that changed nothing: it is known when it comes again.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_ROWS, {"import": one.pk})
        cursor.execute(_NOTE_ROWS, {"dry": dry})


def _customers(condition: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id FROM planned WHERE {condition} ORDER BY customer_id")  # noqa: S608 -- constants of this module
        return [pk for (pk,) in cursor.fetchall()]


def _create_customers(cursor: CursorWrapper, values: dict[str, Any]) -> None:
    """Every column that a row says nothing about takes the default that the model declares."""
    defaults = {
        str(field.column): field.get_default()
        for field in Customer._meta.concrete_fields
        if field.column not in _NEW_CUSTOMER and not field.generated
    }
    columns = [*_NEW_CUSTOMER, *defaults]
    said = [*_NEW_CUSTOMER.values(), *(f"%({column})s" for column in defaults)]
    cursor.execute(
        f"INSERT INTO customers_customer ({', '.join(columns)}) SELECT {', '.join(said)}"  # noqa: S608 -- names from the model
        " FROM planned WHERE outcome = 'created' ORDER BY line",
        {**values, **defaults},
    )
