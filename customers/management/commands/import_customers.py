"""`manage.py import_customers FILE`: bring in a shop's export of customers, in the foreground."""

from __future__ import annotations

from customers.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Bring in a shop's customers from CSV or .xlsx. The same file again changes nothing."
    kind = "customers"
