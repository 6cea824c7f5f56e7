"""On the customer's page: that something is hidden, and what shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from accounts.permissions import can_check_identity

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer


def veil_notice(request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    if not customer.is_veiled:
        return None
    may_check = can_check_identity(cast("User", request.user))
    return {"customer": customer, "may_check": may_check}
