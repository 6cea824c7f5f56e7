from __future__ import annotations

from django.urls import path

from lists import desk

LIST = "lists/<slug:name>"

desk_urlpatterns = [
    path(f"{LIST}/columns/", desk.columns, name="list_columns"),
]
