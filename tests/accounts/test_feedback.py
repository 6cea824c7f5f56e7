"""Did everything work? Who is asked, when, once; and what a yes and a no lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import AccountRules, Feedback, LinkRefused, ResetRequest, User
from accounts.tasks import ask_whether_it_worked
from accounts.tokens import token_for
from customers.models import Customer, Proof
from events.models import Event
from tests.accounts.conftest import link_in, minutes_later
from tests.accounts.resets import (
    JANA,
    another,
    asked,
    hours_later,
    names,
    redeemed,
    shown_to,
    sign_in_at_the_shop,
)
from tests.factories.accounts import StaffFactory, sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

PAGE = "/account/feedback/"
THEY_SAY = "It does not work, they say"
pytestmark = pytest.mark.usefixtures("shop_asks")


def test_a_mail_asks_once_an_hour_after_the_sign_in(signed_in: ResetRequest, worker: Any) -> None:
    assert (ask_whether_it_worked(), ask_whether_it_worked()) == (1, 0)
    [mail] = worker()
    assert (mail.to, mail.subject) == ([JANA], "Können Sie sich bei My shop wieder anmelden?")
    assert link_in(mail) == f"{PAGE}{token_for(Feedback.objects.get())}/"
    assert worker() == []


def test_nobody_is_asked_before_their_time_or_long_after(signed_in: ResetRequest) -> None:
    for hours in (-1.5, 25):  # half an hour ago; a day and two hours ago
        hours_later(signed_in, hours)
        assert ask_whether_it_worked() == 0


def test_nobody_is_asked_where_the_shop_does_not_want_it(signed_in: ResetRequest) -> None:
    AccountRules.objects.update(asks_whether_it_worked=False)
    assert (ask_whether_it_worked(), Feedback.objects.count()) == (0, 0)


def test_who_has_not_signed_in_is_asked_after_the_hours_of_the_follow_up(
    customer: Customer, agent: User
) -> None:
    request = redeemed(customer, by=agent, hours_ago=23)
    assert ask_whether_it_worked() == 0
    hours_later(request, 2)
    assert ask_whether_it_worked() == 1


def test_who_may_not_sign_in_and_whose_case_is_settled_is_asked_nothing(
    agent: User, worker: Any
) -> None:
    customers = [another(number) for number in range(4)]
    requests = [redeemed(one, by=agent) for one in customers]
    customers[0].disable(by=agent)
    customers[1].hold(by=agent, reason="staff")
    requests[2].settle(by=agent)
    worker()
    minutes_later()
    ResetRequest.start(customers[3], by=agent)
    assert ask_whether_it_worked() == 0


@pytest.mark.parametrize("change", ["disabled", "moved", "answered"])
def test_the_mail_is_not_sent_where_the_world_moved_on(
    signed_in: ResetRequest, customer: Customer, agent: User, worker: Any, change: str
) -> None:
    feedback = asked(signed_in)
    if change == "disabled":
        customer.disable(by=agent)
    elif change == "moved":
        new = customer.add_email("jana@neu.example", by=agent, proof=Proof.PROVED)
        customer.make_primary(new, by=agent)
    else:
        feedback.answer(worked=True)
    assert [mail.to for mail in worker() if "/account/feedback/" in mail.body] == []


@pytest.mark.parametrize("rows", [1, 3])
def test_asking_costs_the_same_for_any_number(
    agent: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        redeemed(another(number), by=agent)
    with django_assert_num_queries(ASKING):
        assert ask_whether_it_worked() == rows


# The rules; begin, whose turn it is, mark, questions, events, whose timelines, deliveries, commit;
# and telling workers after that, which costs no query.
ASKING = 9


def test_eight_workers_at_once_ask_nobody_twice(transactional_db: None) -> None:
    AccountRules.objects.update(asks_whether_it_worked=True)
    for number in range(5):
        redeemed(another(number), by=None)
    counts = all_at_once(lambda _number: ask_whether_it_worked())
    assert (sum(counts), Feedback.objects.count()) == (5, 5)
    assert Event.objects.filter(name="feedback.asked").count() == 5


def test_yes_settles(customer: Customer, agent: User) -> None:
    request = redeemed(customer, by=agent)
    asked(request).answer(worked=True)
    request.refresh_from_db()
    assert (request.settled_at is not None, request.settled_by, shown_to(agent)) == (True, None, {})
    assert names(request)[-1] == "reset_request.settled"


def test_no_opens_it_again_for_everybody_at_the_top(
    signed_in: ResetRequest, agent: User, other_agent: User
) -> None:
    waiting = redeemed(another(), by=None)
    feedback = asked_of(signed_in)
    feedback.answer(worked=False, words="<b>Nothing</b> happens when I press the button.")
    signed_in.refresh_from_db()
    assert (signed_in.is_reopened, signed_in.settled_at) == (True, None)
    assert names(signed_in)[-1] == "reset_request.reopened"
    assert list(shown_to(other_agent).values()) == [[signed_in], [waiting]]
    home = sign_in(other_agent).get("/admin/").text
    assert THEY_SAY in home
    assert "“&lt;b&gt;Nothing&lt;/b&gt; happens when I press the button.”" in home
    assert home.index("To follow up") < home.index("Resets pending")


def asked_of(request: ResetRequest) -> Feedback:
    ask_whether_it_worked()
    return Feedback.objects.get(request=request)


def test_no_stands_on_the_customers_page_and_their_timeline(
    signed_in: ResetRequest, customer: Customer, agent: User
) -> None:
    asked(signed_in).answer(worked=False, words="It says wrong password.")
    ResetRequest.objects.update(closed_at=timezone.now() - timedelta(days=3))
    page = sign_in(agent).get(f"/admin/customers/{customer.pk}/").text
    assert "It does not work, says the customer" in page
    assert page.count("It says wrong password.") == 2  # in the panel, and on the timeline
    assert "<b>Jana Müller</b> says that signing in does not work" in page


def test_a_colleague_settles_what_was_opened_again(signed_in: ResetRequest, agent: User) -> None:
    asked(signed_in).answer(worked=False)
    assert ResetRequest.objects.get(pk=signed_in.pk).settle(by=agent)
    assert shown_to(agent) == {}


def test_a_later_sign_in_does_not_settle_what_the_customer_says_does_not_work(
    customer: Customer, agent: User
) -> None:
    request = redeemed(customer, by=agent)
    asked(request).answer(worked=False)
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert (request.signed_in_at is not None, request.is_reopened) == (True, True)


def test_it_is_answered_once(signed_in: ResetRequest) -> None:
    feedback = asked(signed_in)
    feedback.answer(worked=True)
    with pytest.raises(LinkRefused):
        Feedback.objects.get(pk=feedback.pk).answer(worked=False)
    feedback.refresh_from_db()
    assert (feedback.worked, list(happened_to(feedback).values_list("plain", flat=True))[-1]) == (
        True,
        {"worked": True},
    )


def test_of_eight_answers_at_once_one_counts(transactional_db: None) -> None:
    AccountRules.objects.update(asks_whether_it_worked=True)
    request = redeemed(CustomerFactory(email=JANA, account=True), by=StaffFactory())
    feedback = asked(request)
    results = all_at_once(
        lambda number: Feedback.objects.get(pk=feedback.pk).answer(worked=bool(number % 2))
    )
    assert (results.count(None), len(results)) == (1, THREADS)
    feedback.refresh_from_db()
    request.refresh_from_db()
    assert request.is_reopened is not feedback.worked
    assert Event.objects.filter(name="feedback.answered").count() == 1
