"""`manage.py import_orders FILE`: bring in a shop's export of orders, in the foreground."""

from __future__ import annotations

from customers.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Bring in a shop's orders from CSV or .xlsx. The same file again changes nothing."
    kind = "orders"
