"""`manage.py import_products FILE`: bring in a shop's export of products, in the foreground."""

from __future__ import annotations

from customers.importing.command import ImportCommand


class Command(ImportCommand):
    help = "Bring in a shop's products from CSV or .xlsx. The same file again changes nothing."
    kind = "products"
