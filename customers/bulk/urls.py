from __future__ import annotations

from django.urls import path

from customers.bulk import desk

CHANGE = "customers/bulk-changes/<int:pk>"

bulk_urlpatterns = [
    path("customers/bulk-changes/", desk.bulk_change_list, name="bulk_change_list"),
    path("customers/bulk-changes/new/", desk.bulk_change_create, name="bulk_change_create"),
    path(f"{CHANGE}/", desk.bulk_change_detail, name="bulk_change_detail"),
    path(f"{CHANGE}/cancellation/", desk.cancellation, name="bulk_change_cancellation"),
    path(f"{CHANGE}/undoing/", desk.undoing, name="bulk_change_undoing"),
    path(f"{CHANGE}/attempts/", desk.attempts, name="bulk_change_attempts"),
]
