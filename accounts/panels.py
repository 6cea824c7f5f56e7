"""Where accounts appear on other apps' pages: the customer's, the list, Home."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.browsers import sessions_of
from accounts.mails import RESET_KINDS
from accounts.models import LinkState, Purpose, ResetRequest, User
from accounts.permissions import can_send_reset, can_sign_customers_out
from accounts.reset_trail import current_trail
from accounts.suspicion import suspicion_of
from core import words
from customers.masking import mask_people
from customers.slots import Figure
from notifications.models import Mail

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from accounts.models.reset_requests import ResetRequestQuerySet
    from core.totals import Total
    from customers.models import Customer
    from customers.querysets import CustomerQuerySet

ON_HOME = 5
WEEK = FAILED_LATELY = timedelta(days=7)


def reset_panel(desk_request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What became of the newest link, or an empty place for the next one; and, for those who may
    send one, what speaks against its address. The place is all that whoever may not see that
    address gets."""
    if customer.is_masked:
        return {"customer": customer, "trail": None, "may_send": False, "suspicion": None}
    trail = current_trail(customer)
    may_send = can_send_reset(desk_request.user)  # type: ignore[arg-type]  # behind the desk
    told = trail.mail if trail else None
    doubted = may_send and not customer.is_barred
    return {
        "customer": customer,
        "trail": trail,
        "may_send": may_send,
        "suspicion": suspicion_of(customer, but=told) if doubted else None,
    }


def phone_button(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """Not for somebody who is barred, as below."""
    return None if customer.is_barred else {"customer": customer}


def send_button(_request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """Not for somebody who is barred: a link would open nothing."""
    return None if customer.is_barred else {"customer": customer}


def security_card(_request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """Last sign-in, how many resets in 30 days, and the newest link of all."""
    user = User.objects.filter(customer=customer).first()
    month = timezone.now() - timedelta(days=30)
    lately = Q(purpose=Purpose.RESET, started_at__gte=month)
    links = ResetRequest.objects.filter(customer=customer)
    return {
        "customer": customer,
        "last_sign_in": user.last_login if user else None,
        "is_password_due": user is not None and user.password_due_at is not None,
        **links.aggregate(resets=Count("pk", filter=lately), newest_link=Max("pk")),
    }


def customer_devices(request: HttpRequest, customer: Customer) -> dict[str, Any] | None:
    """Where they are signed in; nothing for whoever has no account."""
    user = User.objects.filter(customer=customer).first()
    if user is None:
        return None
    may_sign_out = can_sign_customers_out(request.user)  # type: ignore[arg-type]  # behind the desk
    return {"customer": customer, "sessions": sessions_of(user), "may_sign_out": may_sign_out}


def resets_pending(request: HttpRequest) -> dict[str, Any] | None:
    """Home: links of which nobody has made use yet. Invites run for weeks and are not listed.

    Nor are those that were sent to many at once: the page of that send tells of them.
    """
    pending = _pending().filter(sent_in=None)
    newest = pending.select_related("customer", "asked_by").order_by("-id")
    shown = list(newest.prefetch_related("customer__identities")[: ON_HOME + 1])
    count = pending.count() if len(shown) > ON_HOME else len(shown)
    mask_people(cast("User", request.user), shown)
    return {"requests": shown[:ON_HOME], "count": count}


def resets_failed(_request: HttpRequest) -> dict[str, Any] | None:
    """Home: links whose mail could not be sent lately, or came back, unless a newer one was made
    since.

    Of those to many at once the page of that send tells.
    """
    newer = ResetRequest.objects.filter(customer=OuterRef("customer"), pk__gt=OuterRef("pk"))
    alone = ResetRequest.objects.unclosed().filter(sent_in=None)
    failed = alone.filter(~Exists(newer), pk__in=_whose_mail_failed())
    shown = list(
        failed.select_related("customer")
        .prefetch_related("customer__identities")
        .order_by("-id")[:ON_HOME]
    )
    return {"requests": shown} if shown else None


def resets_of_the_week(_everybody: Total) -> Figure:
    """Above the customers' list. Two ranges of the primary key, as long as the week has rows."""
    older = ResetRequest.objects.filter(started_at__lt=timezone.now() - WEEK).order_by("-id")
    last = older.values_list("pk", flat=True).first() or 0
    sent = ResetRequest.objects.filter(pk__gt=last, purpose=Purpose.RESET)
    counts = sent.aggregate(sent=Count("pk"), used=Count("pk", filter=Q(ending=LinkState.USED)))
    share = words.share(counts["used"] / counts["sent"]) if counts["sent"] else ""
    detail = _("%(share)s completed") % {"share": share} if share else ""
    return Figure(_("Reset mails, 7 days"), words.number(counts["sent"]), detail)


def customers_with_pending_reset(rows: CustomerQuerySet) -> CustomerQuerySet:
    return rows.filter(pk__in=_pending().values("customer"))


def _pending() -> ResetRequestQuerySet:
    """Links that somebody can be waiting for: of the others the mail has failed."""
    links: ResetRequestQuerySet = ResetRequest.objects.open().exclude(purpose=Purpose.INVITE)
    return links.exclude(pk__in=_whose_mail_failed())


def _whose_mail_failed() -> QuerySet[Mail, Any]:
    """Requests whose newest mail failed lately, or came back; one that was mailed again since is
    none of them."""
    lately = timezone.now() - FAILED_LATELY
    of_resets = Mail.objects.filter(kind__in=RESET_KINDS)
    # By its kind as well, though it is one only: the index of what mails are about begins with it.
    same = {name: OuterRef(name) for name in ("subject_type", "subject_id")}
    newer = of_resets.filter(**same, pk__gt=OuterRef("pk"))
    not_after_all = Q(delivered_at=None) | Q(bounced_at__gte=F("delivered_at"))
    failed = Q(failed_at__gte=lately) | (Q(bounced_at__gte=lately) & not_after_all)
    return of_resets.filter(failed, ~Exists(newer)).values("subject_id")
