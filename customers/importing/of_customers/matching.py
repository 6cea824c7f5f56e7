"""What would a row change, and of whom? A few statements for a chunk of rows.

The dry run counts the answers; the import writes them (`customers.importing.of_customers.writing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from customers.importing.chunks import make_table
from customers.importing.of_customers.changes import COMPARED
from customers.importing.of_customers.owners import FOUND_FOR_ITSELF
from customers.models.tags import TAGS_PER_CUSTOMER

if TYPE_CHECKING:
    from customers.importing.models import Import


def match(one: Import) -> None:
    """Note in `matched` whom these rows are about.

    If they are to be written, those customers are held until they are; who was waited for may be
    another by then, and is looked for anew.
    """
    make_table("matched", _MATCHED, _values(one))
    if one.started_at:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK)
            is_anybody_held = cursor.rowcount > 0
        if is_anybody_held:
            make_table("matched", _MATCHED, _values(one))


def plan(one: Import) -> None:
    """Put the rows and what is to become of them into the temporary table `planned`.

    And what they change into `differences`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_REMARK)
        cursor.execute(_NAME_ONCE)
        cursor.execute(_KEEP, {"fills": one.only_fills_gaps})
        cursor.execute(_KEEP_HELD)
    make_table("planned", _PLANNED, _values(one))
    make_table("differences", COMPARED, _values(one))


def has_come_meanwhile() -> bool:
    """Whether another import has brought somebody new of `planned` by the very same row.

    Of rows with an id or an address, where nobody can come twice, the database says so itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HAS_COME)
        return bool(cursor.fetchone()[0])


def _values(one: Import) -> dict[str, Any]:
    return {
        "source": one.source,
        "as_of": one.uploaded_at,
        "most_tags": TAGS_PER_CUSTOMER,
        "fills": one.only_fills_gaps,
        "writes": one.started_at is not None,
    }


# As `match_file` noted it, or found now: a customer who came meanwhile, by other hands, is met, and
# of two rows of one chunk that meet the same the one with the id is written, or else the last.
_MATCHED = f"""
SELECT line, customer_id, is_id_known, is_email_taken, is_by_other_email, shares_phone_with,
    customer_id IS NOT NULL AND (is_second OR row_number() OVER same_customer > 1)
        AS is_same_customer
FROM (
    SELECT s.line, coalesce(now.customer_id, noted.customer_id) AS customer_id,
        by_id.customer_id IS NOT NULL AS is_id_known,
        noted.is_email_taken IS TRUE OR by_email.customer_id
            <> coalesce(now.customer_id, noted.customer_id) AS is_email_taken,
        noted.is_by_other_email IS TRUE AS is_by_other_email,
        coalesce(noted.shares_phone_with, '') AS shares_phone_with,
        noted.is_second IS TRUE AS is_second
    FROM chunk s {FOUND_FOR_ITSELF} CROSS JOIN LATERAL (
        SELECT coalesce(by_id.customer_id, by_email.customer_id, by_row.customer_id) AS customer_id
    ) now LEFT JOIN LATERAL (
        SELECT * FROM customers_matchedrow m
        WHERE m.of_import_id = s.of_import_id AND m.line = s.line
            AND coalesce(now.customer_id, m.customer_id) IS NOT DISTINCT FROM m.customer_id LIMIT 1
    ) noted ON true
    WHERE s.is_usable
) AS found
WINDOW same_customer AS (PARTITION BY customer_id ORDER BY is_second, is_id_known DESC, line DESC)
"""  # noqa: S608 -- of constants

_REMARK = """
UPDATE chunk SET problems = problems
    || jsonb_build_array(jsonb_build_array('phone_shared', m.shares_phone_with))
FROM matched m WHERE m.line = chunk.line AND m.shares_phone_with <> ''
"""

# Of a single word nobody can tell which name it is: who is called Karl is not Karl Karl by it.
_NAME_ONCE = """
UPDATE chunk SET first_name = '', last_name = ''
FROM matched m JOIN customers_customer c ON c.id = m.customer_id
WHERE m.line = chunk.line AND '' IN (chunk.first_name, chunk.last_name)
    AND (c.first_name, c.last_name) = (chunk.last_name, chunk.first_name)
"""

# Only what is not there yet: if so chosen, and always of one met by a further address of theirs.
# Consent to mail at an address that is not taken is no consent to mail at the primary one; a "no"
# counts, as it may be a withdrawal. No address moves somebody to another country.
_KEEP = """
UPDATE chunk SET
    first_name = CASE WHEN c.first_name = '' THEN chunk.first_name ELSE '' END,
    last_name = CASE WHEN c.last_name = '' THEN chunk.last_name ELSE '' END,
    company = CASE WHEN c.company = '' THEN chunk.company ELSE '' END,
    note = CASE WHEN c.note = '' THEN chunk.note ELSE '' END,
    email_key = CASE WHEN has.email = '' THEN chunk.email_key ELSE '' END,
    email_consent = CASE
        WHEN %(fills)s AND chunk.email_consent AND c.email_consent <> 'NOT_SUBSCRIBED' THEN NULL
        WHEN has.email IN ('', chunk.email_key) OR chunk.email_key = '' THEN chunk.email_consent
        END,
    sms_consent = CASE
        WHEN %(fills)s AND chunk.sms_consent AND c.sms_consent <> 'NOT_SUBSCRIBED' THEN NULL
        ELSE chunk.sms_consent END,
    phone_key = CASE WHEN has.phone THEN '' ELSE chunk.phone_key END,
    country = coalesce(nullif(c.country, ''), CASE WHEN NOT has.address THEN chunk.country END, ''),
    has_address = chunk.has_address AND NOT has.address
        AND (c.country = '' OR chunk.country IN ('', c.country)),
    orders_count = CASE WHEN NOT has.figures THEN chunk.orders_count END,
    amount_spent = CASE WHEN NOT has.figures THEN chunk.amount_spent END
FROM matched m JOIN customers_customer c ON c.id = m.customer_id, LATERAL (SELECT
    coalesce((SELECT i.key FROM customers_identity i WHERE i.customer_id = c.id
        AND i.kind = 'email' AND i.is_primary), '') AS email,
    EXISTS (SELECT 1 FROM customers_identity i WHERE i.customer_id = c.id AND i.kind = 'phone'
        OFFSET 0) AS phone,
    EXISTS (SELECT 1 FROM customers_address a WHERE a.customer_id = c.id OFFSET 0) AS address,
    %(fills)s AND (c.orders_count > 0 OR c.amount_spent > 0) AS figures) has
WHERE m.line = chunk.line AND (m.is_by_other_email OR %(fills)s)
"""

# On hold nothing moves that reaches the customer. Consent is kept as above.
_KEEP_HELD = """
WITH held AS (SELECT s.line, c.country,
    s.email_key <> '' AND NOT EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'email' AND i.is_primary AND i.key = s.email_key
        OFFSET 0) AS moves_email,
    s.phone_key <> '' AND NOT EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'phone' AND i.key = s.phone_key
        OFFSET 0) AS moves_phone,
    s.has_address AND NOT EXISTS (SELECT 1 FROM customers_address a WHERE a.customer_id = c.id
        AND (a.street, a.extra, a.postal_code, a.city, a.region, a.country)
          = (s.street, s.extra, s.postal_code, s.city, s.region, s.country)
        OFFSET 0) OR s.country <> '' AND c.country = '' AS moves_home
    FROM chunk s JOIN matched m USING (line) JOIN customers_customer c ON c.id = m.customer_id
    WHERE c.held_at IS NOT NULL)
UPDATE chunk SET problems = problems || jsonb_build_array(jsonb_build_array('on_hold', '')),
    email_consent = CASE WHEN NOT moves_email THEN chunk.email_consent END,
    email_key = CASE WHEN moves_email THEN '' ELSE chunk.email_key END,
    phone_key = CASE WHEN moves_phone THEN '' ELSE chunk.phone_key END,
    country = CASE WHEN moves_home THEN held.country ELSE chunk.country END,
    has_address = chunk.has_address AND NOT moves_home
FROM held WHERE held.line = chunk.line AND (moves_email OR moves_phone OR moves_home)
"""

_LOCK = """
SELECT id FROM customers_customer WHERE id IN (SELECT customer_id FROM matched)
ORDER BY id FOR NO KEY UPDATE
"""

# The newest word wins; a file's word is as old as its upload. A "yes" never brings back somebody
# who unsubscribed: the file does not say when it was given.
_CONSENT = """CASE
    WHEN s.CHANNEL_consent IS NULL OR c.id IS NULL OR c.CHANNEL_consent_at >= %(as_of)s THEN NULL
    WHEN s.CHANNEL_consent AND c.CHANNEL_consent IN ('NOT_SUBSCRIBED', 'PENDING') THEN 'SUBSCRIBED'
    WHEN NOT s.CHANNEL_consent AND c.CHANNEL_consent = 'SUBSCRIBED' THEN 'UNSUBSCRIBED'
    END AS CHANNEL_consent_to"""

# An empty cell changes nothing. A row that says what this customer's last row said changes nothing
# either: what staff have mended since stays mended when an old file comes again. But what a hold
# kept out then, comes now.
_COMPARED = f"""
SELECT s.*, m.customer_id AS known_id, m.is_email_taken, m.is_same_customer, c.account_state,
    c.id IS NULL AS is_new, NULL::timestamptz AS first_order_at, NULL::timestamptz AS last_order_at,
    s.external_id <> '' AND m.is_id_known IS NOT TRUE AS id_is_new,
    coalesce((SELECT r.digest = s.digest AND (%(fills)s OR NOT i.only_fills_gaps)
            AND (c.held_at IS NOT NULL OR NOT r.problems @> '[["on_hold", ""]]')
        FROM customers_importrow r JOIN customers_import i ON i.id = r.of_import_id
        WHERE r.customer_id = c.id AND r.is_written ORDER BY r.id DESC LIMIT 1), false)
        AS is_known_row,
    s.email_key <> '' AND NOT EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'email' AND i.is_primary AND i.key = s.email_key
        OFFSET 0) AS email_moves,
    s.phone_key <> '' AND NOT EXISTS (SELECT 1 FROM customers_identity i
        WHERE i.customer_id = c.id AND i.kind = 'phone' AND i.key = s.phone_key
        OFFSET 0) AS phone_is_new,
    s.has_address AND NOT EXISTS (SELECT 1 FROM customers_address a WHERE a.customer_id = c.id
        AND (a.street, a.extra, a.postal_code, a.city, a.region, a.country)
          = (s.street, s.extra, s.postal_code, s.city, s.region, s.country)
        OFFSET 0) AS address_is_new,
    CASE WHEN c.id IS NULL THEN cardinality(s.tag_keys) ELSE (
        SELECT count(*) FROM unnest(s.tag_keys) AS said (key) WHERE NOT EXISTS (
            SELECT 1 FROM customers_tag t JOIN customers_tagging g ON g.tag_id = t.id
            WHERE t.key = said.key AND g.customer_id = c.id)) END AS new_tags,
    (s.first_name <> '' AND s.first_name <> c.first_name)
        OR (s.last_name <> '' AND s.last_name <> c.last_name)
        OR (s.company <> '' AND s.company <> c.company)
        OR (s.note <> '' AND s.note <> c.note)
        OR (s.country <> '' AND NOT s.has_address AND c.country = '') AS names_differ,
    {_CONSENT.replace("CHANNEL", "email")},
    {_CONSENT.replace("CHANNEL", "sms")},
    (c.id IS NULL OR c.figures_from_export
        OR (c.orders_count = 0 AND c.amount_spent = 0 AND c.last_order_at IS NULL))
        AND (coalesce(s.orders_count, c.orders_count, 0),
             coalesce(s.amount_spent, c.amount_spent, 0)) IS DISTINCT FROM
            (coalesce(c.orders_count, 0), coalesce(c.amount_spent, 0)) AS figures_differ
FROM chunk s LEFT JOIN matched m USING (line) LEFT JOIN LATERAL (
    SELECT * FROM customers_customer WHERE id = m.customer_id OFFSET 0) c ON true
"""  # noqa: S608 -- of constants
_PLANNED = f"""
WITH compared AS MATERIALIZED ({_COMPARED}), judged AS (
    SELECT *, CASE
        WHEN NOT is_usable THEN NULL
        WHEN is_same_customer THEN 'same_customer'
        WHEN is_known_row THEN NULL
        WHEN email_key <> '' AND is_email_taken THEN 'email_taken'
        WHEN email_moves AND account_state = 'enabled' THEN 'email_of_account'
        WHEN new_tags > 0 AND new_tags + (
            SELECT count(*) FROM customers_tagging g WHERE g.customer_id = compared.known_id
        ) > %(most_tags)s THEN 'too_many_tags'
        END AS refusal, names_differ OR email_moves OR phone_is_new OR address_is_new OR id_is_new
        OR new_tags > 0 OR email_consent_to IS NOT NULL OR sms_consent_to IS NOT NULL
        AS person_differs
    FROM compared
)
SELECT judged.*, outcome,
    CASE WHEN outcome = 'created' AND %(writes)s
        THEN nextval((SELECT pg_get_serial_sequence('customers_customer', 'id')::regclass))
        ELSE known_id END AS customer_id
FROM judged, LATERAL (SELECT CASE
    WHEN NOT is_usable OR refusal IS NOT NULL THEN 'skipped'
    WHEN is_new THEN 'created'
    WHEN is_known_row THEN 'unchanged'
    WHEN person_differs OR figures_differ THEN 'changed'
    ELSE 'unchanged' END AS outcome) o
ORDER BY line
"""  # noqa: S608 -- of constants
_HAS_COME = """
SELECT EXISTS (SELECT 1 FROM planned p, LATERAL (
    SELECT 1 FROM customers_importrow
    WHERE nameless_key = p.digest AND customer_id IS NOT NULL AND is_written LIMIT 1) r
WHERE p.outcome = 'created' AND p.external_id = '' AND p.email_key = '')
"""
