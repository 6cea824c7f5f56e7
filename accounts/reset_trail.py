"""What has become of one link, step by step, in the words of the customer's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import LinkState, Purpose, ResetRequest
from accounts.reset_words import text_of, title_of
from core.money import babel_locale
from notifications.models import Failure, Mail

# While the mail leaves, a person is on the phone; later on, nobody counts seconds.
FAST_SECONDS = 1
SLOW_SECONDS = 5
# An invite runs for weeks; no page asks for it that long.
WATCHED_FOR = timedelta(hours=2)


@dataclass(frozen=True)
class Step:
    label: str
    state: str  # done, now, or "" for what has not come yet
    at: datetime | None = None


class ResetTrail:
    """Reads the request and its newest mail; one query."""

    def __init__(self, request: ResetRequest) -> None:
        self.request = request
        self.mail = Mail.objects.about(request).first()

    @property
    def is_invite(self) -> bool:
        return self.request.purpose == Purpose.INVITE

    @property
    def is_move(self) -> bool:
        return self.request.purpose == Purpose.MOVE

    @cached_property
    def situation(self) -> str:
        """One of used, declined, withdrawn, replaced, expired, failed, sending, opened, sent."""
        mail_state = self.mail.state if self.mail else "waiting"
        if self.request.state == LinkState.EXPIRED and mail_state != "handed_over":
            return "failed"
        if self.request.state != LinkState.OPEN:
            return self.request.state.value
        if mail_state == "failed":
            return "failed"
        if mail_state == "waiting":
            return "sending"
        return "opened" if self.request.opened_at else "sent"

    @property
    def ended_by_barring(self) -> str:
        """Withdrawn in the very transaction that barred the customer: "disabled", "held" or ""."""
        customer, closed_at = self.request.customer, self.request.closed_at
        for why, barred_at in (("disabled", customer.disabled_at), ("held", customer.held_at)):
            if barred_at and closed_at and closed_at >= barred_at:
                return why
        return ""

    @property
    def title(self) -> str:
        return title_of(self)

    @property
    def text(self) -> str:
        return text_of(self)

    @property
    def look(self) -> str:
        return LOOKS.get(self.situation, "ok")

    @property
    def seconds(self) -> str:
        """From the click to the mail server's "accepted", e.g. "0.4"."""
        if self.mail is None or self.mail.handed_over_at is None:
            return ""
        first = self.mail.queued_at - self.request.started_at < timedelta(minutes=1)
        since = self.request.started_at if first else self.mail.queued_at
        took = (self.mail.handed_over_at - since).total_seconds()
        return format_decimal(round(max(took, 0.1), 1), locale=babel_locale())

    @property
    def is_delayed(self) -> bool:
        """The mail server is away or asked to wait; we go on trying."""
        return self.situation == "sending" and bool(self.mail and self.mail.failure)

    @property
    def reason(self) -> str:
        """Why the mail could not be sent, or not yet."""
        if self.mail and (self.mail.state == "failed" or self.is_delayed):
            return str(self.mail.get_failure_display())
        return str(Failure.EXPIRED.label)

    @property
    def is_refused(self) -> bool:
        """The mail server said no: trying again as it is would lead to the same."""
        return bool(self.mail and self.mail.failure == Failure.REFUSED)

    @property
    def poll_seconds(self) -> int | None:
        """How often the page asks for news; None when none is to come."""
        if self.situation == "sending":
            return FAST_SECONDS
        if self.situation not in {"sent", "opened"}:
            return None
        is_fresh = timezone.now() - self.request.started_at < WATCHED_FOR
        return SLOW_SECONDS if is_fresh else None

    @property
    def can_send_again(self) -> bool:
        return self.situation not in {"sending", "used", "replaced"}

    @property
    def can_withdraw(self) -> bool:
        return self.request.is_open

    def steps(self) -> list[Step]:
        """Handed over, opened, password changed; as far as it came."""
        handed = self.mail.handed_over_at if self.mail else None
        used = self.request.closed_at if self.situation == "used" else None
        last = self._last_step()
        reached = [
            (_("Handed to the mail server"), handed),
            (self._opening(is_used=used is not None), self.request.opened_at),
            (last, used),
        ]
        following = next((place for place, (_l, at) in enumerate(reached) if at is None), None)
        return [
            Step(label, "done" if at else self._open_step(place == following), at)
            for place, (label, at) in enumerate(reached)
        ]

    def _last_step(self) -> str:
        if self.is_move:
            return _("Address moved, password chosen")
        return _("Account opened") if self.is_invite else _("Password changed")

    def _open_step(self, is_next: bool) -> str:  # noqa: FBT001 -- read together with its caller
        return "now" if is_next and self.request.is_open and self.situation != "failed" else ""

    def _opening(self, *, is_used: bool) -> str:
        """Mail scanners follow links too: only a new password shows that it was a person."""
        if self.request.opened_at and not is_used:
            return _("Link opened (perhaps by a scanner)")
        return _("Link opened")


LOOKS = {
    "failed": "bad",
    "expired": "warn",
    "withdrawn": "info",
    "replaced": "info",
    "declined": "info",
    "sending": "info",
}
