"""What became of each order of a file, kept by its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from orders.importing.changes import FINGERPRINT

if TYPE_CHECKING:
    from customers.importing.models import Import


def note_rows(one: Import, *, dry: bool) -> None:
    """A row for each order that changes or needs a look, and for each first word about one.

    Also for one that changed nothing: it is known when it comes again. Bears a repeat.
    """
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"import": one.pk})
        cursor.execute(_NOTE_DRY if dry else _NOTE, {"dry": dry, "fills": one.only_fills_gaps})


_FORGET = """
DELETE FROM orders_orderimportrow r WHERE r.of_import_id = %(import)s
    AND r.line BETWEEN (SELECT min(line) FROM order_plan) AND (SELECT max(line) FROM order_plan)
"""
_NOTED = """
INSERT INTO orders_orderimportrow (of_import_id, line, order_id, is_written, outcome, problems,
    changes, digest, pieces, customer_id, before, left_as)
SELECT of_import_id, line, CASE WHEN outcome <> 'skipped' THEN order_id END, NOT %(dry)s, outcome,
    CASE WHEN refusal IS NULL THEN problems
         ELSE problems || jsonb_build_array(jsonb_build_array(refusal, '')) END,
    coalesce(changes, '{{}}'), digest, pieces, {for_undoing}
FROM order_plan LEFT JOIN order_differences USING (line) {newcomers}
WHERE outcome IN ('skipped', 'changed') OR CASE WHEN %(dry)s THEN problems <> '[]'
    ELSE outcome = 'created' OR NOT is_known_row AND NOT %(fills)s END
ORDER BY line
"""
_NOTE_DRY = _NOTED.format(for_undoing="NULL, '{}', NULL", newcomers="")
_LEFT_AS = f"SELECT {FINGERPRINT} FROM orders_order o WHERE o.id = order_id"  # noqa: S608 -- of constants
_NOTE = _NOTED.format(
    for_undoing=f"""newcomer_id, coalesce(before, '{{}}')
        || CASE WHEN subscribes THEN '{{"subscribed": true}}'::jsonb ELSE '{{}}' END,
    CASE WHEN outcome = 'changed' THEN ({_LEFT_AS}) END""",
    newcomers="""
LEFT JOIN (SELECT line, CASE WHEN is_new THEN customer_id END AS newcomer_id, subscribes
    FROM buyers WHERE is_new OR subscribes) n USING (line)""",
)
