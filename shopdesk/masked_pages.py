"""Which pages are open to staff for whom contact details and orders are masked.

What is not named here is refused, but for the pages of a customer who has shown who they are: a
page that is new is masked at first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.permissions import can_check_identity
from accounts.throttling import Throttled
from core.failures import failure
from core.permissions import can_read
from customers.masking import is_masked_for, sees_masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from accounts.models import User

# They tell nobody's contact details and orders.
PLAIN = {
    # one's own
    "desk_logout", "profile", "desk_password", "desk_sessions", "desk_sessions_everywhere",
    "desk_session_removal", "desk_second_factor", "desk_second_factor_removal",
    "desk_recovery_codes", "list_columns", "list_views", "list_view_name", "list_view_query",
    "list_view_removal", "mention_seen",
    # the shop's
    "settings_index", "account_rules", "shop_settings", "shop_logo_upload", "shop_logo_removal",
    "team", "team_role", "team_sign_out", "team_link", "team_deactivation", "team_reactivation",
    "team_second_factor_removal", "tag_list", "product_list",
}  # fmt: skip
# They mask what they tell themselves.
MASKING = {
    "home", "desk_search", "order_list", "order_detail", "product_detail", "customer_list",
    "customer_create", "customer_detail", "customer_menu", "customer_timeline",
    "customer_consents", "customer_tag_add", "customer_tag_removal", "customer_note_add",
    "customer_note_edit", "customer_note_removal", "customer_disabling", "customer_enabling",
    "customer_sign_out", "hold_create", "hold_lifting", "flag_settlement", "identity_check",
    "identity_check_detail", "identity_check_proof", "identity_check_code",
    "identity_check_ending", "reset_request_confirmation", "reset_request_create",
    "reset_request_settlement",
}  # fmt: skip
# How the address of a customer's page begins.
OF_CUSTOMER = "admin/customers/<int:"


class MaskMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        if not getattr(view, "login_required", True) or not can_read(request.user):
            return None
        user: User = request.user  # type: ignore[assignment]  # staff, as `can_read` has found
        if not sees_masked(user) or _is_open(request, kwargs, user):
            return None
        return _refusal(request, kwargs, user)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Somebody has tried too many addresses, numbers and orders. Others' doors say themselves
        what was tried there (accounts/limits.py)."""
        return _too_many(request, error.seconds) if isinstance(error, Throttled) else None


def _is_open(request: HttpRequest, kwargs: dict[str, Any], user: User) -> bool:
    match = request.resolver_match
    if match is None or match.url_name in PLAIN | MASKING:
        return True
    pk = _customer_of(request, kwargs)
    return pk is not None and not is_masked_for(user, pk)


def _customer_of(request: HttpRequest, kwargs: dict[str, Any]) -> int | None:
    """Whose page it is; None for one that is about several, or about something else."""
    match = request.resolver_match
    if match is None or not match.route.startswith(OF_CUSTOMER):
        return None
    pk: int = kwargs["customer_pk"] if "customer_pk" in kwargs else kwargs["pk"]
    return pk


def _refusal(request: HttpRequest, kwargs: dict[str, Any], user: User) -> HttpResponse:
    pk = _customer_of(request, kwargs) if can_check_identity(user) else None
    said = _("Contact details and orders are masked until an identity check has passed.")
    return failure(request, 403, template="403_masked.html", in_short=said, customer_pk=pk)


def _too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = math.ceil(seconds / 60)
    said = ngettext(
        "Those were many addresses, numbers and orders. You can go on in a minute.",
        "Those were many addresses, numbers and orders. You can go on in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}
    page = failure(request, 429, template="429_look_ups.html", in_short=said, minutes=minutes)
    page["Retry-After"] = str(seconds)
    return page
