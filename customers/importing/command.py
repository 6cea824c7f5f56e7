"""What `manage.py import_customers FILE` and its like do: bring in a file, in the foreground."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.importing.kinds import kind_named
from customers.importing.models import Import, Stage
from customers.importing.problems import FileRefused, refusal_in_words
from customers.importing.rejects import problem_rows, reason
from customers.importing.verdicts import remarks_of
from customers.importing.working import steps, work

PROBLEMS_SHOWN = 20
LINE_EVERY_SECONDS = 1.0


class ImportCommand(BaseCommand):
    """Each kind of file has one of these."""

    # The name of an ImportKind.
    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what the import would do"
        )
        parser.add_argument(
            "--fill-gaps",
            action="store_true",
            help="overwrite nothing that is there already, but a “no” to newsletters counts",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        one = self._upload(options["file"], only_fills_gaps=options["fill_gaps"])
        if one.other_sheets:
            others = ", ".join(one.other_sheets)
            self.stdout.write(f"Sheet that is read: {one.sheet}. Others with rows: {others}")
        self._work(one, until=Stage.CHECKED)
        for remark in remarks_of(one):
            self.stdout.write(remark)
        if options["dry_run"]:
            self._report(one, "Would be")
            if along := kind_named(one.kind).brings_along(one):
                self.stdout.write(along)
            one.cancel(by=None)
            work(one.pk)
            return
        one.start(by=None, in_worker=False)
        self._work(one, until=Stage.FINISHED)
        self._report(one, "Done:")

    def _upload(self, path: Path, *, only_fills_gaps: bool) -> Import:
        choice: dict[str, Any] = {"kind": self.kind, "only_fills_gaps": only_fills_gaps}
        try:
            with path.open("rb") as stream:
                return Import.upload(stream, name=path.name, by=None, in_worker=False, **choice)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except FileRefused as refusal:
            raise CommandError(refusal_in_words(refusal.problem, refusal.line)) from refusal

    def _work(self, one: Import, *, until: Stage) -> None:
        """Also when a worker has picked up the import meanwhile. Says so if somebody stopped it."""
        told = 0.0
        one.refresh_from_db()
        while one.is_working:
            for _stage in steps(one.pk):
                one.refresh_from_db()
                if time.monotonic() - told >= LINE_EVERY_SECONDS:
                    told = time.monotonic()
                    self._tell(one)
            one.refresh_from_db()
            if one.is_working:
                time.sleep(LINE_EVERY_SECONDS)
        if one.stage != until:
            raise CommandError(one.refusal or f"{one.stage.label}: see the import's page")

    def _tell(self, one: Import) -> None:
        done, total = one.progress
        self.stdout.write(f"{one.stage.label}: {done * 100 // max(total, 1)} %")

    def _report(self, one: Import, opening: str) -> None:
        self.stdout.write(
            f"{opening} created {one.created_count}, changed {one.changed_count}, "
            f"unchanged {one.unchanged_count}, skipped {one.skipped_count}"
        )
        problems = problem_rows(one)
        for row in problems[:PROBLEMS_SHOWN]:
            self.stdout.write(
                f"{one.numbered(row.line)}: {row.get_outcome_display()}. {reason(row, one)}"
            )
        rest = problems.count() - PROBLEMS_SHOWN
        if rest > 0:
            self.stdout.write(f"and {rest} more: see the import's page")
