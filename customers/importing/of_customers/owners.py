"""Whose row is it? Asked for the whole file, before any row of it is written.

So it makes no difference in which order rows stand, nor where one chunk ends and the next begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from customers.importing.of_customers.staging import NAME_KEY

if TYPE_CHECKING:
    from customers.importing.models import Import


def match_file(one: Import) -> None:
    """Note whom the rows are about, wherever a look at their turn would tell something else.

    Before the first chunk of the dry run and of the import. Takes the same time per row always, and
    bears a repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"import": one.pk})
        cursor.execute(_MATCH, {"import": one.pk, "source": one.source})
        cursor.execute("ANALYZE customers_matchedrow")


_FORGET = "DELETE FROM customers_matchedrow WHERE of_import_id = %(import)s"

# LATERAL … LIMIT and OFFSET 0: one look into an index per row, however old the statistics are;
# else the planner reads a whole table to answer for a few thousand customers.

# Of the rows of a file no two carry the same id or address, or say the same with neither of them
# (`mark_repeated`): what these find, no other row of the file has written.
FOUND_FOR_ITSELF = """
LEFT JOIN LATERAL (
    SELECT customer_id FROM customers_externalid
    WHERE s.external_id <> '' AND source = %(source)s AND value = s.external_id LIMIT 1
) by_id ON true LEFT JOIN LATERAL (
    SELECT customer_id FROM customers_identity
    WHERE s.email_key <> '' AND kind = 'email' AND is_primary AND key = s.email_key LIMIT 1
) by_email ON true LEFT JOIN LATERAL (
    SELECT max(customer_id) AS customer_id FROM customers_importrow
    WHERE s.external_id = '' AND s.email_key = '' AND nameless_key = s.digest
        AND customer_id IS NOT NULL AND is_written
) by_row ON true
"""
_IS_TOLD_APART_BY_ID = """(s.external_id <> '' AND EXISTS (
        SELECT 1 FROM (SELECT source FROM customers_externalid
            WHERE customer_id = one.customer_id OFFSET 0) e
        WHERE e.source = %(source)s OFFSET 0))"""
_THE_ONLY_ONE_BY_EMAIL = """(
        SELECT min(customer_id) AS customer_id FROM (
            SELECT customer_id FROM customers_identity
            WHERE kind = 'email' AND key = s.email_key LIMIT 2) AS found
        HAVING count(*) = 1) one"""
# Only cells that are filled on both sides tell two apart: "Berg" may be Anna Berg.
_PARTS_DIFFER = """(
    s.first_name <> '' AND c.first_name <> '' AND lower(s.first_name) <> lower(c.first_name)
    OR s.last_name <> '' AND c.last_name <> '' AND lower(s.last_name) <> lower(c.last_name)
    OR s.first_name || s.last_name = '' AND s.company <> '' AND c.company <> ''
        AND lower(s.company) <> lower(c.company))"""
# The one who has it, unless called otherwise; of several who share it, the only one called so.
_THE_ONLY_ONE_BY_PHONE = f"""(
        SELECT CASE WHEN count(*) = 1 THEN min(customer_id)
            WHEN count(*) FILTER (WHERE is_namesake) = 1
                THEN min(customer_id) FILTER (WHERE is_namesake) END AS customer_id,
            coalesce(bool_or(is_namesake), false) AS is_namesake,
            bool_and(parts_differ AND is_namesake IS NOT TRUE) AS is_called_otherwise
        FROM (SELECT i.customer_id, called.* FROM customers_identity i, LATERAL (
                SELECT s.name_key = {NAME_KEY} AS is_namesake, {_PARTS_DIFFER} AS parts_differ
                FROM customers_customer c WHERE c.id = i.customer_id OFFSET 0) called
            WHERE kind = 'phone' AND key = s.phone_key LIMIT 100) AS found) one"""  # noqa: S608 -- of constants

# A customer is known by the shop's id, then by the primary e-mail address, then by a further one
# that no two have, then as the one who came from this very row before, then, where the row brings
# no e-mail address, by a phone number that exactly one customer has, or one of that name. Couples
# and practices share a phone, and anybody can say one that is not theirs: with an address to it
# they would be sent the links to that customer's account. Nor does it join who is told apart by an
# id, by a name, or by another row of this very file. Staff are told of somebody new who may be
# somebody known. Of rows about one customer one counts: the one with the best reason, or else the
# last. What the first look finds again at a row's turn is not kept.
_MATCH = f"""
WITH staged AS MATERIALIZED (
    SELECT line, external_id, email_key, phone_key, digest, first_name, last_name, company,
        CASE WHEN email_key = '' AND phone_key <> '' THEN nullif({NAME_KEY}, '') END AS name_key
    FROM customers_stagedrow WHERE of_import_id = %(import)s AND is_usable
), found AS (
    SELECT s.line, by_email.customer_id AS email_owner,
        coalesce(by_id.customer_id, by_email.customer_id, by_other_email.customer_id,
            by_row.customer_id, by_phone.customer_id) AS customer_id,
        CASE WHEN by_id.customer_id IS NOT NULL THEN 1
            WHEN by_email.customer_id IS NOT NULL THEN 2
            WHEN by_other_email.customer_id IS NOT NULL THEN 3
            WHEN by_row.customer_id IS NOT NULL THEN 4
            WHEN NOT by_phone.is_told_apart THEN 5 ELSE 6 END AS grade,
        coalesce(by_phone.is_namesake, false) AS is_namesake
    FROM staged s {FOUND_FOR_ITSELF} LEFT JOIN LATERAL (
        SELECT customer_id FROM {_THE_ONLY_ONE_BY_EMAIL}
        WHERE s.email_key <> '' AND by_id.customer_id IS NULL AND by_email.customer_id IS NULL
            AND NOT {_IS_TOLD_APART_BY_ID} OFFSET 0
    ) by_other_email ON true LEFT JOIN LATERAL (
        SELECT customer_id, is_namesake,
            s.email_key <> '' OR is_called_otherwise OR {_IS_TOLD_APART_BY_ID} AS is_told_apart
        FROM {_THE_ONLY_ONE_BY_PHONE}
        WHERE s.phone_key <> '' AND coalesce(by_id.customer_id, by_email.customer_id,
            by_other_email.customer_id, by_row.customer_id) IS NULL OFFSET 0
    ) by_phone ON true
), ranked AS (
    SELECT *, row_number() OVER (
            PARTITION BY customer_id ORDER BY grade, is_namesake DESC, line DESC) > 1 AS is_second
    FROM found WHERE customer_id IS NOT NULL
), judged AS (
    SELECT *, grade = 6 OR (grade = 5 AND is_second) AS only_shares_phone FROM ranked
)
INSERT INTO customers_matchedrow (of_import_id, line, customer_id, is_second, is_email_taken,
    is_by_other_email, shares_phone_with)
SELECT %(import)s, line, CASE WHEN NOT only_shares_phone THEN customer_id END,
    is_second AND NOT only_shares_phone, coalesce(email_owner <> customer_id, false), grade = 3,
    CASE WHEN only_shares_phone THEN (
        SELECT coalesce(nullif(concat_ws(' ', nullif(c.first_name, ''), nullif(c.last_name, '')),
            ''), nullif(c.company, ''), c.id::text)
        FROM customers_customer c WHERE c.id = judged.customer_id) ELSE '' END
FROM judged
WHERE is_second OR grade IN (3, 5, 6) OR email_owner <> customer_id
ORDER BY line
"""  # noqa: S608 -- of constants
