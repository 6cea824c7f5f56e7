"""Workers' door of this app."""

from customers.importing.tasks import sweep_imports, work_on_import

__all__ = ["sweep_imports", "work_on_import"]
