from typing import Any

from django.core.management.base import BaseCommand

from shopdesk.translations import ROOT, compile_outdated


class Command(BaseCommand):
    help = "Compile the translations that changed. Needs no gettext tools."

    def handle(self, *args: Any, **options: Any) -> None:
        for written in compile_outdated():
            self.stdout.write(f"Compiled {written.relative_to(ROOT)}")
