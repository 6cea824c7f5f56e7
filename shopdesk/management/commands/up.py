"""The entry in `manage.py help`; manage.py itself starts the launcher before Django."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shopdesk.launcher.desk import main


class Command(BaseCommand):
    help = "Run the desk in the foreground: database, queue, web server, workers and beat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: Any, arguments: list[str], **options: Any) -> None:
        sys.exit(main(arguments))
