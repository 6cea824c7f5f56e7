"""Where identity checks appear on the customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from accounts.models import IdentityCheck
from accounts.permissions import can_check_identity
from accounts.proofs import labels

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from customers.models import Customer

SHOWN = 3


def mask_notice(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """That something is masked until a check has passed."""
    return {"customer": customer} if customer.is_masked else None


def check_button(_request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """In the header: begin a check, or go on with one's own."""
    return {"customer": customer}


def earlier_checks(request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """The newest checks: by whom, what came of them, and what matched. Two queries."""
    newest = IdentityCheck.objects.filter(customer=customer).order_by("-pk")
    checks = list(newest.select_related("started_by").prefetch_related("tries")[:SHOWN])
    if not checks:
        return None
    known = labels()
    shown = [(one, _matched(one, known)) for one in checks]
    may_go_on = can_check_identity(cast("User", request.user))
    return {"customer": customer, "checks": shown, "may_go_on": may_go_on}


def _matched(check: IdentityCheck, known: dict[str, str]) -> str:
    return ", ".join(known.get(one.kind, one.kind) for one in check.tries.all() if one.matched)
