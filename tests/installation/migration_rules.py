"""What a migration of a later release may not do to a table that has a million rows.

Held longest is ACCESS EXCLUSIVE: nobody reads meanwhile. And the old release still works beside the
new one, so whatever it reads has to stay, and whatever it does not write has to have a default.
A migration that knows better says so: `reviewed = "why no lock is held for long"` in its class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Anything else in SQL of one's own has to be looked at by a person.
HARMLESS_SQL = re.compile(
    r"^\s*(CREATE (UNIQUE )?INDEX CONCURRENTLY|DROP INDEX CONCURRENTLY|CREATE EXTENSION|"
    r"CREATE OR REPLACE FUNCTION|COMMENT ON)\b",
    re.IGNORECASE,
)
VARCHAR = re.compile(r"varchar\((\d+)\)")
GONE = (
    operations.RemoveField,
    operations.RenameField,
    operations.RenameModel,
    operations.DeleteModel,
    operations.AlterModelTable,
)


def flaws(migration: Migration, before: ProjectState) -> list[str]:
    """One line for each operation that is refused; `before` is the state it begins from."""
    if getattr(migration, "reviewed", ""):
        return []
    found = []
    new: set[str] = set()
    state = before.clone()
    for operation in migration.operations:
        if isinstance(operation, operations.CreateModel):
            new.add(operation.name_lower)
        elif _model_of(operation) not in new:
            found += [f"{migration}: {words}" for words in _flaws_of(operation, migration, state)]
        operation.state_forwards(migration.app_label, state)
    return found


def _model_of(operation: Operation) -> str:
    named = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", "")
    return str(named)


def _flaws_of(operation: Operation, migration: Migration, state: ProjectState) -> Iterator[str]:
    if isinstance(operation, GONE):
        yield f"{operation.describe()}: the old release still reads it; remove it a release later"
    elif isinstance(operation, operations.AddIndex) and not isinstance(
        operation, AddIndexConcurrently
    ):
        yield f"{operation.describe()}: use AddIndexConcurrently, and atomic = False"
    elif isinstance(operation, operations.AddConstraint) and not isinstance(
        operation, AddConstraintNotValid
    ):
        yield f"{operation.describe()}: use AddConstraintNotValid, then ValidateConstraint"
    elif isinstance(operation, operations.AddField):
        yield from (f"{operation.describe()}: {why}" for why in _new_column(operation.field))
    elif isinstance(operation, operations.AlterField):
        old = state.models[migration.app_label, operation.model_name_lower].fields[operation.name]
        changes = _changed_column(old, operation.field)
        yield from (f"{operation.describe()}: {why}" for why in changes)
    elif isinstance(operation, operations.RunPython) and migration.atomic:
        yield "RunPython in one transaction: atomic = False, and a batch at a time"
    elif isinstance(operation, operations.RunSQL):
        yield from _statements(operation)


def _new_column(field: models.Field) -> Iterator[str]:
    if isinstance(field, models.ManyToManyField):
        return  # a table of its own
    default = field.db_default
    if not field.null and default is models.NOT_PROVIDED:
        yield "the old release writes rows without it: null=True, or a db_default"
    if isinstance(default, models.Func) or isinstance(field, models.GeneratedField):
        yield "a value for each row rewrites the table: fill it in a batch at a time"
    if field.unique or field.db_index:
        yield "its index is built under a lock: db_index=False, then AddIndexConcurrently"
    if field.is_relation and getattr(field, "db_constraint", False):
        yield "its foreign key is checked under a lock: db_constraint=False, or reviewed"


def _changed_column(old: models.Field, new: models.Field) -> Iterator[str]:
    before, after = _type(old), _type(new)
    if before != after and not _is_wider(before, after):
        yield f"from {before} to {after} rewrites the table: a new column instead"
    if old.null and not new.null:
        yield "NOT NULL reads the whole table under a lock"
    if (new.unique and not old.unique) or (new.db_index and not old.db_index):
        yield "its index is built under a lock: AddIndexConcurrently"


def _type(field: models.Field) -> str:
    return str(field.db_type(connection)) if not field.is_relation else "key"


def _is_wider(before: str, after: str) -> bool:
    narrow, wide = VARCHAR.fullmatch(before), VARCHAR.fullmatch(after)
    if narrow and wide:
        return int(wide[1]) >= int(narrow[1])
    return bool(narrow) and after in {"text", "varchar"}


def _statements(operation: operations.RunSQL) -> Iterator[str]:
    sql = operation.sql if isinstance(operation.sql, list | tuple) else [operation.sql]
    for statement in sql:
        text = statement[0] if isinstance(statement, list | tuple) else str(statement)
        if not HARMLESS_SQL.match(text):
            yield f"RunSQL {' '.join(text.split())[:60]!r}: not known to be harmless"
