"""A reset request: who gets which link, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import (
    CustomerBarred,
    LinkRefused,
    LinkState,
    NoAddress,
    Purpose,
    ResetRequest,
    Session,
    User,
)
from accounts.tokens import find_link, token_for
from customers.models import AccountState, Customer, Identity, Proof
from events.models import Event
from tests.accounts.conftest import minutes_later
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User as Staff

NEW = "Espresso-am-Morgen-3"


def names(subject: Any) -> list[str]:
    events = happened_to(subject).order_by("id")
    return list(events.values_list("name", flat=True))


def test_staff_send_a_reset_to_a_customer_with_an_account(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    assert (request.purpose, request.to) == (Purpose.RESET, "jana.mueller@example.de")
    assert request.expires_at - request.started_at == timedelta(minutes=60)
    event = happened_to(request).get()
    assert (event.name, event.actor_id, event.plain) == (
        "reset_request.started",
        agent.pk,
        {"purpose": "reset"},
    )
    assert event in Event.objects.about(customer)


def test_a_customer_without_an_account_is_invited_instead(agent: Staff) -> None:
    newcomer = CustomerFactory(email="neu@example.de")
    request = ResetRequest.start(newcomer, by=agent)
    newcomer.refresh_from_db()
    assert (request.purpose, newcomer.account_state) == (Purpose.INVITE, AccountState.INVITED)
    assert request.expires_at - request.started_at == timedelta(days=30)


def test_a_disabled_customer_gets_no_link(customer: Customer, agent: Staff) -> None:
    customer.disable(by=agent)
    with pytest.raises(CustomerBarred):
        ResetRequest.start(customer, by=agent)
    assert not ResetRequest.objects.exists()


def test_a_customer_without_address_gets_no_link(agent: Staff) -> None:
    with pytest.raises(NoAddress):
        ResetRequest.start(CustomerFactory(email="", phone="+4940123456"), by=agent)


def test_a_double_click_is_one_request(customer: Customer, agent: Staff) -> None:
    first = ResetRequest.start(customer, by=agent)
    assert ResetRequest.start(customer, by=agent) == first
    assert names(first) == ["reset_request.started"]


def test_a_click_while_the_mail_waits_is_the_same_request(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    from accounts.handlers import send_reset_link

    first = ResetRequest.start(customer, by=agent)
    send_reset_link(happened_to(first).get())
    minutes_later()
    assert ResetRequest.start(customer, by=agent) == first


def test_a_later_click_replaces_the_link(customer: Customer, agent: Staff, worker: Any) -> None:
    first = ResetRequest.start(customer, by=agent)
    worker()
    minutes_later()
    second = ResetRequest.start(customer, by=agent)
    first.refresh_from_db()
    assert (first.state, second.state) == (LinkState.REPLACED, LinkState.OPEN)


def test_a_strangers_ask_leaves_the_link_of_staff_alive_and_mails_it_again(
    customer: Customer, agent: Staff, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=agent)
    [mail] = worker()
    minutes_later()
    assert ResetRequest.start(customer, by=None) == first
    [again] = worker()
    assert token_for(first) in mail.body
    assert token_for(first) in again.body


def test_redeeming_sets_the_password_and_proves_the_address(
    customer: Customer, agent: Staff
) -> None:
    user = customer.user
    browser = sign_in(user)
    Identity.objects.filter(customer=customer).update(proof=Proof.STAFF)
    request = ResetRequest.start(customer, by=agent)
    request.redeem(NEW)
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert not Session.objects.of(user).exists()
    assert browser.get("/account/").status_code == 302
    assert Identity.objects.get(customer=customer).proof == Proof.PROVED
    assert names(request) == ["reset_request.started", "reset_request.redeemed"]


def test_redeeming_an_invite_makes_the_account(agent: Staff) -> None:
    newcomer = CustomerFactory(email="Neu@Example.de")
    user = ResetRequest.start(newcomer, by=agent).redeem(NEW)
    newcomer.refresh_from_db()
    assert (user.email, user.customer, newcomer.account_state) == (
        "neu@example.de",
        newcomer,
        AccountState.ENABLED,
    )
    assert [row.email for row in user.emailaddress_set.filter(verified=True, primary=True)] == [
        "neu@example.de"
    ]


def test_a_link_is_redeemed_once(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    request.redeem(NEW)
    with pytest.raises(LinkRefused) as refused:
        request.redeem("Another-password-1")
    assert refused.value.state == LinkState.USED
    assert User.objects.get(customer=customer).check_password(NEW)


def test_an_expired_link_is_refused(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    ResetRequest.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkRefused) as refused:
        request.redeem(NEW)
    assert refused.value.state == LinkState.EXPIRED


def test_a_withdrawn_link_is_refused_and_cannot_be_withdrawn_twice(
    customer: Customer, agent: Staff
) -> None:
    request = ResetRequest.start(customer, by=agent)
    request.withdraw(by=agent)
    for refused_verb in (lambda: request.redeem(NEW), lambda: request.withdraw(by=agent)):
        with pytest.raises(LinkRefused) as refused:
            refused_verb()
        assert refused.value.state == LinkState.WITHDRAWN
    assert names(request) == ["reset_request.started", "reset_request.withdrawn"]


def test_declining_an_invite_is_written_down(agent: Staff) -> None:
    newcomer = CustomerFactory()
    request = ResetRequest.start(newcomer, by=agent)
    request.decline()
    newcomer.refresh_from_db()
    assert newcomer.account_state == AccountState.DECLINED
    with pytest.raises(LinkRefused):
        request.decline()


def test_a_new_address_kills_the_link_to_the_former_one(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    customer.make_primary(
        customer.add_email("jana@neu.example", by=agent, proof=Proof.PROVED), by=agent
    )
    with pytest.raises(LinkRefused) as refused:
        request.redeem(NEW)
    assert refused.value.state == LinkState.WITHDRAWN


def test_disabling_kills_links_and_sessions_at_once(customer: Customer, agent: Staff) -> None:
    browser = sign_in(customer.user)
    request = ResetRequest.start(customer, by=agent)
    customer.disable(by=agent)
    assert not Session.objects.of(customer.user).exists()
    assert browser.get("/account/").status_code == 302
    with pytest.raises(LinkRefused):
        request.redeem(NEW)


def test_the_first_opening_is_noted_once(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    request.open_link()
    request.open_link()
    assert names(request) == ["reset_request.started", "reset_request.opened"]


def test_a_token_opens_its_own_row_only(customer: Customer, agent: Staff) -> None:
    mine = ResetRequest.start(customer, by=agent)
    theirs = ResetRequest.start(CustomerFactory(), by=agent)
    token, other = token_for(mine), token_for(theirs)
    assert find_link(ResetRequest, token) == mine
    crossed = f"{token.partition('.')[0]}.{other.partition('.')[2]}"
    junk = ["", ".", "0", "null", crossed, token[:-1], token.upper(), f" {token}", f"0{token}", "ü"]
    assert [find_link(ResetRequest, one) for one in [*junk, "z" * 90, "9" * 5000]] == [None] * 12


def test_a_new_nonce_or_address_makes_another_token(customer: Customer, agent: Staff) -> None:
    request = ResetRequest.start(customer, by=agent)
    token = token_for(request)
    request.to = "jana.mueller@example.d"
    assert token_for(request) != token
    request.refresh_from_db()
    request.nonce = "0" * 32
    assert token_for(request) != token


def test_an_account_that_another_shop_system_knew_is_reset_and_made_here(agent: Staff) -> None:
    imported = CustomerFactory(email="imported@example.de", account_state=AccountState.ENABLED)
    request = ResetRequest.start(imported, by=agent)
    assert (request.purpose, request.redeem(NEW).email) == (Purpose.RESET, "imported@example.de")


def test_signing_out_everywhere_is_told_on_the_timeline(customer: Customer, agent: Staff) -> None:
    sign_in(customer.user)
    sign_in(customer.user)
    ResetRequest.start(customer, by=agent).redeem(NEW)
    page = sign_in(agent).get(f"/admin/customers/{customer.pk}/").content.decode()
    assert "2 devices were signed out" in page


def test_disabling_and_a_new_address_tell_of_ended_sessions_too(
    customer: Customer, agent: Staff
) -> None:
    sign_in(customer.user)
    customer.make_primary(
        customer.add_email("jana@neu.example", by=agent, proof=Proof.PROVED), by=agent
    )
    sign_in(customer.user)
    customer.disable(by=agent)
    ended = Event.objects.about(customer).filter(name="user.sessions_ended")
    assert [event.plain for event in ended] == [{"count": 1}] * 2
