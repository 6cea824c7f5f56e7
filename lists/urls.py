from __future__ import annotations

from django.urls import path

from lists import desk

LIST = "lists/<slug:name>"
VIEW = f"{LIST}/views/<int:pk>"

desk_urlpatterns = [
    path(f"{LIST}/columns/", desk.columns, name="list_columns"),
    path(f"{LIST}/views/", desk.views, name="list_views"),
    path(f"{VIEW}/name/", desk.view_name, name="list_view_name"),
    path(f"{VIEW}/query/", desk.view_query, name="list_view_query"),
    path(f"{VIEW}/removal/", desk.view_removal, name="list_view_removal"),
]
