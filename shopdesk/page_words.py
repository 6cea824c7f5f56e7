"""Pages by what people call them, for lists that are about pages: the slowest, say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# By their names in the URLconf: those that are looked at day by day.
PAGES: dict[str, _StrPromise] = {
    "home": _("Home"),
    "desk_search": _("Search over everything"),
    "customer_list": _("List of customers"),
    "customer_detail": _("A customer's page"),
    "customer_timeline": _("A customer's timeline"),
    "customer_menu": _("A customer's menu in the list"),
    "customer_create": _("New customer"),
    "customer_edit": _("A customer's details"),
    "customer_exports": _("Export of customers"),
    "import_list": _("Imports, and uploading a file"),
    "import_detail": _("An import's page"),
    "import_problems": _("Download of an import's rows"),
    "import_changes": _("Download of an import's rows"),
    "bulk_change_list": _("Bulk changes"),
    "bulk_change_create": _("Asking for a bulk change"),
    "bulk_change_detail": _("A bulk change's page"),
    "duplicate_list": _("Likely duplicates"),
    "order_list": _("List of orders"),
    "order_detail": _("An order's page"),
    "product_list": _("List of products"),
    "product_detail": _("A product's page"),
    "desk_login": _("Sign-in of the team"),
    "account_login": _("Sign-in of customers"),
    "account_home": _("A customer's account"),
    "account_order": _("A customer's order"),
    "account_recover": _("Asking for a link to a new password"),
}
# All others by the beginning of their address, the longest first.
AREAS: dict[str, _StrPromise] = {
    "/admin/customers/imports/": _("Imports"),
    "/admin/customers/bulk-changes/": _("Bulk changes"),
    "/admin/customers/duplicates/": _("Likely duplicates"),
    "/admin/customers/": _("Customers"),
    "/admin/orders/": _("Orders"),
    "/admin/products/": _("Products"),
    "/admin/lists/": _("Views of lists"),
    "/admin/mails/": _("Mails that failed"),
    "/admin/deliveries/": _("Tasks"),
    "/admin/settings/": _("Settings"),
    "/admin/": _("The team's side"),
    "/": _("The customers' side"),
}


def page_in_words(view: str, address: str) -> str:
    """In the reader's language; "" for what is no page of this release."""
    if view in PAGES:
        return str(PAGES[view])
    area = next((words for begin, words in AREAS.items() if address.startswith(begin)), "")
    return str(area)
