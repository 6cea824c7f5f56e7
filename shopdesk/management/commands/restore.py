"""`manage.py restore FOLDER`: a backup into an empty database, compared row by row."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shopdesk.backup.calming import Calmed
from shopdesk.backup.manifest import KEPT_APART
from shopdesk.backup.refusal import Refused
from shopdesk.backup.restoring import restore


class Command(BaseCommand):
    help = "Restore a backup into the empty database of DATABASE_URL. Workers have to be stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            manifest, calmed = restore(folder)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Restored {manifest.rows:,} rows in {len(manifest.tables)} tables, as of "
            f"{manifest.made_at}. Counts and checksums are those of the backup."
        )
        self._tell(calmed)
        for name in manifest.changed_keys():
            self.stdout.write(f"{name} is another one than then: {KEPT_APART[name]}")

    def _tell(self, calmed: Calmed) -> None:
        self.stdout.write("Nothing leaves by itself:")
        for count, words in (
            (
                calmed.held_mails,
                "mails that waited are held: Settings › Health sends or drops them",
            ),
            (calmed.dropped_mails, "mails with a link were dropped"),
            (calmed.links, "links in mails were closed: send them anew where somebody asks"),
            (calmed.tasks, "tasks were put with those given up: try again where you are sure"),
        ):
            self.stdout.write(f"  {count:,} {words}")
        self.stdout.write("Everybody has to sign in anew.")
