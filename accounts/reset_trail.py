"""What has become of one link, in the words of the customer's page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.bulk_links import went_to_many
from accounts.models import AddressUndo, Feedback, LinkState, Purpose, ResetRequest
from accounts.reset_words import text_of, title_of
from accounts.trail_steps import Step, steps_of
from core.money import babel_locale
from notifications.models import Failure, Mail

if TYPE_CHECKING:
    from customers.models import Customer

# While the mail leaves, a person is on the phone; later on, nobody counts seconds.
FAST_SECONDS = 1
SLOW_SECONDS = 5
# Days after, somebody may be calling them, and wait for the sign-in.
CALLED_SECONDS = 15
# An invite runs for weeks; no page asks for it that long.
WATCHED_FOR = timedelta(hours=2)
MAILS_READ = 20
# What came to an end stays on the customer's page for so long, for whoever sent it to see.
SHOWN_AFTER = timedelta(hours=24)


def current_trail(customer: Customer) -> ResetTrail | None:
    """That of the newest link, while it is open, somebody waits for what comes of it, or it has
    ended only lately."""
    people = ("asked_by", "settled_by")
    newest = customer.reset_requests.select_related(*people).order_by("-id")
    request: ResetRequest | None = newest.first()
    if request is None:
        return None
    ended_at = request.settled_at or request.closed_at or request.expires_at
    is_recent = ended_at > timezone.now() - SHOWN_AFTER
    is_shown = request.is_open or request.is_watched or is_recent
    return ResetTrail(request) if is_shown else None


class ResetTrail:
    """Reads the request and its mails; one query."""

    def __init__(self, request: ResetRequest) -> None:
        self.request = request
        self.mails = list(Mail.objects.about(request).select_related("cause")[:MAILS_READ])
        self.mail = self.mails[0] if self.mails else None

    @property
    def is_invite(self) -> bool:
        return self.request.purpose == Purpose.INVITE

    @property
    def is_move(self) -> bool:
        return self.request.purpose == Purpose.MOVE

    @cached_property
    def situation(self) -> str:
        """One of undone, reopened, used, signed_in, declined, withdrawn, replaced, expired,
        failed, bounced, sending, opened, sent."""
        if self.undo:
            return "undone"
        if self.request.is_reopened:
            return "reopened"
        if self.request.signed_in_at:
            return "signed_in"
        if self.request.state not in {LinkState.OPEN, LinkState.EXPIRED}:
            return self.request.state.value
        return self._of_the_mail()

    @cached_property
    def undo(self) -> AddressUndo | None:
        """This move's own way back, where that took the account off this link's address; a query
        for used moves."""
        request = self.request
        if not self.is_move or request.state != LinkState.USED or self._is_primary:
            return None
        offered = AddressUndo.objects.filter(customer=request.customer_id)
        # Offered in the transaction of the move; any later one leads back from a later move.
        own = offered.filter(started_at__gte=request.closed_at).order_by("pk").first()
        return own if own and own.former != request.to and own.state == LinkState.USED else None

    @property
    def _is_primary(self) -> bool:
        primary = self.request.customer.email_identity
        return primary is not None and primary.key == self.request.to

    @property
    def went_to_many(self) -> bool:
        """The newest mail with it."""
        return self.mail is not None and went_to_many(self.mail)

    def _of_the_mail(self) -> str:
        """While the link itself has come to nothing yet."""
        if self.mail and self.mail.arrival == "bounced" and not self.request.opened_at:
            return "bounced"
        mail_state = self.mail.state if self.mail else "waiting"
        if self.request.state == LinkState.EXPIRED:
            return "expired" if mail_state == "handed_over" else "failed"
        if mail_state in {"failed", "waiting"}:
            return "failed" if mail_state == "failed" else "sending"
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
        return "info" if self.is_overtaken else LOOKS.get(self.situation, "ok")

    @property
    def is_overtaken(self) -> bool:
        """It came to a good end, and since then somebody was barred or the address changed."""
        if self.situation not in {"used", "signed_in"}:
            return False
        return self.request.customer.is_barred or not self._is_primary

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
    def is_delivered(self) -> bool:
        return self.mail is not None and self.mail.arrival == "delivered"

    @property
    def has_arrived(self) -> bool:
        """Somebody has followed the link, so the mail is there, whatever was told of it."""
        return self.request.opened_at is not None

    @cached_property
    def complaint(self) -> str:
        """What does not work, in the customer's own words; a query where there are any."""
        if self.request.reopened_at is None:
            return ""
        feedback = Feedback.objects.filter(request=self.request).first()
        return feedback.words if feedback else ""

    @property
    def reason(self) -> str:
        """Why the mail could not be sent, or not yet."""
        if self.mail and (self.mail.state == "failed" or self.is_delayed):
            return str(self.mail.get_failure_display())
        return str(Failure.EXPIRED.label)

    @property
    def poll_seconds(self) -> int | None:
        """How often the page asks for news; None when none is to come."""
        if self.situation == "sending":
            return FAST_SECONDS
        if self.is_under_way:
            return SLOW_SECONDS
        return CALLED_SECONDS if self.situation == "used" and self.request.is_watched else None

    @property
    def is_under_way(self) -> bool:
        """Something may come of it, and soon."""
        if self.situation == "sending":
            return True
        since = self.request.closed_at or self.request.started_at
        is_fresh = timezone.now() - since < WATCHED_FOR
        return is_fresh and self.situation in {"sent", "opened", "used"}

    @property
    def can_send_again(self) -> bool:
        return self.situation not in {"sending", "used", "signed_in", "undone", "replaced"}

    @property
    def can_withdraw(self) -> bool:
        return self.request.is_open

    def steps(self) -> list[Step]:
        return steps_of(self)

    def brief_steps(self) -> list[Step]:
        """Without what nobody knows."""
        return [step for step in steps_of(self) if step.is_brief]


LOOKS = {
    "undone": "bad",
    "reopened": "bad",
    "failed": "bad",
    "bounced": "bad",
    "expired": "warn",
    "withdrawn": "info",
    "replaced": "info",
    "declined": "info",
    "sending": "info",
}
