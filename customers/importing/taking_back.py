"""What every kind does alike when an import is taken back, on the temporary table `undoing`.

A row of it is a row of the kind's, with `is_touched`.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import ForeignKey, ForeignObjectRel, Model

from customers.importing.kinds import Undone
from customers.importing.outcomes import ImportRowBase


def tied(model: type[Model], tie: str, *, own: Collection[type[Model]] = ()) -> list[str]:
    """`tie` for each key by which a table holds on to rows of this model, but for those of `own`.

    Found by the models themselves, also where they hide the way back. Its {table} and {column} are
    the key's; {to} is the table of the model.
    """
    return [
        tie.format(
            table=relation.related_model._meta.db_table,
            column=relation.field.column,
            to=model._meta.db_table,
        )
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and isinstance(relation.field, ForeignKey)
        and relation.field.db_constraint  # type: ignore[attr-defined]  # the stubs lack it
        and relation.related_model not in own
    ]


def note(rows: type[ImportRowBase]) -> str:
    """The statement that says of each row that it is written no more, or else why it is still."""
    return _NOTE.format(table=rows._meta.db_table)


def count() -> Undone:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        return Undone(*cursor.fetchone())


# When `u`'s subject was changed last before the import: an older import knows it by that. Rows of
# older releases do not say it.
WHEN_BEFORE = "coalesce((u.before ->> 'updated_at')::timestamptz, now())"
_NOTE = """
UPDATE {table} r SET is_written = u.is_touched,
    problems = CASE WHEN u.is_touched
        THEN r.problems || '[["touched", ""]]'::jsonb ELSE r.problems END
FROM undoing u WHERE r.id = u.id
"""
_COUNT = """
SELECT coalesce(max(line), 0), count(*) FILTER (WHERE outcome <> 'unchanged' AND NOT is_touched),
    count(*) FILTER (WHERE is_touched),
    count(*) FILTER (WHERE outcome = 'created' AND NOT is_touched)
FROM undoing
"""
