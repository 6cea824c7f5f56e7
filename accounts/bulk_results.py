"""What a bulk send's page says beyond the machine's counts: how long it takes, what came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.bulk_links import cause_of
from accounts.models import AccountRules, LinkState, Purpose, ResetRequest
from accounts.models.link_policy import invite_lasts
from core import words
from customers.bulk.stages import CHANGED, BulkStage
from customers.slots import Figure
from events.models import label_of
from notifications.models import Mail, MailServer

if TYPE_CHECKING:
    from customers.bulk.models import BulkChange


def remarks(one: BulkChange, purpose: Purpose) -> list[str]:
    """How long it takes at the shop's pace, how long links are good, and what holds it up."""
    if one.awaits_start and one.stage != BulkStage.READY:
        return []
    said = [_duration(one)]
    if one.stage == BulkStage.READY:
        return [*said, _validity(purpose)]
    if since := MailServer.out_of_reach_since():
        away = _("The mail server has been out of reach since %(time)s. It goes on by itself.")
        said.append(away % {"time": words.moment(since)})
    return said


def _duration(one: BulkChange) -> str:
    rate = AccountRules.current().bulk_per_minute
    left = max(one.preview.get(CHANGED, 0) - one.changed_count, 0)
    text = _("About %(time)s, at %(rate)s mails a minute at most (Settings › Customer accounts).")
    seconds = math.ceil(left * 60 / rate)
    return text % {"time": words.span(max(seconds, 1)), "rate": words.number(rate)}


def _validity(purpose: Purpose) -> str:
    if purpose == Purpose.INVITE:
        text = _("The links are good for %(days)s days.")
        return text % {"days": invite_lasts().days}
    text = _("The links are good for %(minutes)s minutes; who is later gets a new one by a click.")
    return text % {"minutes": AccountRules.current().reset_minutes}


def figures(one: BulkChange, purpose: Purpose) -> list[Figure]:
    """Two queries, each within an index of this change's rows."""
    if one.started_at is None:
        return []
    mails = Mail.objects.filter(cause=cause_of(one)).aggregate(
        handed=Count("pk", filter=Q(handed_over_at__isnull=False)),
        failed=Count("pk", filter=Q(failed_at__isnull=False)),
    )
    links = ResetRequest.objects.filter(sent_in=one).aggregate(
        opened=Count("pk", filter=Q(opened_at__isnull=False)),
        used=Count("pk", filter=Q(ending=LinkState.USED)),
    )
    used = _("Account opened") if purpose == Purpose.INVITE else _("Password changed")
    counts = [
        (_("Handed to the mail server"), mails["handed"]),
        (_("Could not be sent"), mails["failed"]),
        (_("Link opened"), links["opened"]),
        (used, links["used"]),
    ]
    return [Figure(label, words.number(count)) for label, count in counts]


def results(one: BulkChange, ids: Sequence[int]) -> dict[int, str]:
    """How far each got with the link they had when the send ended. Two queries."""
    until = one.finished_at or timezone.now()
    links = ResetRequest.objects.of_customers(ids).filter(started_at__lte=until)
    newest = list(links.order_by("customer", "-pk").distinct("customer"))
    mails = Mail.objects.filter(
        subject_type=label_of(ResetRequest()), subject_id__in=[link.pk for link in newest]
    )
    of_link = {mail.subject_id: mail for mail in mails.order_by("pk")}
    return {link.customer_id: _said(link, of_link.get(link.pk)) for link in newest}


def _said(link: ResetRequest, mail: Mail | None) -> str:
    if link.closed_at is not None:
        return str(link.state.label)
    if mail is not None and mail.failed_at is not None:
        return str(mail.get_failure_display())
    if link.opened_at is not None:
        return _("Link opened")
    if mail is not None and mail.handed_over_at is not None:
        return _("Handed to the mail server")
    return _("On its way")
