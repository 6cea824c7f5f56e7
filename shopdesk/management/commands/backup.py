"""`manage.py backup FOLDER`: everything but the keys, while the desk goes on."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shopdesk.backup.keeping import keep_only
from shopdesk.backup.manifest import KEPT_APART
from shopdesk.backup.refusal import Refused
from shopdesk.backup.taking import take


class Command(BaseCommand):
    help = "Back up rows, files and settings into a folder of its own. The desk may run meanwhile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", default="backups", type=Path)
        parser.add_argument(
            "--keep",
            type=_at_least_one,
            metavar="N",
            help="keep the last N backups: older ones go once this one was read back",
        )

    def handle(self, *args: Any, folder: Path, keep: int | None, **options: Any) -> None:
        try:
            made = self._take(folder)
            for gone in keep_only(keep, made) if keep else []:
                self.stdout.write(f"{gone}: removed, {keep} are kept")
        except Refused as refusal:
            raise CommandError(str(refusal)) from None

    def _take(self, folder: Path) -> Path:
        made, manifest = take(folder)
        size = manifest.database_bytes / 1_000_000
        self.stdout.write(
            f"{made}: {manifest.rows:,} rows in {len(manifest.tables)} tables, {size:,.1f} MB"
        )
        self.stdout.write("Not in it, to be kept apart:")
        for name, reason in KEPT_APART.items():
            self.stdout.write(f"  {name}: {reason}")
        return made


def _at_least_one(said: str) -> int:
    if not said.isdecimal() or int(said) < 1:
        raise ArgumentTypeError("How many are to be kept, this one among them?")
    return int(said)
