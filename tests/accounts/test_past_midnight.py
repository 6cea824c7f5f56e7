"""Times that lie past midnight, in the shop's time zone, name their day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import ResetRequest, User
from accounts.phone_texts import phone_texts
from accounts.reset_trail import current_trail
from accounts.reset_words import text_of
from accounts.tokens import token_for
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check

if TYPE_CHECKING:
    from accounts.reset_trail import ResetTrail
    from customers.models import Customer

# Ten past eleven at night in Berlin: an hour later it is tomorrow there, and not yet at Greenwich.
# After now, which the rows' defaults go by.
NOW = datetime.now(tz=ZoneInfo("Europe/Berlin"))
LATE = NOW.replace(hour=23, minute=10, second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture(autouse=True)
def _late(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATE)


@pytest.fixture
def link(customer: Customer, agent: User) -> ResetRequest:
    """Good for an hour, until ten past midnight."""
    return ResetRequest.start(customer, by=agent)


def trail_of(customer: Customer) -> ResetTrail:
    trail = current_trail(customer)
    assert trail is not None
    return trail


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "until tomorrow, 00:10."), ("de", "gilt bis morgen um 00:10 Uhr.")],
)
def test_how_long_a_link_is_good_for_staff(
    customer: Customer, link: ResetRequest, worker: Any, language: str, words: str
) -> None:
    worker()
    with translation.override(language):
        assert words in text_of(trail_of(customer))


@pytest.mark.parametrize(
    ("left", "words"),
    [(45, "gilt einmal, bis 23:55 Uhr"), (60, "gilt einmal, bis morgen um 00:10 Uhr")],
)
def test_how_long_it_is_good_to_be_read_out(
    customer: Customer, link: ResetRequest, worker: Any, left: int, words: str
) -> None:
    worker()
    ResetRequest.objects.update(expires_at=LATE + timedelta(minutes=left))
    assert words in phone_texts(customer, trail_of(customer)).texts[-1]


def test_how_long_a_mail_is_tried(
    customer: Customer, link: ResetRequest, worker: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    worker()
    with translation.override("de"):
        assert "weiter bis morgen um 00:10 Uhr" in text_of(trail_of(customer))


def test_how_long_the_page_behind_the_link_is_good(link: ResetRequest, stranger: Client) -> None:
    stranger.get(f"/account/reset/{token_for(link)}/")
    assert ">Tomorrow, 00:10</time>" in stranger.get("/account/reset/").text


def test_how_long_a_check_is_good(customer: Customer, agent: User) -> None:
    passed_check(customer, by=agent)
    page = sign_in(agent, headers={"Accept-Language": "de"}).get(f"/admin/customers/{customer.pk}/")
    assert "Gültig bis morgen um 00:10 Uhr" in page.text


def test_when_to_come_back_after_too_many_tries(stranger: Client) -> None:
    answers = [stranger.get("/account/reset/x/") for _number in range(61)]
    assert "You can go on in a minute (23:11)." in answers[-1].text
