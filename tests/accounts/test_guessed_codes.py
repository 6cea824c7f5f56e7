"""Whoever has a colleague's password guesses at the code, day by day."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.management import call_command
from django.test import Client

from accounts import second_factor
from accounts.lately import lately
from accounts.models import Throttle, User
from accounts.throttling import LIMITS
from tests.factories.accounts import PASSWORD
from tests.happened import happened_to

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = "codes of user a day"


@pytest.fixture
def guess(agent: User) -> Callable[..., int]:
    """One code, typed after the pause that the limit of some minutes asks for."""
    recovery = second_factor.switch_on(agent, generate_totp_secret())

    def typed(code: str = "000000") -> int:
        Throttle.objects.filter(name="code of user").delete()
        browser = Client()
        browser.post("/admin/login/", {"email": agent.email, "password": PASSWORD})
        code = recovery.pop() if code == "right" else code
        return browser.post("/admin/login/code/", {"code": code}).status_code

    return typed


def use_up(*, but: int = 0) -> None:
    Throttle.objects.filter(name=DAY).update(count=LIMITS[DAY].tries - but)


def test_beyond_the_days_tries_no_code_is_looked_at(guess: Callable[..., int]) -> None:
    assert guess() == 422
    use_up(but=1)
    assert [guess(), guess(), guess("right")] == [422, 429, 429]


def test_a_sign_in_does_not_start_it_over(guess: Callable[..., int]) -> None:
    guess()
    use_up(but=1)
    assert [guess("right"), guess("right")] == [302, 429]


def test_a_pause_that_is_not_kept_uses_up_nothing_of_the_day(
    agent: User, guess: Callable[..., int]
) -> None:
    guess()
    browser = Client()
    browser.post("/admin/login/", {"email": agent.email, "password": PASSWORD})
    answers = [browser.post("/admin/login/code/", {"code": "000000"}) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429] * 3
    assert Throttle.objects.get(name=DAY).count == 6


def test_the_first_one_too_many_is_written_down_once(
    agent: User, guess: Callable[..., int]
) -> None:
    guess()
    use_up()
    assert not happened_to(agent).filter(name="user.codes_tried_all_day").exists()
    assert [guess(), guess()] == [429, 429]
    [event] = happened_to(agent).filter(name="user.codes_tried_all_day")
    assert (event.actor_id, event.plain) == (None, {})
    [line, *_before] = lately(agent)
    assert (line.text, line.by) == (
        "Somebody with your password typed more codes than a day allows",
        "",
    )


def test_it_is_mailed_once_with_the_way_to_another_password(
    agent: User, guess: Callable[..., int], worker: Callable[[], list[Any]]
) -> None:
    guess()
    assert worker() == []
    use_up()
    assert [guess(), guess()] == [429, 429]
    [mail] = worker()
    assert (mail.to, mail.subject) == ([agent.email], "Vielleicht kennt jemand Ihr Passwort")
    assert ("/admin/recover/" in mail.body, "create_owner" in mail.body) == (True, False)


def test_an_owner_who_takes_the_factor_off_lets_them_in(
    agent: User, owner: User, guess: Callable[..., int]
) -> None:
    guess()
    use_up()
    assert guess("right") == 429
    second_factor.switch_off(agent, by=owner)
    browser = Client()
    typed = {"email": agent.email, "password": PASSWORD}
    assert browser.post("/admin/login/", typed).status_code == 302
    assert browser.get("/admin/").status_code == 200


def test_an_owner_whom_nobody_else_lets_in_does_so_on_the_server(
    agent: User, guess: Callable[..., int], worker: Callable[[], list[Any]]
) -> None:
    User.objects.filter(pk=agent.pk).update(role="owner")
    guess()
    use_up()
    assert guess("right") == 429
    [mail] = worker()
    assert "manage.py create_owner" in mail.body
    call_command("create_owner", agent.email, stdout=StringIO())
    assert guess("right") == 302
