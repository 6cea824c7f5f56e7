from __future__ import annotations

from django.urls import path

from customers.importing import desk

IMPORT = "customers/imports/<int:pk>"

import_urlpatterns = [
    path("customers/imports/", desk.import_list, name="import_list"),
    path(f"{IMPORT}/", desk.import_detail, name="customer_import_detail"),
    path(f"{IMPORT}/start/", desk.start, name="customer_import_start"),
    path(f"{IMPORT}/cancellation/", desk.cancellation, name="customer_import_cancellation"),
    path(f"{IMPORT}/attempts/", desk.attempts, name="customer_import_attempts"),
    path(f"{IMPORT}/changes/", desk.changes, name="customer_import_changes"),
    path(f"{IMPORT}/problems/", desk.problems, name="customer_import_problems"),
]
