from __future__ import annotations

from django.urls import path

from customers.bulk import desk, desk_steering

CHANGE = "customers/bulk-changes/<int:pk>"

bulk_urlpatterns = [
    path("customers/bulk-changes/", desk.bulk_change_list, name="bulk_change_list"),
    path("customers/bulk-changes/new/", desk.bulk_change_create, name="bulk_change_create"),
    path(f"{CHANGE}/", desk.bulk_change_detail, name="bulk_change_detail"),
    path(f"{CHANGE}/start/", desk_steering.start, name="bulk_change_start"),
    path(f"{CHANGE}/counting/", desk_steering.counting, name="bulk_change_counting"),
    path(f"{CHANGE}/pause/", desk_steering.pause, name="bulk_change_pause"),
    path(f"{CHANGE}/resumption/", desk_steering.resumption, name="bulk_change_resumption"),
    path(f"{CHANGE}/cancellation/", desk_steering.cancellation, name="bulk_change_cancellation"),
    path(f"{CHANGE}/undoing/", desk_steering.undoing, name="bulk_change_undoing"),
    path(f"{CHANGE}/attempts/", desk_steering.attempts, name="bulk_change_attempts"),
    path(f"{CHANGE}/results/", desk_steering.results, name="bulk_change_results"),
]
