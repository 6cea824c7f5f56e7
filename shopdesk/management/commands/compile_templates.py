"""Compile every template of ours, so that a misspelt tag is found without rendering its page."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError, engines


class Command(BaseCommand):
    help = "Compile every Django template and name those that do not."

    def handle(self, *args: Any, **options: Any) -> None:
        flaws = [flaw for folder in folders() for flaw in broken(folder)]
        if flaws:
            raise CommandError("\n".join(flaws))


def folders() -> list[Path]:
    beside = [place for place in settings.BASE_DIR.glob("*/templates") if place.is_dir()]
    return [settings.BASE_DIR / "templates", *beside]


def broken(folder: Path) -> list[str]:
    flaws = []
    for place in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        try:
            engines["django"].get_template(str(place.relative_to(folder)))
        except TemplateSyntaxError as flaw:
            flaws.append(f"{place}: {flaw}")
    return flaws
