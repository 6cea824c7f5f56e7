"""Whose row is it, and what would it change? A few statements for a chunk of rows.

The dry run counts the answers; the import writes them (`customers.importing.of_customers.writing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from customers.importing.chunks import make_table
from customers.importing.of_customers.changes import COMPARED
from customers.models.tags import TAGS_PER_CUSTOMER

if TYPE_CHECKING:
    from customers.importing.models import Import


def lock_matches(one: Import) -> None:
    """Hold the customers whom these rows are about, in one order, until the chunk is written."""
    make_table("matched", _MATCHED, _values(one))
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)


def plan(one: Import) -> None:
    """Put the rows and what is to become of them into the temporary table `planned`.

    And what they change into `differences`.
    """
    make_table("matched", _MATCHED, _values(one))
    with connection.cursor() as cursor:
        cursor.execute(_REMARK)
        cursor.execute(_KEEP, {"fills": one.only_fills_gaps})
    make_table("planned", _PLANNED, _values(one))
    make_table("differences", COMPARED, _values(one))


def _values(one: Import) -> dict[str, Any]:
    return {
        "import": one.pk,
        "after": one.done_line,
        "source": one.source,
        "as_of": one.uploaded_at,
        "most_tags": TAGS_PER_CUSTOMER,
        "fills": one.only_fills_gaps,
    }


# LATERAL … LIMIT and OFFSET 0: one look into an index per row, however old the statistics are;
# else the planner reads a whole table to answer for a few thousand customers.

# A customer is known by the shop's id, then by the primary e-mail address, then by a further one
# that no two have, then as the one who came from this very row before, then by a phone number that
# exactly one customer has. Couples and practices share a phone: it joins nobody who is told apart
# by an e-mail address on either side, by an id, or by standing in this very file: further up, as
# the dry run noted it and the import writes it; what the dry run noted further down is no news yet.
_MATCHED = """
WITH by_id AS (
    SELECT s.line, e.customer_id FROM chunk s, LATERAL (
        SELECT customer_id FROM customers_externalid
        WHERE source = %(source)s AND value = s.external_id LIMIT 1) e
    WHERE s.is_usable AND s.external_id <> ''
), by_email AS (
    SELECT s.line, i.customer_id FROM chunk s, LATERAL (
        SELECT customer_id FROM customers_identity
        WHERE kind = 'email' AND is_primary AND key = s.email_key LIMIT 1) i
    WHERE s.is_usable AND s.email_key <> ''
), by_other_email AS (
    SELECT s.line, i.customer_id FROM chunk s, LATERAL (
        SELECT min(found.customer_id) AS customer_id FROM (
            SELECT customer_id FROM customers_identity
            WHERE kind = 'email' AND key = s.email_key LIMIT 2) AS found
        HAVING count(*) = 1) i
    WHERE s.is_usable AND s.email_key <> '' AND (s.external_id = '' OR NOT EXISTS (
        SELECT 1 FROM (SELECT source FROM customers_externalid
            WHERE customer_id = i.customer_id OFFSET 0) e WHERE e.source = %(source)s OFFSET 0
    ))
), by_row AS (
    SELECT s.line, r.customer_id FROM chunk s, LATERAL (
        SELECT max(customer_id) AS customer_id FROM customers_importrow
        WHERE nameless_key = s.digest AND customer_id IS NOT NULL AND is_written
        HAVING count(*) > 0) r
    WHERE s.is_usable AND s.external_id = '' AND s.email_key = ''
), by_phone AS (
    SELECT s.line, s.external_id, s.email_key, i.customer_id FROM chunk s, LATERAL (
        SELECT min(found.customer_id) AS customer_id FROM (
            SELECT customer_id FROM customers_identity
            WHERE kind = 'phone' AND key = s.phone_key LIMIT 2) AS found
        HAVING count(*) = 1) i
    WHERE s.is_usable AND s.phone_key <> '' AND NOT EXISTS (
        SELECT 1 FROM (SELECT of_import_id FROM customers_importrow
            WHERE customer_id = i.customer_id AND line <= %(after)s OFFSET 0) r
        WHERE r.of_import_id = %(import)s OFFSET 0
    )
), by_phone_alone AS (
    SELECT p.line, p.customer_id FROM by_phone p
    WHERE (p.external_id = '' OR NOT EXISTS (
        SELECT 1 FROM (SELECT source FROM customers_externalid
            WHERE customer_id = p.customer_id OFFSET 0) e WHERE e.source = %(source)s OFFSET 0
    )) AND (p.email_key = '' OR NOT EXISTS (
        SELECT 1 FROM customers_identity i
        WHERE i.customer_id = p.customer_id AND i.kind = 'email' AND i.is_primary OFFSET 0
    ))
), found AS (
    SELECT line, customer_id, 1 AS grade FROM by_id
    UNION ALL SELECT line, customer_id, 2 FROM by_email
    UNION ALL SELECT line, customer_id, 3 FROM by_other_email
    UNION ALL SELECT line, customer_id, 4 FROM by_row
    UNION ALL SELECT line, customer_id, 5 FROM by_phone_alone
), best AS (
    SELECT DISTINCT ON (line) line, customer_id, grade FROM found ORDER BY line, grade
), ranked AS (
    SELECT *, row_number() OVER same_customer > 1 AS is_second FROM best
    WINDOW same_customer AS (PARTITION BY customer_id ORDER BY grade, line DESC)
), owners AS (
    SELECT line, max(customer_id) FILTER (WHERE grade = 2) AS email_owner,
        bool_or(grade = 1) AS is_id_known FROM found GROUP BY line
), joined AS (
    SELECT line, r.customer_id, o.email_owner, o.is_id_known, r.is_second AS is_same_customer,
        r.grade = 3 AS is_by_other_email
    FROM ranked r JOIN owners o USING (line)
    WHERE NOT (r.is_second AND r.grade = 5)
)
SELECT line, j.customer_id, j.email_owner, j.is_id_known, j.is_same_customer, j.is_by_other_email,
    p.customer_id AS phone_owner
FROM joined j FULL JOIN by_phone p USING (line)
"""

# Staff are told of somebody new who may be somebody known.
_REMARK = """
UPDATE chunk SET problems = problems || jsonb_build_array(jsonb_build_array('phone_shared',
    coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')), ''),
        nullif(c.company, ''), c.id::text)))
FROM matched m JOIN customers_customer c ON c.id = m.phone_owner
WHERE m.line = chunk.line AND m.customer_id IS NULL
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
# either: what staff have mended since stays mended when an old file comes again.
_COMPARED = f"""
SELECT s.*, m.customer_id, m.email_owner, m.is_same_customer, c.account_state,
    c.id IS NULL AS is_new,
    s.external_id <> '' AND m.is_id_known IS NOT TRUE AS id_is_new,
    coalesce((SELECT r.digest = s.digest AND (%(fills)s OR NOT i.only_fills_gaps)
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
        WHEN email_key <> '' AND email_owner <> customer_id THEN 'email_taken'
        WHEN email_moves AND account_state = 'enabled' THEN 'email_of_account'
        WHEN new_tags > 0 AND new_tags + (
            SELECT count(*) FROM customers_tagging g WHERE g.customer_id = compared.customer_id
        ) > %(most_tags)s THEN 'too_many_tags'
        END AS refusal, names_differ OR email_moves OR phone_is_new OR address_is_new OR id_is_new
        OR new_tags > 0 OR email_consent_to IS NOT NULL OR sms_consent_to IS NOT NULL
        AS person_differs
    FROM compared
)
SELECT judged.*, CASE
    WHEN NOT is_usable OR refusal IS NOT NULL THEN 'skipped'
    WHEN is_new THEN 'created'
    WHEN is_known_row THEN 'unchanged'
    WHEN person_differs OR figures_differ THEN 'changed'
    ELSE 'unchanged' END AS outcome
FROM judged ORDER BY line
"""  # noqa: S608 -- of constants
