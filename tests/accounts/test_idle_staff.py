"""A colleague who has left the desk is signed out by the time that the shop has set."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models import F
from django.utils import timezone
from environs import Env

from accounts.browsers import sessions_of
from accounts.doors import UNATTENDED
from accounts.ending import end_sessions
from accounts.models import ResetRequest, Session, User
from shopdesk.environment import read_idle_hours
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from datetime import datetime

    from django.test import Client

    from customers.models import Customer

HOME = "/admin/"
ROOT = Path(__file__).resolve().parents[2]
PANEL = {"HX-Request": "true", "HX-Target": "reset_panel"}


@pytest.fixture
def desk(agent: User, settings: Any) -> Client:
    settings.STAFF_IDLE_HOURS = 2
    return sign_in(agent)


def leave(*, minutes: float) -> datetime:
    at = timezone.now() - timedelta(minutes=minutes)
    Session.objects.update(seen_at=at)
    return at


@pytest.mark.parametrize(("minutes", "status"), [(119, 200), (120, 302), (60 * 24, 302)])
def test_after_the_hours_nobody_is_in(desk: Client, minutes: float, status: int) -> None:
    leave(minutes=minutes)
    assert desk.get(HOME).status_code == status


def test_they_come_back_to_the_page_that_they_wanted(desk: Client) -> None:
    leave(minutes=121)
    answer = desk.get("/admin/customers/")
    assert answer["Location"] == "/admin/login/?next=/admin/customers/"


def test_whoever_works_is_never_sent_away(desk: Client) -> None:
    for _ in range(3):
        left_at = leave(minutes=119)
        assert desk.get(HOME).status_code == 200
        seen_at = Session.objects.get().seen_at
        assert seen_at is not None
        assert seen_at - left_at > timedelta(minutes=118)


@pytest.mark.parametrize(
    ("headers", "sent_away"),
    [(PANEL, [False] * 13), ({**PANEL, UNATTENDED: "1"}, [False] * 11 + [True] * 2)],
)
def test_a_page_that_asks_by_itself_keeps_nobody_in(
    customer: Customer, agent: User, settings: Any, headers: dict[str, str], sent_away: list[bool]
) -> None:
    settings.STAFF_IDLE_HOURS = 12
    ResetRequest.start(customer, by=agent)
    browser, panel = sign_in(agent), f"/admin/customers/{customer.pk}/reset-requests/"
    answers = []
    for _hour in range(13):
        Session.objects.update(seen_at=F("seen_at") - timedelta(hours=1))
        answers.append(browser.get(panel, headers=headers))
    assert ["HX-Redirect" in answer.headers for answer in answers] == sent_away


def test_wherever_htmx_runs_what_a_page_asks_by_itself_is_marked() -> None:
    module = "js/unattended.js"
    texts = [page.read_text() for page in (ROOT / "templates").rglob("*.html")]
    frames = [text for text in texts if "htmx_script %}" in text]
    assert [f'{{% static "{module}" %}}' in text for text in frames] == [True]
    assert f'detail.headers["{UNATTENDED}"]' in (ROOT / "static" / module).read_text()


def test_no_module_asks_beside_htmx() -> None:
    modules = [one.read_text() for one in (ROOT / "static" / "js").glob("*.js")]
    for way in ("fetch(", "XMLHttpRequest", "setInterval", "EventSource", "WebSocket"):
        assert [text for text in modules if way in text] == []


def test_what_an_older_release_began_and_nobody_noted_lives_its_days(desk: Client) -> None:
    Session.objects.update(seen_at=None)
    assert desk.get(HOME).status_code == 200


def test_customers_stay_signed_in(customer: Customer, settings: Any) -> None:
    settings.STAFF_IDLE_HOURS = 2
    shop = sign_in(customer.user)
    leave(minutes=60 * 24)
    assert shop.get("/account/").status_code == 200


def test_it_is_no_signed_in_device_any_more(desk: Client, agent: User) -> None:
    assert len(sessions_of(agent)) == 1
    leave(minutes=121)
    assert sessions_of(agent) == []
    assert end_sessions([agent]) == 0
    assert not Session.objects.exists()


@pytest.mark.parametrize("said", ["0", "-1", "0.2", "337"])
def test_what_would_sign_everybody_out_or_nobody_is_refused_at_the_start(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAFF_IDLE_HOURS", said)
    with pytest.raises(ImproperlyConfigured, match=r"from 0\.25 to 336 hours"):
        read_idle_hours(Env())


def test_twelve_hours_unless_the_shop_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STAFF_IDLE_HOURS", raising=False)
    assert read_idle_hours(Env()) == 12
    monkeypatch.setenv("STAFF_IDLE_HOURS", "0.25")
    assert read_idle_hours(Env()) == 0.25
