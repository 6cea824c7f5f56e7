"""No way back into an account goes round its second factor, takes it off, or signs anybody in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts import second_factor
from accounts.models import (
    AddressUndo,
    Alarm,
    Hold,
    HoldReason,
    ResetRequest,
    Session,
    StaffLink,
    User,
)
from accounts.moving import start_move
from accounts.tokens import token_for
from core.permissions import Role
from events.models import Event
from tests.accounts.conftest import link_in
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

pytestmark = pytest.mark.django_db
NEW = "Espresso-am-Morgen-3"


def factors(user: User) -> list[dict[str, Any]]:
    return list(Authenticator.objects.filter(user=user).order_by("pk").values())


def code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def redeem_at_the_desk(link: StaffLink) -> str:
    browser = Client()
    browser.get(f"/admin/link/{token_for(link)}/")
    saved = browser.post("/admin/link/", {"name": "Anna Agent", "password": NEW})
    assert saved.url == "/admin/login/"
    assert browser.get("/admin/").status_code == 302
    return NEW


def a_link_that_somebody_asked_for(agent: User, _owner: User) -> str:
    return redeem_at_the_desk(StaffLink.start(agent, by=None))


def a_link_of_an_owner(agent: User, owner: User) -> str:
    return redeem_at_the_desk(StaffLink.start(agent, by=owner))


def a_link_that_was_printed(agent: User, _owner: User) -> str:
    return redeem_at_the_desk(StaffLink.start(agent, by=None, mailed=False))


def an_invite(agent: User, owner: User) -> str:
    """To somebody whose password was taken away."""
    agent.set_unusable_password()
    agent.save(update_fields=["password"])
    link = StaffLink.start(agent, by=owner)
    assert link.purpose == "invite"
    return redeem_at_the_desk(link)


def a_new_password_of_their_own(agent: User, _owner: User) -> str:
    typed = {"current": PASSWORD, "password": NEW}
    assert sign_in(agent).post("/admin/profile/password/", typed).status_code == 302
    return NEW


def leaving_and_coming_back(agent: User, owner: User) -> str:
    agent.deactivate(by=owner)
    agent.reactivate(by=owner)
    return PASSWORD


def another_role(agent: User, owner: User) -> str:
    agent.change_role(Role.LEAD, by=owner)
    return PASSWORD


OF_STAFF = [
    a_link_that_somebody_asked_for,
    a_link_of_an_owner,
    a_link_that_was_printed,
    an_invite,
    a_new_password_of_their_own,
    leaving_and_coming_back,
    another_role,
]


@pytest.mark.parametrize("way", OF_STAFF)
def test_staff_are_asked_for_their_code_whichever_way_they_come(
    way: Callable[[User, User], str], agent: User, owner: User
) -> None:
    secret = generate_totp_secret()
    second_factor.switch_on(agent, secret)
    before = factors(agent)
    password = way(agent, owner)
    assert (len(before), factors(agent)) == (2, before)
    browser = Client()
    typed = {"email": agent.email, "password": password}
    assert browser.post("/admin/login/", typed).url == "/admin/login/code/"
    for page in ("/admin/", "/admin/profile/", "/admin/profile/second-factor/removal/"):
        assert browser.get(page).url.startswith("/admin/login/?next=")
    assert browser.post("/admin/login/code/", {"code": "000000"}).status_code == 422
    assert browser.post("/admin/login/code/", {"code": code(secret)}).url == "/admin/"
    assert browser.get("/admin/").status_code == 200


def redeem_at_the_shop(request: ResetRequest) -> None:
    browser, page = Client(), "reset" if request.purpose == "reset" else "activate"
    browser.get(f"/account/{page}/{token_for(request)}/")
    assert browser.post(f"/account/{page}/", {"password": NEW}).url == "/account/login/"
    assert browser.get("/account/").status_code == 302


def a_reset(customer: Customer, owner: User) -> None:
    redeem_at_the_shop(ResetRequest.start(customer, by=owner))


def an_invite_to_the_shop(customer: Customer, owner: User) -> None:
    customer.row().update(account_state="invited")
    request = ResetRequest.start(customer, by=owner)
    assert request.purpose == "invite"
    redeem_at_the_shop(request)


def an_alarm(customer: Customer, owner: User) -> None:
    a_reset(customer, owner)
    browser = Client()
    browser.get(f"/account/alarm/{token_for(Alarm.objects.get())}/")
    assert browser.post("/account/alarm/").url == "/account/alarm/"
    assert browser.get("/account/").status_code == 302
    assert Hold.of(customer) is not None


def another_address(customer: Customer, owner: User) -> None:
    passed_check(customer, by=owner)
    browser, link = Client(), start_move(customer, "jana@neu.example", by=owner)
    browser.get(f"/account/move/{token_for(link)}/")
    assert browser.post("/account/move/", {"password": NEW}).url == "/account/login/"
    assert browser.get("/account/").status_code == 302


def an_address_that_comes_back(customer: Customer, owner: User) -> None:
    another_address(customer, owner)
    browser = Client()
    browser.get(f"/account/undo/{token_for(AddressUndo.objects.get())}/")
    assert browser.post("/account/undo/").status_code == 200
    assert browser.get("/account/").status_code == 302


def a_hold_that_is_lifted(customer: Customer, owner: User) -> None:
    Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
    Hold.objects.get().lift(by=owner, without_check="We met")


def disabling_and_enabling(customer: Customer, owner: User) -> None:
    customer.disable(by=owner)
    customer.enable_again(by=owner)


OF_CUSTOMERS = [
    a_reset,
    an_invite_to_the_shop,
    an_alarm,
    another_address,
    an_address_that_comes_back,
    a_hold_that_is_lifted,
    disabling_and_enabling,
]


@pytest.mark.parametrize("way", OF_CUSTOMERS)
def test_nothing_done_to_a_customer_takes_it_off_or_signs_anybody_in(
    way: Callable[[Customer, User], None], customer: Customer, owner: User
) -> None:
    """Customers have no page to switch one on; whoever gives them one finds it left alone."""
    user: User = customer.user  # type: ignore[attr-defined]
    second_factor.switch_on(user, generate_totp_secret())
    before = factors(user)
    way(customer, owner)
    assert (len(before), factors(user)) == (2, before)
    assert not Session.objects.of(user).exists()
    names = ["user.second_factor_removed", "user.signed_in"]
    assert not Event.objects.filter(name__in=names).exists()


def test_a_link_that_is_followed_in_the_middle_of_the_second_step_does_not_end_it_early(
    agent: User, worker: Any
) -> None:
    """The same browser: password given, code asked for, then a new link instead of the code."""
    second_factor.switch_on(agent, generate_totp_secret())
    browser = Client()
    browser.post("/admin/login/", {"email": agent.email, "password": PASSWORD})
    browser.post("/admin/recover/", {"email": agent.email})
    [mail] = worker()
    browser.get(link_in(mail))
    browser.post("/admin/link/", {"name": "Anna Agent", "password": NEW})
    assert browser.get("/admin/").url.startswith("/admin/login/?next=")
    assert browser.get("/admin/login/code/").url == "/admin/login/"
