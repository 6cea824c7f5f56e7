"""Migrations of later releases leave a desk with a million rows at work."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now

from benchmarks.migrations import FIRST_RELEASE, is_later
from tests.installation.migration_rules import flaws

OURS = (
    "events",
    "lists",
    "shop",
    "notifications",
    "customers",
    "accounts",
    "products",
    "orders",
    "shopdesk",
)


def test_later_migrations_hold_nobody_up() -> None:
    loader = MigrationLoader(None)
    found = []
    for key in sorted(loader.graph.nodes):
        if key[0] in OURS and is_later(key):
            before = loader.project_state(key, at_end=False)
            found += flaws(loader.graph.nodes[key], before)
    assert found == []


def test_the_first_release_is_named_as_it_was() -> None:
    loader = MigrationLoader(None)
    assert set(FIRST_RELEASE.items()) <= set(loader.graph.nodes)


def a_shop() -> ProjectState:
    state = ProjectState()
    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20)),
        ("note", models.TextField(null=True)),
        ("count", models.IntegerField()),
    ]
    state.add_model(ModelState("shop", "Cup", fields))
    return state


def judged(*operations: Any, atomic: bool = True, reviewed: str = "") -> list[str]:
    migration = migrations.Migration("0009_next", "shop")
    migration.operations = list(operations)
    migration.atomic = atomic
    migration.reviewed = reviewed  # type: ignore[attr-defined]  # what the rules look for
    return flaws(migration, a_shop())


INDEX = models.Index(fields=["name"], name="cup_name")
UNIQUE = models.UniqueConstraint(fields=["name"], name="cup_once")
COUNTED = models.CheckConstraint(condition=models.Q(count__gte=0), name="cup_counted")
KEY = models.ForeignKey("shop.Cup", on_delete=models.CASCADE, null=True)


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.AddIndex("cup", INDEX), "AddIndexConcurrently"),
        (migrations.AddConstraint("cup", UNIQUE), "AddConstraintNotValid"),
        (migrations.AddField("cup", "a", models.IntegerField(default=0)), "writes rows without it"),
        (migrations.AddField("cup", "a", models.DateTimeField(db_default=Now())), "rewrites"),
        (migrations.AddField("cup", "a", models.CharField(null=True, db_index=True)), "index"),
        (migrations.AddField("cup", "a", models.CharField(null=True, unique=True)), "index"),
        (migrations.AddField("cup", "a", KEY), "foreign key is checked"),
        (migrations.AlterField("cup", "count", models.BigIntegerField()), "rewrites"),
        (migrations.AlterField("cup", "name", models.CharField(max_length=10)), "rewrites"),
        (migrations.AlterField("cup", "name", ArrayField(models.TextField())), "rewrites"),
        (migrations.AlterField("cup", "note", models.TextField()), "NOT NULL"),
        (migrations.AlterField("cup", "count", models.IntegerField(db_index=True)), "index"),
        (migrations.RemoveField("cup", "note"), "a release later"),
        (migrations.RenameField("cup", "note", "text"), "a release later"),
        (migrations.DeleteModel("Cup"), "a release later"),
        (migrations.RunPython(migrations.RunPython.noop), "a batch at a time"),
        (migrations.RunSQL("UPDATE shop_cup SET note = ''"), "not known to be harmless"),
        (migrations.RunSQL("CREATE INDEX one ON shop_cup (name)"), "not known to be harmless"),
    ],
)
def test_what_would_hold_people_up_is_refused_with_the_reason(operation: Any, why: str) -> None:
    found = judged(operation)
    assert [why in words for words in found].count(True) == 1, found


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("cup", "a", models.IntegerField(null=True)),
        migrations.AddField("cup", "a", models.IntegerField(db_default=0)),
        migrations.AlterField("cup", "name", models.CharField(max_length=30)),
        migrations.AlterField("cup", "name", models.TextField()),
        migrations.AlterField("cup", "count", models.IntegerField(null=True)),
        AddIndexConcurrently("cup", INDEX),
        AddConstraintNotValid("cup", COUNTED),
        ValidateConstraint("cup", "cup_counted"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY one ON shop_cup (name)"),
    ],
)
def test_what_holds_nobody_up_passes(operation: Any) -> None:
    assert judged(operation) == []


def test_a_table_that_is_new_may_be_shaped_at_will() -> None:
    made = migrations.CreateModel("Pot", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("pot", models.Index(fields=["id"], name="pot_id"))
    assert judged(made, index) == []


def test_rows_may_be_changed_outside_one_transaction_and_after_a_review() -> None:
    change = migrations.RunPython(migrations.RunPython.noop)
    assert judged(change, atomic=False) == []
    assert judged(migrations.AddIndex("cup", INDEX), reviewed="a table of ten rows") == []
