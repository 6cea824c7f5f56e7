"""What one step does to its customers: a few statements, whatever their number.

Each bears a repeat: it finds only what is not done yet. The caller's transaction holds the
customers locked, so nobody tags or disables them meanwhile.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from customers import followers
from customers.bulk.kinds import Written
from customers.bulk.stages import CHANGED, Kind
from customers.models.tags import TAGS_PER_CUSTOMER
from customers.search_rows import refresh_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customers.bulk.models import BulkChange

# Whoever would carry too many tags gets none of them, as when one customer is tagged.
_ADD_TAGS = """
WITH wanted (customer_id, tag_id) AS MATERIALIZED ({wanted}), missing AS MATERIALIZED (
    SELECT customer_id, tag_id FROM wanted w WHERE NOT EXISTS (
        SELECT 1 FROM customers_tagging g
        WHERE g.tag_id = w.tag_id AND g.customer_id = w.customer_id)
), judged AS MATERIALIZED (
    SELECT customer_id, count(*) + (SELECT count(*) FROM customers_tagging g
        WHERE g.customer_id = missing.customer_id) > %(most)s AS is_too_many
    FROM missing GROUP BY customer_id
), added AS (
    INSERT INTO customers_tagging (customer_id, tag_id)
    SELECT customer_id, tag_id FROM missing JOIN judged USING (customer_id)
    WHERE NOT is_too_many ORDER BY customer_id, tag_id
    RETURNING id, customer_id
), became (customer_id, outcome, added_taggings, removed_tags) AS (
    SELECT customer_id, 'changed', array_agg(id ORDER BY id), '{{}}'::bigint[]
    FROM added GROUP BY customer_id
    UNION ALL
    SELECT customer_id, 'too_many_tags', '{{}}', '{{}}' FROM judged WHERE is_too_many
)
"""
_TO_ADD = """
    SELECT c.id, t.id FROM unnest(%(ids)s::bigint[]) AS c (id), unnest(%(tags)s::bigint[]) AS t (id)
"""
# Not what somebody has taken off since, by hand or in bulk: the last word counts. Nor what an
# earlier undoing, stopped half-way, has put back: whatever became of it was somebody's doing.
_TO_PUT_BACK = """
    SELECT r.customer_id, t.id
    FROM customers_bulkrow r, unnest(r.removed_tags) AS gone (id) JOIN customers_tag t USING (id)
    WHERE r.of_change_id = %(undone)s AND r.customer_id = ANY(%(ids)s) AND NOT EXISTS (
        SELECT 1 FROM events_event e
        WHERE e.subject_type = 'customers.customer' AND e.subject_id = r.customer_id
          AND e.name = 'customer.untagged' AND e.plain->>'tag' = t.name AND e.at > r.at
    ) AND NOT EXISTS (
        SELECT 1 FROM customers_bulkrow since
        JOIN customers_bulkchange by ON by.id = since.of_change_id
        WHERE since.customer_id = r.customer_id AND since.at > r.at
          AND (t.id = ANY(since.removed_tags)
               OR by.undoes_id = r.of_change_id AND since.outcome = 'changed'))
"""
_REMOVE_TAGS = """
WITH gone AS (
    DELETE FROM customers_tagging WHERE {which} RETURNING customer_id, tag_id
), became (customer_id, outcome, added_taggings, removed_tags) AS (
    SELECT customer_id, 'changed', '{{}}'::bigint[], array_agg(tag_id ORDER BY tag_id)
    FROM gone GROUP BY customer_id
)
"""
_TO_REMOVE = "tag_id = ANY(%(tags)s) AND customer_id = ANY(%(ids)s)"
_TO_TAKE_BACK = """customer_id = ANY(%(ids)s) AND id IN (
    SELECT unnest(added_taggings) FROM customers_bulkrow
    WHERE of_change_id = %(undone)s AND customer_id = ANY(%(ids)s))"""
_ACCOUNTS = """
WITH moved AS (
    UPDATE customers_customer c SET {changes}, updated_at = {updated} WHERE {which} RETURNING c.id
), became (customer_id, outcome, added_taggings, removed_tags) AS (
    SELECT id, 'changed', '{{}}'::bigint[], '{{}}'::bigint[] FROM moved
)
"""
# Who was changed by nobody else since is as if it had never been.
_AS_BEFORE = """coalesce((SELECT r.updated_before FROM customers_bulkrow r
    WHERE r.of_change_id = %(undone)s AND r.customer_id = c.id AND r.at = c.updated_at), %(at)s)"""
_DISABLE = _ACCOUNTS.format(
    updated="%(at)s",
    changes="disabled_at = %(at)s, disabled_by_id = %(by)s",
    which="id = ANY(%(ids)s) AND disabled_at IS NULL",
)
# Somebody who was let in and disabled again since was so at another moment.
_ENABLE = _ACCOUNTS.format(
    updated=_AS_BEFORE,
    changes="disabled_at = NULL, disabled_by_id = NULL",
    which="""id = ANY(%(ids)s) AND EXISTS (SELECT 1 FROM customers_bulkrow r
        WHERE r.of_change_id = %(undone)s AND r.customer_id = c.id AND r.outcome = 'changed'
          AND r.at = c.disabled_at)""",
)
STATEMENTS = {
    Kind.TAG: _ADD_TAGS.format(wanted=_TO_ADD),
    Kind.UNTAG: _REMOVE_TAGS.format(which=_TO_REMOVE),
    Kind.DISABLE: _DISABLE,
}
UNDOING = {
    Kind.TAG: _REMOVE_TAGS.format(which=_TO_TAKE_BACK),
    Kind.UNTAG: _ADD_TAGS.format(wanted=_TO_PUT_BACK),
    Kind.DISABLE: _ENABLE,
}
_NOTE = """
INSERT INTO customers_bulkrow
    (of_change_id, customer_id, at, updated_before, outcome, added_taggings, removed_tags)
SELECT %(change)s, customer_id, %(at)s, c.updated_at, outcome, added_taggings, removed_tags
FROM became JOIN customers_customer c ON c.id = customer_id ORDER BY customer_id
RETURNING customer_id, outcome
"""
_LOCK = """
SELECT id FROM customers_customer WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE
"""
_MOVE_UPDATED_AT = f"""
UPDATE customers_customer c SET updated_at = {_AS_BEFORE} WHERE id = ANY(%(changed)s)
"""  # noqa: S608 -- of constants


def write(one: BulkChange, customer_ids: Sequence[int]) -> Written:
    """Change these customers, inside the caller's transaction, and leave a row for each changed."""
    undone = one.undoes
    kind = Kind(undone.kind if undone else one.kind)
    values: dict[str, Any] = {
        "change": one.pk,
        "undone": one.undoes_id,
        "tags": list(one.tags.values_list("pk", flat=True)),
        "most": TAGS_PER_CUSTOMER,
        "at": timezone.now(),
        "by": one.asked_by_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": list(customer_ids)})
        values["ids"] = [pk for (pk,) in cursor.fetchall()]
        cursor.execute((UNDOING if undone else STATEMENTS)[kind] + _NOTE, values)
        became = cursor.fetchall()
        changed = sorted(pk for pk, outcome in became if outcome == CHANGED)
        if kind != Kind.DISABLE:
            cursor.execute(_MOVE_UPDATED_AT, {**values, "changed": changed})
    _follow(kind, changed, is_undoing=undone is not None)
    return Written(len(customer_ids), Counter(outcome for _pk, outcome in became))


def _follow(kind: Kind, changed: list[int], *, is_undoing: bool) -> None:
    if kind != Kind.DISABLE:
        refresh_search(changed)
    elif not is_undoing:
        followers.customers_barred(changed)
