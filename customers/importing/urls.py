from __future__ import annotations

from django.urls import path

from customers.importing import desk

IMPORT = "customers/imports/<int:pk>"

import_urlpatterns = [
    path("customers/imports/", desk.import_list, name="import_list"),
    path(f"{IMPORT}/", desk.import_detail, name="import_detail"),
    path(f"{IMPORT}/start/", desk.start, name="import_start"),
    path(f"{IMPORT}/cancellation/", desk.cancellation, name="import_cancellation"),
    path(f"{IMPORT}/mapping/", desk.mapping, name="import_mapping"),
    path(f"{IMPORT}/remapping/", desk.remapping, name="import_remapping"),
    path(f"{IMPORT}/pause/", desk.pause, name="import_pause"),
    path(f"{IMPORT}/resumption/", desk.resumption, name="import_resumption"),
    path(f"{IMPORT}/undoing/", desk.undoing, name="import_undoing"),
    path(f"{IMPORT}/attempts/", desk.attempts, name="import_attempts"),
    path(f"{IMPORT}/changes/", desk.changes, name="import_changes"),
    path(f"{IMPORT}/problems/", desk.problems, name="import_problems"),
]
