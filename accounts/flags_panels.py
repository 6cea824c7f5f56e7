"""Where flags appear: on the customer's page, as a tab of the list, on Home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _

from accounts.models import Flag, FlagKind
from accounts.permissions import can_settle_flag
from customers.masking import mask_people

if TYPE_CHECKING:
    from django.http import HttpRequest

    from accounts.models import User
    from accounts.models.flags import FlagQuerySet
    from customers.models import Customer
    from customers.querysets import CustomerQuerySet

ON_HOME = 5


def flag_notice(desk_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """What waits to be looked at, each with what may be behind it."""
    flags = list(Flag.objects.open().of(customer).order_by("raised_at"))
    if not flags:
        return None
    texts, user = _texts(), cast("User", desk_request.user)
    return {
        "customer": customer,
        "flags": [
            (flag, texts.get(flag.kind, ""), look_of(flag), flag.for_others(user)) for flag in flags
        ],
        "may_settle": can_settle_flag(user),
    }


def _texts() -> dict[str, str]:
    frequent = _(
        "Password resets were asked for more often than usual. Perhaps the mails do not arrive, "
        "or somebody else is asking."
    )
    failed = _(
        "Somebody gave many answers that did not match. Perhaps it is not the customer who calls. "
        "Ask for a code, or put the account on hold."
    )
    not_me = _(
        "The customer says that somebody else changed the password. Call them on a number that you "
        "know, check who they are, and only then lift the hold."
    )
    return {
        FlagKind.FREQUENT_RESETS: frequent,
        FlagKind.CHECK_FAILED: failed,
        FlagKind.NOT_ME: not_me,
    }


def look_of(flag: Flag) -> str:
    return "bad" if flag.kind == FlagKind.NOT_ME else "warn"


def alarms_on_home(request: HttpRequest) -> dict[str, Any] | None:
    """Above everything else: somebody may be in an account, and its owner waits for a call."""
    return _card(request, Flag.objects.open().filter(kind=FlagKind.NOT_ME))


def flags_on_home(request: HttpRequest) -> dict[str, Any] | None:
    """All others; alarms have a card of their own."""
    return _card(request, Flag.objects.open().exclude(kind=FlagKind.NOT_ME))


def _card(request: HttpRequest, flags: FlagQuerySet) -> dict[str, Any] | None:
    """The oldest first: they have waited longest."""
    oldest = flags.select_related("customer").order_by("raised_at")
    shown = list(oldest.prefetch_related("customer__identities")[: ON_HOME + 1])
    if not shown:
        return None
    mask_people(cast("User", request.user), shown)
    return {"flags": shown[:ON_HOME], "more": len(shown) > ON_HOME}


def flagged_customers(rows: CustomerQuerySet) -> CustomerQuerySet:
    return rows.filter(pk__in=Flag.objects.open().values("customer"))
