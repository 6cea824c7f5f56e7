"""`manage.py backup FOLDER`: everything but the keys, while the desk goes on."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shopdesk.backup.manifest import KEPT_APART
from shopdesk.backup.refusal import Refused
from shopdesk.backup.taking import take


class Command(BaseCommand):
    help = "Back up rows, files and settings into a folder of its own. The desk may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default="backups", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            made, manifest = take(folder)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        size = manifest.database_bytes / 1_000_000
        self.stdout.write(
            f"{made}: {manifest.rows:,} rows in {len(manifest.tables)} tables, {size:,.1f} MB"
        )
        self.stdout.write("Not in it, to be kept apart:")
        for name, reason in KEPT_APART.items():
            self.stdout.write(f"  {name}: {reason}")
