"""Whose is it? Customers for rows of another app's import, found or else created: set-based.

The caller makes the temporary table `buyers`: a row for each order, say, with its `line`, an empty
`customer_id`, which is filled here, a false `is_new`, set on the row that brings somebody, and a
false `subscribes`, set on the row whose "yes" to newsletters counts. It says of who bought:
email_key, phone_key, phone, name, company, street, extra, postal_code, city, region, country,
address_phone, says_yes; when, as of two rows about one newcomer the later `said_at` describes them;
and whether it `counts` as an order and what it is worth (`spent`): a newcomer comes with these
figures, so that counting them right afterwards finds nothing to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from customers.importing.chunks import make_table
from customers.importing.of_customers.writing import write_people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers.importing.models import Import


def find_known(expected: str = "", values: Mapping[str, Any] | None = None) -> None:
    """Note on `buyers` whom we know. The caller locks them (`customers.figures.lock`).

    `expected`, a query with its `values`, tells a dry run who else would have the phone
    `s.phone_key` by then: customer_id, has_email.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_EMAIL)
        cursor.execute(_BY_OTHER_EMAIL)
        cursor.execute(_by_phone(expected), values)


def take_in(one: Import) -> None:
    """Create those whom nobody knows, after `find_known`.

    Raises IntegrityError when somebody took an address meanwhile. Leaves no event for each of them.
    """
    sort_out(lambda key: _create(key, one))


def sort_out(
    create: Callable[[str], None], expected: str = "", values: Mapping[str, Any] | None = None
) -> None:
    """Have those created whom nobody knows: by `email_key`, then who is left by `phone_key`.

    Both in the import and in its dry run, which `create`s nobody and counts them (`find_known`).
    """
    create("email_key")
    with connection.cursor() as cursor:
        cursor.execute(_by_phone(expected), values)  # of somebody who has just come, too
        cursor.execute(_HAS_UNKNOWN)
        (has_unknown,) = cursor.fetchone()
    if has_unknown:
        create("phone_key")


def unknown_by(key: str, columns: str) -> str:
    """A query: whom `sort_out` has created by this key, each as the latest row tells of them."""
    return f"""
SELECT DISTINCT ON (b.{key}) {columns}
FROM buyers b WHERE b.customer_id IS NULL AND b.{key} <> ''
    AND ('{key}' = 'email_key' OR b.email_key = '')
WINDOW theirs AS (PARTITION BY b.{key})
ORDER BY b.{key}, b.said_at DESC, b.line
"""  # noqa: S608 -- of constants


def _by_phone(expected: str) -> str:
    return _BY_PHONE.format(expected=f"UNION ALL ({expected})" if expected else "")


def subscribe(one: Import) -> None:
    """Those of `buyers` who were known and say yes to newsletters: locked by the caller."""
    make_table("planned", _YES, {}, measured="line, customer_id")
    if write_people(one):
        with connection.cursor() as cursor:
            cursor.execute(_SUBSCRIBES)


def _create(key: str, one: Import) -> None:
    # The writer's own table: what the machine had there is counted by then.
    query = unknown_by(key, _NEW)
    make_table("planned", query, {}, measured="line, customer_id, email_key, phone_key")
    if write_people(one):
        with connection.cursor() as cursor:
            cursor.execute(_JOIN.format(key=key))
            cursor.execute(_SUBSCRIBES)


# By the primary e-mail address, then by a further one that no two have.
_BY_EMAIL = """
UPDATE buyers b SET customer_id = i.customer_id FROM (
    SELECT DISTINCT ON (s.email_key) s.email_key, i.customer_id FROM buyers s, LATERAL (
        SELECT customer_id FROM customers_identity
        WHERE kind = 'email' AND is_primary AND key = s.email_key LIMIT 1) i
    WHERE s.email_key <> '' AND s.customer_id IS NULL) i
WHERE b.customer_id IS NULL AND b.email_key = i.email_key
"""
_BY_OTHER_EMAIL = """
UPDATE buyers b SET customer_id = i.customer_id FROM (
    SELECT DISTINCT ON (s.email_key) s.email_key, i.customer_id FROM buyers s, LATERAL (
        SELECT min(found.customer_id) AS customer_id FROM (
            SELECT customer_id FROM customers_identity
            WHERE kind = 'email' AND key = s.email_key LIMIT 2) AS found
        HAVING count(*) = 1) i
    WHERE s.email_key <> '' AND s.customer_id IS NULL) i
WHERE b.customer_id IS NULL AND b.email_key = i.email_key
"""
# Couples and practices share a phone: it finds somebody only for who gives no e-mail address, and
# only the one who has it; of several the only one who has no e-mail address either, or else each
# row would bring somebody new.
_BY_PHONE = """
UPDATE buyers b SET customer_id = i.customer_id FROM (
    SELECT s.phone_key, i.customer_id
    FROM (SELECT DISTINCT phone_key FROM buyers
        WHERE email_key = '' AND phone_key <> '' AND customer_id IS NULL) s, LATERAL (
        SELECT CASE WHEN count(*) = 1 THEN min(customer_id)
            WHEN count(*) FILTER (WHERE NOT has_email) = 1
                THEN min(customer_id) FILTER (WHERE NOT has_email) END AS customer_id
        FROM ((SELECT p.customer_id, EXISTS (SELECT 1 FROM customers_identity e
                WHERE e.customer_id = p.customer_id AND e.kind = 'email' OFFSET 0) AS has_email
            FROM customers_identity p
            WHERE p.kind = 'phone' AND p.key = s.phone_key LIMIT 100) {expected}) found
        ) i) i
WHERE b.customer_id IS NULL AND b.email_key = '' AND b.phone_key = i.phone_key
"""
_HAS_UNKNOWN = "SELECT EXISTS (SELECT 1 FROM buyers WHERE customer_id IS NULL)"
_JOIN = """
UPDATE buyers b SET customer_id = p.customer_id, is_new = b.line = p.line FROM planned p
WHERE p.outcome = 'created' AND b.customer_id IS NULL AND b.{key} = p.{key} AND b.{key} <> ''
    AND ('{key}' = 'email_key' OR b.email_key = '')
"""
_SUBSCRIBES = """
UPDATE buyers b SET subscribes = true FROM planned p WHERE b.line = p.line AND p.email_consent
"""

# As the writer of imports wants its rows. A name's last word is the last name.
_LAST = "substring(trim(b.name) FROM '\\S+$')"
_PERSON = f"""'created' AS outcome, '' AS external_id,
    left(trim(left(trim(b.name), length(trim(b.name)) - length({_LAST}))), 100) AS first_name,
    left(coalesce({_LAST}, ''), 100) AS last_name, left(b.company, 150) AS company,
    b.email_key AS email, b.email_key, b.phone, b.phone_key, left(b.street, 200) AS street,
    left(b.extra, 200) AS extra, left(b.postal_code, 20) AS postal_code, left(b.city, 100) AS city,
    left(b.region, 100) AS region, b.country, left(b.address_phone, 40) AS address_phone,
    b.says_yes AS email_consent, NULL::text AS email_consent_to,
    b.email_key <> '' AS email_moves, b.phone_key <> '' AS phone_is_new,
    b.street || b.city || b.postal_code <> '' AS address_is_new, true AS is_new"""
_NOTHING_SAID = """'' AS note, NULL::boolean AS sms_consent, NULL::text AS sms_consent_to,
    '{}'::text[] AS tags, '{}'::text[] AS tag_keys, 0 AS new_tags, false AS figures_differ,
    false AS id_is_new, false AS names_differ"""
_NOBODY = """'' AS first_name, '' AS last_name, '' AS company, '' AS email, '' AS email_key,
    '' AS phone, '' AS phone_key, '' AS street, '' AS extra, '' AS postal_code, '' AS city,
    '' AS region, '' AS country, '' AS address_phone"""
_FIGURES = """(count(*) FILTER (WHERE b.counts) OVER theirs)::integer AS orders_count,
    sum(b.spent) FILTER (WHERE b.counts) OVER theirs AS amount_spent,
    min(b.said_at) FILTER (WHERE b.counts) OVER theirs AS first_order_at,
    max(b.said_at) FILTER (WHERE b.counts) OVER theirs AS last_order_at"""
_NEW = f"""b.line, NULL::bigint AS customer_id, {_PERSON}, {_NOTHING_SAID}, {_FIGURES},
    false AS person_differs"""
# A "yes" to newsletters counts for somebody who was never asked, at the address that we write to,
# and only in their latest word: not where an order is known that came later, nor where a file of
# customers told of them as they are today. It never brings back who left.
_YES = f"""
SELECT min(b.line) AS line, c.id AS customer_id, 'changed' AS outcome, '' AS external_id, {_NOBODY},
    true AS email_consent, 'SUBSCRIBED' AS email_consent_to, false AS email_moves,
    false AS phone_is_new, false AS address_is_new, false AS is_new, {_NOTHING_SAID},
    NULL::integer AS orders_count, NULL::numeric AS amount_spent,
    NULL::timestamptz AS first_order_at, NULL::timestamptz AS last_order_at, true AS person_differs
FROM buyers b JOIN customers_customer c ON c.id = b.customer_id
JOIN customers_identity i ON i.customer_id = c.id AND i.is_primary AND i.kind = 'email'
    AND i.key = b.email_key
WHERE b.says_yes AND c.email_consent = 'NOT_SUBSCRIBED' AND c.email_consent_at IS NULL
    AND (c.last_order_at IS NULL OR b.said_at > c.last_order_at)
    AND NOT EXISTS (SELECT 1 FROM customers_importrow r
        WHERE r.customer_id = c.id AND r.is_written)
    AND NOT EXISTS (SELECT 1 FROM buyers later
        WHERE later.customer_id = c.id AND later.said_at > b.said_at)
    AND NOT EXISTS (SELECT 1 FROM buyers brings WHERE brings.customer_id = c.id AND brings.is_new)
GROUP BY c.id
"""  # noqa: S608 -- of constants
