from __future__ import annotations

from django.urls import path

from customers.duplicates import desk

duplicate_urlpatterns = [
    path("customers/duplicates/", desk.duplicate_list, name="duplicate_list"),
    path("customers/duplicates/search/", desk.duplicate_search, name="duplicate_search"),
    path(
        "customers/duplicates/<int:pk>/<int:other_pk>/dismissal/",
        desk.duplicate_dismissal,
        name="duplicate_dismissal",
    ),
]
