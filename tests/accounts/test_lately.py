"""My profile tells what happened to my sign-in, and who did it where it was not me."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret

from accounts import second_factor
from accounts.lately import SHOWN, lately
from tests.factories.accounts import PASSWORD, sign_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

NEW = "Espresso-am-Morgen-3"


def test_newest_first_and_whose_doing_it_was(owner: User, agent: User) -> None:
    sign_in(agent)
    second_factor.switch_on(agent, generate_totp_secret())
    second_factor.switch_off(agent, by=owner)
    agent.deactivate(by=owner)
    agent.reactivate(by=owner)
    assert [(one.text, one.by) for one in lately(agent)] == [
        ("Account reactivated", "Olivia Owner"),
        ("1 device was signed out", "Olivia Owner"),
        ("Account deactivated", "Olivia Owner"),
        ("Two-step sign-in switched off", "Olivia Owner"),
        ("Two-step sign-in switched on", ""),
    ]
    assert lately(owner) == []


def test_the_profile_shows_it(agent: User) -> None:
    browser, _elsewhere = sign_in(agent), sign_in(agent)
    assert "What happened lately" not in browser.get("/admin/profile/").content.decode()
    browser.post("/admin/profile/password/", {"current": PASSWORD, "password": NEW})
    page = browser.get("/admin/profile/")
    assert [one.text for one in page.context["lately"]] == [
        "Password changed",
        "1 device was signed out",
    ]
    assert "What happened lately" in page.content.decode()


@pytest.mark.parametrize("times", [1, 3])
def test_it_asks_twice_for_any_number(
    owner: User, agent: User, times: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(times * SHOWN):
        agent.deactivate(by=owner)
        agent.reactivate(by=owner)
    with django_assert_num_queries(2):
        assert len(lately(agent)) == SHOWN
