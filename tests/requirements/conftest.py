from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.test import Client

from accounts import second_factor
from accounts.models import ResetRequest
from accounts.tokens import token_for
from tests.accounts.conftest import worker
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User
    from customers.models import Customer

__all__ = ["worker"]
JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Nearly every requirement is about what is kept there."""


@pytest.fixture
def jana(customer: Customer) -> Callable[..., Client]:
    """A browser in which Jana has signed in with her password, as people do."""

    def signed_in() -> Client:
        browser = Client(headers={"Accept-Language": "en"})
        typed = {"email": JANA, "password": PASSWORD}
        assert browser.post("/account/login/", typed).status_code == 302
        return browser

    return signed_in


@pytest.fixture
def link(customer: Customer, agent: User) -> ResetRequest:
    """One that a colleague has sent."""
    return ResetRequest.start(customer, by=agent)


@pytest.fixture
def at_the_form(link: ResetRequest) -> Client:
    """A browser that has followed the link."""
    browser = Client(headers={"Accept-Language": "en"})
    assert browser.get(f"/account/reset/{token_for(link)}/").status_code == 302
    return browser


@pytest.fixture
def careful(agent: User) -> list[str]:
    """The agent signs in with two steps; their recovery codes."""
    return second_factor.switch_on(agent, generate_totp_secret())
