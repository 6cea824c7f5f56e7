"""ASVS 5.0.0, V16.3 Security Events: what leaves a line in the log, and what does not stand there.

Of what went well an event is kept (events.log); the log tells of what did not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from structlog.testing import capture_logs

from accounts import second_factor
from accounts.models import ResetRequest, Throttle, User
from accounts.throttling import LIMITS
from accounts.tokens import token_for
from events.models import Event
from tests.factories.accounts import PASSWORD, sign_in
from tests.requirements.conftest import JANA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from customers.models import Customer


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def said(lines: list[Any], event: str) -> list[dict[str, Any]]:
    """What lines of this kind say."""
    return [
        {name: text for name, text in line.items() if name not in {"event", "log_level"}}
        for line in lines
        if line["event"] == event
    ]


def test_asvs_16_3_1_sign_ins_leave_an_event_and_failed_ones_a_line(
    agent: User, careful: list[str], jana: Callable[[], Client], lines: list[Any]
) -> None:
    browser = jana()
    assert Event.objects.filter(name="user.signed_in").count() == 1
    Client().post("/account/login/", {"email": JANA, "password": "wrong"})
    Client().post("/account/login/", {"email": "nobody@example.de", "password": "wrong"})
    browser.post("/account/password/", {"current": "wrong", "password": "Espresso-am-Morgen-3"})
    desk = Client()
    desk.post("/admin/login/", {"email": agent.email, "password": PASSWORD})
    desk.post("/admin/login/code/", {"code": "000000"})
    assert said(lines, "sign_in.failed") == [
        {"door": "shop", "step": "password"},
        {"door": "shop", "step": "password"},
        {"door": "desk", "step": "code", "user": agent.pk},
    ]
    assert said(lines, "present_password.wrong") == [{"user": User.objects.get(email=JANA).pk}]


def test_asvs_16_3_2_what_a_role_may_not_leaves_a_line(
    reader: User, customer: Customer, lines: list[Any]
) -> None:
    sign_in(reader).post(f"/admin/customers/{customer.pk}/reset-requests/")
    answered = said(lines, "request.answered")
    assert [(one["view"], one["status"]) for one in answered] == [("reset_request_create", 403)]


def test_asvs_16_3_3_dead_links_and_limits_leave_a_line_without_the_token(
    link: ResetRequest, at_the_form: Client, lines: list[Any]
) -> None:
    link.withdraw(by=None)
    at_the_form.get("/account/reset/")
    browser, token = Client(), token_for(link)
    for kind in ("reset", "activate", "confirm", "move", "undo", "alarm", "feedback"):
        browser.get(f"/account/{kind}/{token[:-1]}/")
    browser.get(f"/admin/link/{token}/")
    kinds = ["reset", "activate", "registration", "move", "undo", "alarm", "feedback", "staff"]
    expected = [{"kind": kind, "state": "unknown"} for kind in kinds]
    assert said(lines, "link.refused") == [{"kind": "reset", "state": "withdrawn"}, *expected]
    Throttle.objects.update(count=LIMITS["link from ip"].tries)
    assert browser.get("/account/reset/x/").status_code == 429
    assert said(lines, "limit.reached") == [{"limit": "link from ip"}]
    assert token[:-1] not in str(lines)


def test_asvs_16_3_4_a_second_factor_that_cannot_be_read_leaves_its_error(
    agent: User, careful: list[str], settings: Any, lines: list[Any]
) -> None:
    settings.LINK_KEY = "another-key-" + "x" * 40
    assert not second_factor.accepts(agent, careful[0])
    [line] = [line for line in lines if line["event"] == "second_factor.unreadable"]
    assert (line["user"], line["exc_info"], line["log_level"]) == (agent.pk, True, "error")
