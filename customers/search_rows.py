"""Writing what search reads, set-based: the same statement for one customer and for a million."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from customers.figures import lock

# Until the transaction ends: compiling these statements takes longer than thousands of rows do.
_WITHOUT_JIT = "SELECT set_config('jit', 'off', true)"
# Sorts as "has never ordered".
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

# MATERIALIZED throughout: inlined, the planner would fold each text once for every use of it.
# Each word stands as it is written and once more with ae/oe/ue collapsed to a/o/u, as queries are:
# so "Mueller", "Müller" and "Muller" meet, and parts such as "eller" are still found.
_ROWS = """
WITH chosen AS (
    SELECT id, created_at, first_name, last_name, company FROM customers_customer
    WHERE id = ANY(%(ids)s)
), said AS MATERIALIZED (
    SELECT c.id, c.created_at, public.shop_fold(concat_ws(' ', c.first_name, c.last_name, c.company,
        (SELECT string_agg(ltrim(key, '+'), ' ') FROM customers_identity WHERE customer_id = c.id),
        (SELECT string_agg(t.name, ' ') FROM customers_tagging g
         JOIN customers_tag t ON t.id = g.tag_id WHERE g.customer_id = c.id),
        (SELECT string_agg(concat_ws(' ', street, extra, postal_code, city), ' ')
         FROM customers_address WHERE customer_id = c.id))) AS plain,
        public.shop_search_fold(coalesce(
            nullif(trim(concat_ws(' ', c.first_name, c.last_name)), ''), nullif(c.company, ''),
            (SELECT string_agg(ltrim(key, '+'), ' ') FROM customers_identity
             WHERE customer_id = c.id), '')) AS called
    FROM chosen c
), forms AS MATERIALIZED (
    SELECT id, created_at, called, plain || CASE WHEN plain ~ '[aou]e'
        THEN ' ' || public.shop_collapse(plain) ELSE '' END AS both_forms
    FROM said
)
INSERT INTO customers_customersearch (customer_id, created_at, doc, names)
SELECT f.id, f.created_at, ' ' || coalesce((
    SELECT string_agg(DISTINCT word, ' ') FROM string_to_table(translate(
        f.both_forms || ' ' || translate(f.both_forms, '.@_-+&/,;:()"''', '              '),
        E'\\t\\n\\r', '   '), ' ') AS word WHERE word <> ''), '') || ' ',
    ' ' || called || ' ' || CASE WHEN called ~ '[.@_+&/,;:()"''-]'
        THEN translate(called, '.@_-+&/,;:()"''', '              ') || ' ' ELSE '' END
FROM forms f ORDER BY f.id
ON CONFLICT (customer_id) DO UPDATE
SET doc = excluded.doc, names = excluded.names, created_at = excluded.created_at
WHERE (customers_customersearch.doc, customers_customersearch.names,
       customers_customersearch.created_at)
    IS DISTINCT FROM (excluded.doc, excluded.names, excluded.created_at)
"""


def sort_name(row: str, reached_by: str) -> str:
    """SQL for the name a list sorts by: last name first, else company, else `reached_by`."""
    full = f"concat_ws(' ', nullif(trim({row}.last_name), ''), nullif(trim({row}.first_name), ''))"
    known = f"nullif({full}, ''), nullif(trim({row}.company), ''), {reached_by}, ''"
    return f"left(public.shop_fold(coalesce({known})), 360)"


_PRIMARY_KEY = """(SELECT i.key FROM customers_identity i
    WHERE i.customer_id = c.id AND i.is_primary ORDER BY i.kind LIMIT 1)"""
_SORT_NAMES = f"""
WITH folded AS MATERIALIZED (
    SELECT c.id, {sort_name("c", _PRIMARY_KEY)} AS name
    FROM customers_customer c WHERE c.id = ANY(%(ids)s)
)
UPDATE customers_customer AS c SET sort_name = folded.name FROM folded
WHERE c.id = ANY(%(ids)s) AND c.id = folded.id AND c.sort_name <> folded.name
"""  # noqa: S608 -- of constants


def _words_of(customers: str) -> str:
    """SQL for the words by which `customers` are called, as they are found and as they are spelt.

    By the same rule for those who come and those who are still here.
    """
    return f"""spelt AS MATERIALIZED (
    SELECT DISTINCT spelling FROM {customers} c, string_to_table(
        translate(concat_ws(' ', c.first_name, c.last_name, c.company), E'-\\t\\n\\r', '    '), ' ')
        AS spelling
    WHERE length(spelling) BETWEEN 3 AND 60
), words AS MATERIALIZED (SELECT public.shop_search_fold(spelling) AS word, spelling FROM spelt)"""  # noqa: S608 -- of constants


# In order, so that two imports with the same new words wait for each other and never in a circle.
_MISSING = """
INSERT INTO customers_nameword (word, spelling)
SELECT DISTINCT ON (word) word, spelling FROM words
WHERE length(word) BETWEEN 3 AND 100
  AND NOT EXISTS (SELECT 1 FROM customers_nameword n WHERE n.word = words.word)
ORDER BY word
ON CONFLICT DO NOTHING
"""
_NAME_WORDS = f"""
WITH chosen AS (SELECT * FROM customers_customer WHERE id = ANY(%(ids)s)
), {_words_of("chosen")} {_MISSING}"""  # noqa: S608 -- of constants


# A pass over all names, whatever their number: nobody asks for it while somebody waits.
_FORGOTTEN = f"""
WITH {_words_of("customers_customer")}
DELETE FROM customers_nameword n WHERE NOT EXISTS (SELECT 1 FROM words WHERE words.word = n.word)
"""  # noqa: S608 -- of constants
_ALL_NAME_WORDS = f"WITH {_words_of('customers_customer')} {_MISSING}"


def forget_name_words() -> int:
    """Forget name words that no customer carries any more; returns how many.

    A name is given up or a person forgotten in a moment, but whether somebody else is still called
    so is known only from all names. So this runs at night; until then a search for such a
    word finds nobody, and so it is not offered either. Who came to be called so in that very
    moment found the word still there and added none: it is added again, in the same night or,
    where their transaction ended only after it, in the next.
    """
    forgotten = _pass_over_all_names(_FORGOTTEN)
    _pass_over_all_names(_ALL_NAME_WORDS)
    return forgotten


def _pass_over_all_names(statement: str) -> int:
    """In a transaction of its own: the second pass sees who came while the first one ran."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WITHOUT_JIT)
        cursor.execute(statement)
        changed: int = cursor.rowcount
        return changed


def refresh_search(customer_ids: Sequence[int]) -> None:
    """Write the search rows, sort names and name words of these customers anew. Bears a repeat.

    Called inside the transaction of every verb that changes a name, address, number, tag or where
    they live.
    """
    _execute(customer_ids, _SORT_NAMES, _ROWS, _NAME_WORDS)


def refresh_sort_names(customer_ids: Sequence[int]) -> None:
    """The sort names alone, by whoever has the rest written soon after."""
    _execute(customer_ids, _SORT_NAMES)


def refresh_what_search_reads(customer_ids: Sequence[int]) -> None:
    """The rest, after the transaction that changed these customers: as they are by now.

    They are held meanwhile, so that nobody's later word is written over.
    """
    with transaction.atomic():
        lock(customer_ids)
        _execute(customer_ids, _ROWS, _NAME_WORDS)


def _execute(customer_ids: Sequence[int], *statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_JIT)
        for statement in statements:
            cursor.execute(statement, {"ids": list(customer_ids)})
