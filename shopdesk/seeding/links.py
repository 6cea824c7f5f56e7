"""Links of the last weeks and what became of them: yesterday's leave something to follow up."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts.handlers import ask_whether_it_worked, send_reset_link
from accounts.models import AccountRules, Feedback, MailBudget, ResetRequest, Session, User
from accounts.sessions import SessionStore
from accounts.signing_in import SINCE_KEY, sign_in
from customers.models import Customer
from events.log import replaying
from events.models import Event
from notifications.answers import Answer
from notifications.models import Mail, Trouble
from notifications.writing import write
from shopdesk.seeding.sign_ins import new_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from accounts.models import SecretLink
    from shopdesk.seeding.people import Person

# The demo's mail server says no more; where a mail has come back, a mail service told of it.
TAKEN = Answer("250", "2.0.0 Ok: queued")
TAKEN_BY_SERVICE = Answer(words="queued", service_id="demo-1")
FULL = "552 5.2.2 Mailbox full"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1"
LAPTOP = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
COMPLAINT = (
    "Das neue Passwort wird nicht angenommen. Ich habe es zweimal eingetippt, am Handy und am "
    "Laptop. Bitte rufen Sie mich heute noch an."
)


class SentLink(NamedTuple):
    """To whom, by which colleague ("": the customer asked), and how many hours ago; then after how
    many minutes it was opened, a password chosen, and they had signed in (0: not at all) – and with
    which browser."""

    email: str
    sender: str
    hours: int
    opened: int = 0
    changed: int = 0
    signed_in: int = 0
    agent: str = LAPTOP


# The oldest first: each verb finds the world as those before have left it.
LINKS = [
    SentLink("j.mueller@post.example", "", 19 * 24, 14),
    SentLink("akmh@example.net", "yusuf", 12 * 24),
    SentLink("chiara.rossi@example.com", "", 31, 6, 8, 11, PHONE),
    SentLink("lena.schaefer@example.de", "anna", 29, 2, 3, 4),
    SentLink("wencke.jessen@example.org", "", 27, 3, 5),
    SentLink("ole.thomsen@example.net", "marie", 26, 1, 2),
]
COMPLAINS = SentLink("ingo.ahlers@example.de", "anna", 30, 2, 4)
RETURNED = SentLink("ruth.sommer@post.example", "tobias", 23)
ASKED, ANSWERED = timedelta(hours=5), timedelta(hours=3)


def follow(people: Mapping[str, Person], team: Mapping[str, User], *, now: datetime) -> None:
    """By the verbs that everybody calls; then times are moved, as no verb would.

    The last thing is acted on: whoever has been silent for a day is asked once a worker runs.
    """
    past = _Past(people, team, now)
    _complain(past.play(COMPLAINS), by=team["marie"], now=now)
    for link in LINKS:
        past.play(link)
    _come_back(past.play(RETURNED, answer=TAKEN_BY_SERVICE))
    Feedback.ask_those_due()


class _Past(NamedTuple):
    people: Mapping[str, Person]
    team: Mapping[str, User]
    now: datetime

    def play(self, link: SentLink, *, answer: Answer = TAKEN) -> ResetRequest:
        at = self.now - timedelta(hours=link.hours)
        customer = Customer.objects.get(pk=self.people[link.email].pk)
        password, marks = new_password(), {}
        with _as_of(at):
            request = ResetRequest.start(customer, by=self.team.get(link.sender))
            _mail(send_reset_link, "reset_request.started", request, answer)
        if link.opened:
            marks["opened_at"] = at + timedelta(minutes=link.opened)
            with _as_of(marks["opened_at"]):
                request.open_link()
        if link.changed:
            marks["closed_at"] = at + timedelta(minutes=link.changed)
            with _as_of(marks["closed_at"]):
                request.redeem(password)
        if link.signed_in:
            marks["signed_in_at"] = marks["settled_at"] = at + timedelta(minutes=link.signed_in)
            _sign_in(customer, link.agent, marks["signed_in_at"])
        _move(request, at, **marks)
        return request


def _mail(
    handler: Callable[[Event], None], name: str, link: SecretLink, answer: Answer = TAKEN
) -> None:
    """What a worker would have done with this event, up to the mail server's answer."""
    handler(Event.objects.get(name=name, subject_id=link.pk))
    mail = Mail.objects.about(link).get()
    mail.take()
    letter = write(mail)
    mail.handed_over(answer, subject=letter.subject if letter else "", text="")


def _sign_in(customer: Customer, agent: str, at: datetime) -> None:
    request = HttpRequest()
    request.path_info = "/account/login/"
    request.META["HTTP_USER_AGENT"] = agent
    request.session = SessionStore(door="shop")
    user = User.objects.get(customer=customer)
    with _as_of(at):
        sign_in(request, user)
    request.session[SINCE_KEY] = at.isoformat()
    request.session.save()
    Session.objects.of(user).update(seen_at=at)
    User.objects.filter(pk=user.pk).update(last_login=at)


def _move(request: ResetRequest, at: datetime, **marks: datetime) -> None:
    """To the time it is told of; and the mailbox has its mails of this hour still before it."""
    lasts = F("expires_at") - F("started_at")
    ResetRequest.objects.filter(pk=request.pk).update(started_at=at, expires_at=lasts + at, **marks)
    _move_mail(request, at)
    MailBudget.give_back(request.to, of=timezone.now())
    request.refresh_from_db()


def _move_mail(link: SecretLink, at: datetime) -> None:
    soon = at + timedelta(seconds=1)
    ends = {name: F(name) - F("queued_at") + at for name in ("expires_at", "gives_up_at")}
    Mail.objects.about(link).update(queued_at=at, handed_over_at=soon, **ends)


def _come_back(request: ResetRequest) -> None:
    at = request.started_at + timedelta(minutes=1)
    mail = Mail.objects.about(request).get()
    with _as_of(at):
        mail.note_bounce(Trouble.FULL, at=at, words=FULL)


def _complain(request: ResetRequest, *, by: User, now: datetime) -> None:
    """The shop asks whether it worked, and one customer says that it did not."""
    rules = AccountRules.current()
    with _as_of(now - ASKED):
        rules.change(by=by, expected_version=rules.version, asks_whether_it_worked=True)
        Feedback.ask_those_due()
        feedback = Feedback.objects.get(request=request)
        _mail(ask_whether_it_worked, "feedback.asked", feedback)
    with _as_of(now - ANSWERED):
        feedback.answer(worked=False, words=COMPLAINT)
    times = {"started_at": now - ASKED, "closed_at": now - ANSWERED}
    lasts = F("expires_at") - F("started_at")
    Feedback.objects.filter(pk=feedback.pk).update(
        expires_at=lasts + (now - ASKED), opened_at=now - ANSWERED, **times
    )
    _move_mail(feedback, now - ASKED)
    ResetRequest.objects.filter(pk=request.pk).update(
        asked_whether_at=now - ASKED, reopened_at=now - ANSWERED
    )


@contextmanager
def _as_of(at: datetime) -> Iterator[None]:
    with transaction.atomic(), replaying(at=at):
        yield
