"""What follows from accounts' events: mails. Each bears a repeat and re-reads the state."""

from __future__ import annotations

from typing import TypeVar

from accounts.mails import SECRET, link_kind
from accounts.models import (
    Alarm,
    Feedback,
    MailBudget,
    RecoveryAsk,
    Registration,
    ResetRequest,
    SecretLink,
    SpokenCode,
    StaffLink,
    User,
)
from accounts.models.links import SecretLinkQuerySet
from accounts.reading import language_of, language_of_customer
from accounts.spoken_places import BY_MAIL
from events.handlers import on
from events.models import Event
from notifications.models import Failure, Mail

Link = TypeVar("Link", bound=SecretLink)


@on(
    "reset_request.started",
    "reset_request.asked_again",
    queue="mail-now",
    name="accounts.send_reset_link",
)
def send_reset_link(event: Event) -> None:
    request = _to_mail(ResetRequest.objects.select_related("customer"), event)
    if request is None:
        return
    Mail.queue(
        link_kind(request),
        to=request.to,
        language=language_of_customer(request.customer),
        about=request,
        cause=event,
        expires_at=request.expires_at,
    )


def _to_mail(links: SecretLinkQuerySet[Link], event: Event) -> Link | None:
    """The event's link, held, if a mail with it is due.

    None where it was used, withdrawn or has expired while the event waited, and where a mail with
    it was queued after the event: that one answers this ask too. Workers that were away for an
    hour must not send in one second what was asked for in all that time.
    """
    held = links.open().filter(pk=event.subject_id).select_for_update(of=("self",), no_key=True)
    link = held.first()
    if link is None:
        return None
    answers = Mail.objects.about(link).filter(queued_at__gt=event.at).exclude(cause=event)
    return None if answers.exists() else link


@on("recovery.asked", queue="mail-now", name="accounts.answer_ask")
def answer_ask(event: Event) -> None:
    ask = RecoveryAsk.objects.filter(pk=event.subject_id).first()
    if ask is not None:
        ask.answer()


@on(
    "registration.started",
    "registration.asked_again",
    queue="mail-now",
    name="accounts.send_registration_link",
)
def send_registration_link(event: Event) -> None:
    registration = _to_mail(Registration.objects.all(), event)
    if registration is None:
        return
    Mail.queue(
        "registration",
        to=registration.to,
        language=registration.language,
        about=registration,
        cause=event,
        expires_at=registration.expires_at,
    )


@on(
    "staff_link.started",
    "staff_link.asked_again",
    queue="mail-now",
    name="accounts.send_staff_link",
)
def send_staff_link(event: Event) -> None:
    link = _to_mail(StaffLink.objects.select_related("user"), event)
    if link is None:
        return
    Mail.queue(
        f"staff_{link.purpose}",
        to=link.to,
        language=language_of(link.user),
        about=link,
        cause=event,
        expires_at=link.expires_at,
    )


@on("identity_code.started", queue="mail-now", name="accounts.send_identity_code")
def send_identity_code(event: Event) -> None:
    """Of a call there is nothing to mail: that code is read out."""
    if event.plain.get("kind") not in BY_MAIL:
        return
    code = _to_mail(SpokenCode.objects.select_related("identity_check__customer"), event)
    if code is None:
        return
    Mail.queue(
        "identity_code",
        to=code.to,
        language=language_of_customer(code.identity_check.customer),
        about=code,
        cause=event,
        expires_at=code.expires_at,
    )


@on("feedback.asked", queue="bulk", name="accounts.ask_whether_it_worked")
def ask_whether_it_worked(event: Event) -> None:
    feedback = (
        Feedback.objects.open()
        .select_related("request__customer")
        .filter(pk=event.subject_id)
        .first()
    )
    if feedback is None:
        return
    Mail.queue(
        "feedback",
        to=feedback.to,
        language=language_of_customer(feedback.request.customer),
        about=feedback,
        cause=event,
        expires_at=feedback.expires_at,
    )


@on("mail.failed", "mail.bounced", queue="bulk", name="accounts.give_back_what_was_refused")
def give_back_what_was_refused(event: Event) -> None:
    """Staff may send at once to whom a mail server refused: nothing has reached them.

    What a stranger asked for stays counted: an address that refuses mail is none to knock at
    without end.
    """
    if event.name == "mail.failed" and event.plain.get("failure") != Failure.REFUSED:
        return
    mail = Mail.objects.filter(pk=event.subject_id, kind__in=SECRET).select_related("cause").first()
    if mail and mail.cause and mail.cause.actor_type == "accounts.user" and mail.to:
        is_one_of_many = mail.cause.name == "bulk_change.started"
        MailBudget.give_back(mail.to, of=mail.queued_at if is_one_of_many else mail.cause.at)


@on("user.password_changed", queue="mail-now", name="accounts.tell_of_new_password")
def tell_of_new_password(event: Event) -> None:
    """A customer at the address that stood when it happened, with a link that raises the alarm."""
    user = User.objects.select_related("customer").filter(pk=event.subject_id).first()
    alarm = Alarm.offer(user, cause=event) if user else None
    if user is None or alarm is None:
        _tell("password_changed", event)
        return
    language = language_of(user)
    Mail.queue("password_changed", to=alarm.to, language=language, about=alarm, cause=event)


@on("user.second_factor_removed", queue="mail-now", name="accounts.tell_of_removed_second_factor")
def tell_of_removed_second_factor(event: Event) -> None:
    _tell("second_factor_removed", event)


@on("user.codes_tried_all_day", queue="mail-now", name="accounts.tell_of_tried_codes")
def tell_of_tried_codes(event: Event) -> None:
    _tell("codes_tried_all_day", event)


@on("customer.account_enabled", queue="mail-now", name="accounts.welcome")
def welcome(event: Event) -> None:
    """To whoever has just opened their account; resets of an open one leave no such event."""
    user = User.objects.customers().active().filter(customer=event.subject_id).first()
    if user is None or not user.email:
        return
    Mail.queue("welcome", to=user.email, language=language_of(user), about=user, cause=event)


def _tell(kind: str, event: Event) -> None:
    """Write to the person the event is about, where they have an address."""
    user = User.objects.select_related("customer").filter(pk=event.subject_id).first()
    if user is None or not user.email:
        return
    language, asked_by = language_of(user), _colleague_behind(event, user)
    Mail.queue(kind, to=user.email, language=language, about=user, cause=event, asked_by=asked_by)


def _colleague_behind(event: Event, user: User) -> str:
    """Which member of staff did it to them; "" where they did it themselves."""
    if event.actor_type != "accounts.user" or event.actor_id in {None, user.pk}:
        return ""
    return str(User.objects.staff().filter(pk__in=[event.actor_id]).first() or "")
