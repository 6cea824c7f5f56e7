"""Workers' door of this app."""

from customers.importing.tasks import sweep, work_on_import

__all__ = ["sweep", "work_on_import"]
