"""Django's own admin over the naive table, beside our pages: what one gets for nothing.

Used as ROOT_URLCONF by `benchmarks.search_page`, with `django.contrib.admin` installed.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path

from benchmarks.naive import NaiveCustomer
from shopdesk.urls import urlpatterns as desk

COLUMNS = ("first_name", "last_name", "email", "phone", "street", "postal_code", "city", "tags")


class NaiveCustomerAdmin(admin.ModelAdmin):
    list_display = (*COLUMNS, "created_at")
    search_fields = COLUMNS
    ordering = ("-created_at", "-id")
    list_per_page = 50

    def has_module_permission(self, _request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class PlainSite(admin.AdminSite):
    def has_permission(self, _request: HttpRequest) -> bool:
        """Whoever is signed in at the desk: our own roles are not the admin's."""
        return True


site = PlainSite()
site.register(NaiveCustomer, NaiveCustomerAdmin)
# Below /admin/, so that the desk's sessions count.
urlpatterns = [path("admin/plain/", site.urls), *desk]
