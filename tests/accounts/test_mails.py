"""Every mail about accounts, in every language, with hostile names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from accounts.mails import NOTICES, SECRET
from accounts.models import AskPurpose, RecoveryAsk, ResetRequest, StaffLink, User
from accounts.tokens import token_for
from core import words
from customers.models import Customer
from customers.timeline import timeline_of
from events.models import Delivery, Event
from notifications.kinds import kind_named
from notifications.models import Mail
from notifications.writing import render
from shop.models import Shop
from tests.accounts.conftest import minutes_later
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User as Staff

HOSTILE = "**Jana** [x](https://evil.example) <b>{{ link }}</b>\r\nBcc: all@example.de"
VALUES = {
    "name": "Jana",
    "asked_by": "Anna Agent",
    "link": "http://127.0.0.1:8000/account/reset/1.abc_def-/",
    "recover_link": "http://127.0.0.1:8000/account/recover/",
    "profile_link": "http://127.0.0.1:8000/admin/profile/",
    "account_link": "http://127.0.0.1:8000/account/",
    "address": "jana@example.de",
    "role": "Agent",
    "code": "ABCD-EFGH",
}
# What is mailed but by a link with steps: the one code, and a notice with a way back.
EVERY = [*SECRET, *NOTICES, "address_changed"]
LINKS = [name for name in SECRET if name != "identity_code"]


def values(**changes: Any) -> dict[str, Any]:
    at = timezone.now() + timedelta(minutes=60)
    return {**VALUES, "expires_at": at, "at": at, **changes}


@pytest.mark.parametrize("language", ["en", "de", "de-informal"])
@pytest.mark.parametrize("name", EVERY)
def test_every_mail_reads_in_every_language(db: None, name: str, language: str) -> None:
    kind = kind_named(name)
    assert kind is not None
    letter = render(kind, language, values(), Shop.current())
    spoken = {"en": " you", "de": " Sie", "de-informal": " d"}
    assert spoken[language] in letter.text
    if language == "de-informal":
        assert " Ihr" not in letter.text
    assert "{{" not in letter.text + letter.html + letter.subject
    # Plain text has links and no buttons.
    assert not re.search(r"button|Schaltfläche|[Kk]lick", letter.text)


# What each mail has to say besides: how it calls its steps, who is behind it, until when, what if
# it was not you. Each text is written by hand, and so each of them is looked at.
STEPS = {
    "en": ["1. Open the link", "2. "],
    "de": ["1. Öffnen Sie den Link", "2. "],
    "de-informal": ["1. Öffne den Link", "2. "],
}
UNTIL = {
    "en": "The link works once, for {left}: until {day}",
    "de": "Der Link funktioniert einmal und gilt {left}, bis {day}",
    "de-informal": "Der Link funktioniert einmal und gilt {left}, bis {day}",
}
IF_NOT_YOU = {
    "en": r"\*?(It was not you|You (did not ask|know nothing of it|do not (want|know)|are not on))",
    "de": r"(Das waren nicht Sie|Sie (telefonieren|haben (nicht|das Konto n)|wissen n|möcht))",
    "de-informal": r"(Das warst nicht du|Du (telefonierst|hast (nicht|das Konto n)|weißt n|möcht))",
}
ASKED_OUTSIDE = {
    "en": "most likely (by )?you",
    "de": "vermutlich von Ihnen",
    "de-informal": "vermutlich von dir",
}
LANGUAGES = ["en", "de", "de-informal"]


def text_of(name: str, language: str, **changes: Any) -> str:
    kind = kind_named(name)
    assert kind is not None
    with translation.override(language), timezone.override(ZoneInfo("Europe/Berlin")):
        return " ".join(render(kind, language, values(**changes), Shop.current()).text.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LINKS)
def test_every_mail_with_a_link_says_what_to_do_and_until_when(
    db: None, name: str, language: str
) -> None:
    at = timezone.now() + timedelta(minutes=60)
    text = text_of(name, language, expires_at=at)
    assert [step for step in STEPS[language] if step not in text] == []
    with translation.override(language), timezone.override(ZoneInfo("Europe/Berlin")):
        day, clock, zone = words.day(at), words.clock(at), words.zone(at)
    left = {"en": "60 minutes", "de": "60 Minuten"}[language[:2]]
    assert UNTIL[language].format(left=left, day=day) in text
    if name != "account_invite":  # which runs for weeks
        moment = {"en": f"{day}, {clock} ({zone})", "de": f"{day}, {clock} Uhr ({zone})"}
        assert moment[language[:2]] in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", EVERY)
def test_every_mail_says_what_to_do_if_it_was_not_you(db: None, name: str, language: str) -> None:
    assert re.search(IF_NOT_YOU[language], text_of(name, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LINKS)
def test_every_mail_with_a_link_says_who_asked_for_it(db: None, name: str, language: str) -> None:
    by_us = text_of(name, language)
    if name in {"registration", "reset_asked_by_customer"}:
        assert re.search(ASKED_OUTSIDE[language], by_us)
    else:
        assert "Anna Agent" in by_us
    if name == "staff_reset":
        assert re.search(ASKED_OUTSIDE[language], text_of(name, language, asked_by=""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [name for name in (*NOTICES, "address_changed") if name != "welcome"]
)
def test_every_notice_says_when_it_happened_and_in_which_zone(
    db: None, name: str, language: str
) -> None:
    text = text_of(name, language, at=datetime(2026, 7, 5, 22, 30, tzinfo=UTC))
    clock = {"en": "00:30 (GMT+02:00)", "de": "00:30 Uhr (MESZ)"}[language[:2]]
    assert clock in text


@pytest.mark.parametrize("name", EVERY)
def test_names_stay_names(db: None, name: str) -> None:
    kind = kind_named(name)
    assert kind is not None
    letter = render(kind, "de", values(name=HOSTILE, asked_by=HOSTILE), Shop.current())
    assert 'href="https://evil.example' not in letter.html
    assert "<b>{{" not in letter.html
    assert "\nBcc:" not in letter.text


@pytest.mark.parametrize(
    ("language", "form", "words"),
    [
        ("en", "", "Hello Jana,"),
        ("de", "formal", "Guten Tag Jana Müller,"),
        ("de", "informal", "Hallo Jana,"),
    ],
)
def test_customers_are_written_to_as_they_wish(
    customer: Customer, agent: Staff, worker: Any, language: str, form: str, words: str
) -> None:
    Customer.objects.filter(pk=customer.pk).update(language=language, form_of_address=form)
    ResetRequest.start(customer, by=agent)
    [mail] = worker()
    assert words in mail.body
    assert "Anna Agent" in mail.body


def test_no_secret_is_stored_anywhere(customer: Customer, agent: Staff, worker: Any) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    signature = token_for(request).partition(".")[2]
    for model in (Mail, Event, Delivery, ResetRequest):
        for row in model.objects.values():
            assert signature not in str(row)


def test_a_handler_that_runs_twice_sends_one_mail(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    from accounts.handlers import send_reset_link

    request = ResetRequest.start(customer, by=agent)
    event = happened_to(request).get()
    send_reset_link(event)
    send_reset_link(event)
    assert len(worker()) == 1


def test_an_ask_is_answered_once(customer: Customer, worker: Any) -> None:
    ask = RecoveryAsk.ask(AskPurpose.RECOVER, "jana.mueller@example.de")
    ask.answer()
    ask.answer()
    assert ResetRequest.objects.count() == 1


def test_a_disabled_customer_who_asks_gets_nothing_and_staff_see_that_they_tried(
    customer: Customer, worker: Any
) -> None:
    customer.disable(by=None)
    RecoveryAsk.ask(AskPurpose.RECOVER, "jana.mueller@example.de")
    assert worker() == []
    assert timeline_of(customer).entries[0].line.text == (
        "<b>Jana Müller</b> asked for a link and was sent none: the account was disabled"
    )


def test_a_link_that_was_replaced_while_its_mail_waited_is_not_sent(
    owner: User, agent: User, worker: Any
) -> None:
    StaffLink.start(agent, by=owner)
    minutes_later()
    newest = StaffLink.start(agent, by=owner)
    [mail] = worker()
    assert token_for(newest) in mail.body


def test_two_asks_for_one_unknown_address_leave_one_link(worker: Any) -> None:
    from accounts.models import Registration

    for _ in range(2):
        RecoveryAsk.ask(AskPurpose.REGISTER, "neu@example.de", language="en")
    worker()
    assert Registration.objects.open().count() == 1


def test_what_has_had_its_time_is_cleared_away(customer: Customer, worker: Any) -> None:
    from accounts.models import Registration, Session, Throttle
    from accounts.tasks import close_expired
    from accounts.throttling import hit
    from tests.factories.accounts import sign_in

    sign_in(customer.user)
    hit("link from ip", "192.0.2.1")
    RecoveryAsk.ask(AskPurpose.REGISTER, "neu@example.de", language="en")
    worker()
    assert close_expired() == 0
    long_ago = timezone.now() - timedelta(days=30)
    Session.objects.update(expire_date=long_ago)
    Throttle.objects.update(ends_at=long_ago)
    Registration.objects.update(expires_at=long_ago)
    RecoveryAsk.objects.update(asked_at=long_ago)
    assert close_expired() == 4
    assert close_expired() == 0


def test_unknown_customers_cost_the_worker_no_mail(worker: Any) -> None:
    CustomerFactory()
    RecoveryAsk.ask(AskPurpose.RECOVER, "nobody@example.de")
    assert worker() == []


@pytest.mark.parametrize(
    ("language", "form", "subject"),
    [
        ("en", "", "Welcome to My shop"),
        ("de", "formal", "Willkommen bei My shop"),
        ("de", "informal", "Willkommen bei My shop"),
    ],
)
def test_who_opens_an_account_is_welcomed_once(
    agent: Staff, worker: Any, language: str, form: str, subject: str
) -> None:
    newcomer = CustomerFactory(email="neu@example.de", language=language, form_of_address=form)
    request = ResetRequest.start(newcomer, by=agent)
    worker()
    request.redeem("Espresso-am-Morgen-3")
    [welcome] = worker()
    assert (welcome.to, welcome.subject) == (["neu@example.de"], subject)
    assert "/account/" in welcome.body
    minutes_later()
    ResetRequest.start(newcomer, by=agent).redeem("Espresso-am-Abend-4")
    assert [mail.to for mail in worker() if mail.subject == subject] == []


def test_a_welcome_that_is_handled_twice_is_one_mail(agent: Staff, worker: Any) -> None:
    from accounts.handlers import welcome

    newcomer = CustomerFactory(email="neu@example.de")
    ResetRequest.start(newcomer, by=agent).redeem("Espresso-am-Morgen-3")
    event = Event.objects.get(name="customer.account_enabled")
    welcome(event)
    welcome(event)
    assert Mail.objects.filter(kind="welcome").count() == 1


def test_nobody_is_welcomed_to_an_account_that_was_closed_again(agent: Staff, worker: Any) -> None:
    newcomer = CustomerFactory(email="neu@example.de")
    ResetRequest.start(newcomer, by=agent).redeem("Espresso-am-Morgen-3")
    newcomer.disable(by=agent)
    assert worker() == []
