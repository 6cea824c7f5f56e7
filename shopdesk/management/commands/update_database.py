"""`migrate` for somebody who watches a start: how many steps are done, in one line."""

import sys
from typing import Any

from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

LINE_EVERY = 10


class Command(migrate.Command):
    help = "Bring the database up to date, and say in one line how far it is."

    done = 0
    total = 0

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        self.total = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        super().handle(*args, **options | {"verbosity": 0, "interactive": False})

    def migration_progress_callback(
        self,
        action: str,
        migration: Any = None,
        fake: bool = False,  # noqa: FBT001, FBT002 -- Django's signature
    ) -> None:
        if action != "apply_success":
            return
        self.done += 1
        if sys.stdout.isatty():
            print(
                f"\r\x1b[K  Bringing the database up to date … {self.done} of {self.total}", end=""
            )
            sys.stdout.flush()
        elif self.done % LINE_EVERY == 0:
            print(f"  {self.done} of {self.total} steps", flush=True)
