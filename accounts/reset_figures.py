"""Home: how many resets were sent lately, how they went, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Count, DurationField, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mails import RESET_KINDS
from accounts.models import AccountRules, LinkState, Purpose, ResetRequest
from accounts.models.follow_ups import AWAITED
from core import words
from customers.querysets import not_barred
from notifications.models import Failure, Mail

if TYPE_CHECKING:
    from django.http import HttpRequest

PERIODS = (7, 30)


class Median(Aggregate):
    """The middle one; of an even number, the mean of the two in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class FigureRow:
    """One line of the card: a value for each period. `is_cause`: why some came to nothing."""

    label: str
    values: list[str]
    is_cause: bool = False


def reset_figures(_request: HttpRequest) -> dict[str, Any] | None:
    """The last 7 and 30 days; None for a shop in which nobody has asked. Four queries."""
    now = timezone.now()
    links = _links(now)
    if not links[f"sent_{PERIODS[-1]}"]:
        return None
    found = {**links, **_silent(now), **_mails(now)}
    rows = [_row(name, label, found) for name, label in _labels().items()]
    return {"periods": PERIODS, "rows": [rows[0], rows[1], _minutes(found), *rows[2:]]}


def _labels() -> dict[str, str]:
    return {
        "sent": _("Sent"),
        "completed": _("Password changed"),
        "refused": _("Refused by the mail server"),
        "unsent": _("Mail could not be sent"),
        "bounced": _("Came back"),
        "unopened": _("Expired, never opened"),
        "unchanged": _("Opened, password not changed"),
        "silent": _("Changed, not signed in since"),
        "reopened": _("It does not work, says the customer"),
        "throttled": _("Asked too often, not sent"),
    }


def _row(name: str, label: str, found: dict[str, Any]) -> FigureRow:
    values = [words.number(found[f"{name}_{days}"] or 0) for days in PERIODS]
    return FigureRow(label, values, is_cause=name not in {"sent", "completed"})


def _minutes(found: dict[str, Any]) -> FigureRow:
    """From the click on the link to the sign-in with the new password."""
    medians = [found[f"took_{days}"] for days in PERIODS]
    values = [words.number(round(one.total_seconds() / 60, 1)) if one else "–" for one in medians]
    return FigureRow(_("Minutes from the link to the sign-in, median"), values)


def _links(now: datetime) -> dict[str, Any]:
    longest = now - timedelta(days=PERIODS[-1])
    resets = _resets_since(longest)
    used, asked = Q(ending=LinkState.USED), Q(throttled_count__gt=0)
    expired = _expired(now) & ~Q(pk__in=_of_lost_mails(now).values("subject_id"))
    counted: dict[str, Any] = {}
    for days in PERIODS:
        lately = Q(started_at__gte=now - timedelta(days=days))
        counted |= {
            f"sent_{days}": Count("pk", filter=lately),
            f"completed_{days}": Count("pk", filter=lately & used),
            f"took_{days}": Median(F("signed_in_at") - F("opened_at"), filter=lately),
            f"unopened_{days}": Count("pk", filter=lately & expired & Q(opened_at=None)),
            f"unchanged_{days}": Count("pk", filter=lately & expired & Q(opened_at__isnull=False)),
            f"reopened_{days}": Count("pk", filter=lately & Q(reopened_at__isnull=False)),
            f"throttled_{days}": Sum("throttled_count", filter=lately & asked),
        }
    return resets.aggregate(**counted)


def _silent(now: datetime) -> dict[str, Any]:
    """Apart, as it alone asks for customers, and few are silent. After as many hours as the
    follow-up card waits."""
    hours = timedelta(hours=AccountRules.current().follow_up_hours)
    silent = Q(AWAITED, reopened_at=None, closed_at__lt=now - hours)
    resets = _resets_since(now - timedelta(days=PERIODS[-1])).filter(silent)
    since = {days: Q(started_at__gte=now - timedelta(days=days)) for days in PERIODS}
    counted = {f"silent_{days}": Count("pk", filter=lately) for days, lately in since.items()}
    return resets.filter(not_barred("customer__")).aggregate(**counted)


def _resets_since(moment: datetime) -> QuerySet[ResetRequest]:
    """Those of many at once are told of by the page of that send."""
    alone = ResetRequest.objects.filter(purpose=Purpose.RESET, sent_in=None)
    return alone.filter(started_at__gte=moment)


def _expired(now: datetime) -> Q:
    """Its time ran out before anything else ended it: what ends it afterwards does not count."""
    unended = Q(closed_at=None) | Q(closed_at__gt=F("expires_at"))
    return Q(expires_at__lte=now) & unended


def _mails(now: datetime) -> dict[str, Any]:
    longest = now - timedelta(days=PERIODS[-1])
    lost = _of_lost_mails(now).filter(subject_id__in=_resets_since(longest).values("pk"))
    counted: dict[str, Any] = {}
    for days in PERIODS:
        since = now - timedelta(days=days)
        refused = Q(failed_at__gte=since, failure=Failure.REFUSED)
        counted[f"refused_{days}"] = Count("subject_id", filter=refused, distinct=True)
        unsent = Q(failed_at__gte=since) & ~Q(failure=Failure.REFUSED)
        counted[f"unsent_{days}"] = Count("subject_id", filter=unsent, distinct=True)
        came_back = Q(bounced_at__gte=since)
        counted[f"bounced_{days}"] = Count("subject_id", filter=came_back, distinct=True)
    return lost.aggregate(**counted)


def _of_lost_mails(now: datetime) -> QuerySet[Mail, Any]:
    """The newest mails of resets, where they were refused, came back, or never left.

    What broke off on the way may have arrived: whoever has opened the link has it.
    """
    since = now - timedelta(days=PERIODS[-1])
    kinds = [kind for kind in RESET_KINDS if kind.startswith("reset_")]
    resets = Mail.objects.filter(kind__in=kinds)
    newer = resets.filter(
        subject_type=OuterRef("subject_type"),
        subject_id=OuterRef("subject_id"),
        pk__gt=OuterRef("pk"),
    )
    not_after_all = Q(delivered_at=None) | Q(bounced_at__gte=F("delivered_at"))
    came_back = Q(bounced_at__gte=since) & not_after_all
    refused = Q(failed_at__gte=since, failure=Failure.REFUSED)
    opened = ResetRequest.objects.filter(pk=OuterRef("subject_id"), opened_at__isnull=False)
    unsent = Q(failed_at__gte=since) & ~Exists(opened)
    return resets.filter(refused | unsent | came_back, ~Exists(newer))
