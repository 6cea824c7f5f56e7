"""The way of a link that went to many at once: who sent it, which mail is newest, what it says."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from accounts.models import ResetRequest
from accounts.reset_trail import ResetTrail, current_trail
from core import words
from notifications.models import Mail
from tests.accounts.bulk_sends import INVITES, RESETS, sent, with_account, without_account
from tests.accounts.conftest import minutes_later, work

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from customers.models import Customer


@pytest.fixture
def customer(db: None) -> Customer:
    return with_account()[0]


def trail_of(customer: Customer) -> ResetTrail:
    trail = current_trail(customer)
    assert trail is not None
    return trail


def steps_of(customer: Customer) -> list[tuple[str, str, str]]:
    return [(step.label, step.state, step.detail) for step in trail_of(customer).steps()][:3]


def test_from_whoever_sent_it_to_the_mail_server(customer: Customer, agent: User) -> None:
    sent(RESETS, by=agent)
    asked = ("Sent to many at once by Anna Agent", "done", "")
    assert steps_of(customer)[:2] == [asked, ("Queued", "done", "")]
    work()
    assert steps_of(customer)[2] == ("Handed to the mail server", "done", "")


@pytest.mark.parametrize("kind", [RESETS, INVITES])
def test_nobody_clicked_and_waited(agent: User, kind: str) -> None:
    (person,) = with_account() if kind == RESETS else without_account()
    sent(kind, by=agent)
    work()
    text = trail_of(person).text
    assert text.startswith("It went to many at once. Handed to the mail server: ")
    assert "click" not in text


def test_what_left_on_another_day_names_the_day(agent: User) -> None:
    (person,) = without_account()
    sent(INVITES, by=agent)
    work()
    yesterday = timezone.now() - timedelta(days=1)
    Mail.objects.update(handed_over_at=yesterday)
    at = f"{words.day(yesterday)}, {words.clock(yesterday)}"
    assert f" Handed to the mail server: {at}. " in trail_of(person).text


def test_who_asks_at_the_shop_for_the_same_link_is_told_of_beside_the_sender(
    customer: Customer, agent: User
) -> None:
    sent(RESETS, by=agent)
    work()
    minutes_later()
    ResetRequest.start(customer, by=None)
    work()
    assert steps_of(customer)[:2] == [
        (
            "Sent to many at once by Anna Agent",
            "done",
            "The customer has asked at the shop as well",
        ),
        ("Queued", "done", "Mail number 2 with this link"),
    ]
    assert "It went to many at once." not in trail_of(customer).text


def test_a_link_of_their_own_that_was_mailed_again_to_many_says_so(
    customer: Customer, agent: User
) -> None:
    ResetRequest.start(customer, by=None)
    work()
    minutes_later()
    sent(RESETS, by=agent)
    work()
    assert steps_of(customer)[:2] == [
        ("Asked for at the shop", "done", ""),
        ("Queued", "done", "Mail number 2 with this link, sent to many at once"),
    ]
    assert trail_of(customer).text.startswith("It went to many at once.")


def test_the_cause_comes_along_with_the_mails(
    customer: Customer, agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent(RESETS, by=agent)
    work()
    request = ResetRequest.objects.select_related("asked_by").get()
    with django_assert_num_queries(1):
        assert ResetTrail(request).went_to_many
