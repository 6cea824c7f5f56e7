"""After a reset the desk waits for the sign-in, and asks where it does not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from accounts.follow_up_panels import follow_ups
from accounts.models import AccountRules, LinkState, ResetRequest, User
from customers.models import Customer
from tests.accounts.conftest import minutes_later
from tests.accounts.resets import (
    JANA,
    another,
    hours_later,
    names,
    redeemed,
    shown_to,
    sign_in_at_the_shop,
)
from tests.factories.accounts import StaffFactory, request_of, sign_in
from tests.factories.customers import CustomerFactory
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

HTMX = {"HX-Request": "true", "HX-Target": "follow_ups"}
MINE, OURS = "Not signed in since your link", "Not signed in since, asked for by customers"


def settlement_of(request: ResetRequest) -> str:
    return f"/admin/customers/{request.customer_id}/reset-requests/{request.pk}/settlement/"


def test_a_sign_in_settles_it_by_itself(customer: Customer, agent: User) -> None:
    request = redeemed(customer, by=agent)
    assert shown_to(agent) == {MINE: [request]}
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert (request.settled_at, request.settled_by) == (request.signed_in_at, None)
    assert (names(request)[-1], shown_to(agent)) == ("reset_request.settled", {})


def test_it_stands_with_whoever_sent_it_and_with_nobody_else(
    customer: Customer, agent: User, other_agent: User, reader: User
) -> None:
    request = redeemed(customer, by=agent)
    assert (shown_to(agent), shown_to(other_agent)) == ({MINE: [request]}, {})
    assert MINE in sign_in(agent).get("/admin/").text
    for user in (other_agent, reader):
        assert 'id="follow_ups"' not in sign_in(user).get("/admin/").text


def test_what_customers_asked_for_and_who_left_had_sent_stands_with_all_who_write(
    customer: Customer, agent: User, other_agent: User, lead: User, owner: User
) -> None:
    asked, left_behind = redeemed(customer, by=None), redeemed(another(), by=other_agent)
    other_agent.deactivate(by=owner)
    for user in (agent, lead, owner):
        assert shown_to(user) == {OURS: [asked, left_behind]}
    assert "Otto Other" in sign_in(agent).get("/admin/").text


def test_the_shop_says_after_how_many_hours(customer: Customer, agent: User, lead: User) -> None:
    redeemed(customer, by=agent, hours_ago=3)
    assert shown_to(agent) == {}
    AccountRules.current().change(by=lead, expected_version=1, follow_up_hours=2)
    assert list(shown_to(agent)) == [MINE]


def test_what_nobody_can_still_ask_about_is_left_out(
    customer: Customer, agent: User, worker: Any
) -> None:
    long_ago = redeemed(customer, by=agent, hours_ago=15 * 24)
    invited = CustomerFactory(email="neu@example.de")
    redeemed(invited, by=agent)
    disabled, held = another(1), another(2)
    redeemed(disabled, by=agent)
    redeemed(held, by=agent)
    disabled.disable(by=agent)
    with transaction.atomic():
        held.hold(by=agent, reason="staff")
    unused = ResetRequest.start(another(3), by=agent)
    hours_later(unused, 25)
    assert shown_to(agent) == {}
    minutes_later()
    newest = redeemed(customer, by=agent)
    assert shown_to(agent) == {MINE: [newest]}
    worker()
    minutes_later()
    ResetRequest.start(customer, by=agent)  # a newer link: that one is awaited now
    assert (shown_to(agent), long_ago.is_watched) == ({}, False)


def test_a_sign_in_that_an_older_release_let_in_counts_as_well(
    customer: Customer, agent: User
) -> None:
    redeemed(customer, by=agent)
    User.objects.filter(customer=customer).update(last_login=timezone.now())
    assert shown_to(agent) == {}


def test_a_colleague_settles_it(customer: Customer, agent: User, other_agent: User) -> None:
    request = redeemed(customer, by=agent)
    assert (request.settle(by=other_agent), request.settle(by=agent)) == (True, False)
    assert (request.settled_by, shown_to(agent)) == (other_agent, {})
    assert names(request)[-1] == "reset_request.settled"
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert (request.signed_in_at is not None, request.settled_by) == (True, other_agent)
    assert names(request).count("reset_request.settled") == 1


def test_what_was_never_used_is_nothing_to_settle(customer: Customer, agent: User) -> None:
    request = ResetRequest.start(customer, by=agent)
    assert not request.settle(by=agent)
    request.withdraw(by=agent)
    assert not request.settle(by=agent)
    for fields in ({"settled_at": timezone.now()}, {"signed_in_at": timezone.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ResetRequest.objects.filter(pk=request.pk).update(**fields)
    ResetRequest.objects.update(ending=LinkState.USED)
    with pytest.raises(IntegrityError), transaction.atomic():
        ResetRequest.objects.filter(pk=request.pk).update(settled_by=agent)


def test_of_eight_who_settle_at_once_one_does(transactional_db: None) -> None:
    customer, agent = CustomerFactory(email=JANA, account=True), StaffFactory()
    request = redeemed(customer, by=None)
    results = all_at_once(lambda _number: ResetRequest.objects.get(pk=request.pk).settle(by=agent))
    assert sorted(results) == [False] * (THREADS - 1) + [True]
    assert names(request).count("reset_request.settled") == 1


def test_of_a_sign_in_and_a_colleague_at_once_one_settles(transactional_db: None) -> None:
    customer, agent = CustomerFactory(email=JANA, account=True), StaffFactory()
    request = redeemed(customer, by=None)

    def act(number: int) -> Any:
        if number % 2:
            return ResetRequest.objects.get(pk=request.pk).settle(by=agent)
        sign_in_at_the_shop()
        return None

    results = all_at_once(act)
    request.refresh_from_db()
    assert request.signed_in_at is not None
    assert results.count(True) == (request.settled_by is not None)
    assert names(request).count("reset_request.settled") == 1


@pytest.mark.parametrize(
    ("who", "may"), [("owner", True), ("lead", True), ("agent", True), ("reader", False)]
)
def test_who_may_settle(cast: dict[str, User], customer: Customer, who: str, may: bool) -> None:
    request = redeemed(customer, by=cast["agent"])
    browser = sign_in(cast[who])
    page = settlement_of(request).removesuffix("settlement/")
    assert (f'action="{settlement_of(request)}"' in browser.get(page).text) == may
    answer = browser.post(settlement_of(request))
    assert answer.status_code == (302 if may else 403)
    request.refresh_from_db()
    assert (request.settled_at is not None) == may
    if may:
        assert answer.url == page
        again = browser.post(settlement_of(request), follow=True).text
        assert ("There is nothing to settle any more." in again) is True
        assert f'action="{settlement_of(request)}"' not in browser.get(page).text


def test_home_settles_without_leaving_it(customer: Customer, agent: User) -> None:
    first, second = redeemed(customer, by=agent), redeemed(another(), by=agent)
    browser = sign_in(agent)
    card = browser.post(settlement_of(first), headers=HTMX)
    assert card.text.lstrip().startswith('<section class="card" id="follow_ups"')
    assert (settlement_of(first) in card.text, settlement_of(second) in card.text) == (False, True)
    assert "Settled." in card["HX-Trigger"]
    last = browser.post(settlement_of(second), headers=HTMX).text
    assert "Nothing is left to follow up." in last
    assert 'id="follow_ups"' not in browser.get("/admin/").text


def test_what_is_another_customers_is_out_of_reach(customer: Customer, agent: User) -> None:
    request = redeemed(customer, by=agent)
    foreign = settlement_of(request).replace(f"/{customer.pk}/", f"/{another().pk}/", 1)
    assert sign_in(agent).post(foreign).status_code == 404
    assert sign_in(agent).get(settlement_of(request)).status_code == 405


def test_the_oldest_come_first_and_no_more_than_are_read(agent: User) -> None:
    requests = [redeemed(another(number), by=agent, hours_ago=100 - number) for number in range(6)]
    assert shown_to(agent) == {MINE: requests[:5]}
    assert "There are more" in sign_in(agent).get("/admin/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_homes_card_costs_the_same_for_any_number(
    agent: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        redeemed(another(number), by=agent)
        reopened = redeemed(another(10 + number), by=None)
        with transaction.atomic():
            reopened.reopen(by=reopened.customer)
    request = request_of(agent)
    with django_assert_num_queries(CARD_QUERIES):
        card = follow_ups(request)
        assert card is not None
        render_to_string("accounts/_follow_ups.html", card, request=request)


# The rules; three groups, and the addresses of two of them.
CARD_QUERIES = 6


def test_nobody_reads_a_card_with_nothing_on_it(agent: User) -> None:
    request = RequestFactory().get("/admin/")
    request.user = agent
    assert follow_ups(request) is None


def test_the_steps_end_with_who_settled_it(customer: Customer, agent: User) -> None:
    request = redeemed(customer, by=agent)
    request.settle(by=agent)
    page = sign_in(agent).get(settlement_of(request).removesuffix("settlement/")).text
    assert "Settled by Anna Agent" in page


def test_the_timeline_tells_who_settled_it(customer: Customer, agent: User) -> None:
    from customers.timeline import timeline_of

    redeemed(customer, by=agent).settle(by=agent)
    lines = [entry.line.text for entry in timeline_of(customer).entries]
    assert lines[0] == "<b>Anna Agent</b> settled the password reset"
