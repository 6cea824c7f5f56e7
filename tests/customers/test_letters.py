"""A letter on the timeline says how far its mail is, without anybody loading the page anew."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.handlers import send_letter
from customers.models import Customer, Letter
from customers.timeline import timeline_of
from events.models import Event
from notifications.answers import Answer
from notifications.models import Mail
from tests.customers.page_addresses import HTMX, text_of, url
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User


@pytest.fixture
def letter(customer: Customer, agent: User) -> Letter:
    return Letter.write(customer, by=agent, subject="Your mill", text="It is on its way.")


def state_of(letter: Letter) -> str:
    return reverse("customer_letter_state", args=[letter.customer_id, letter.pk])


def test_it_asks_again_until_the_mail_has_left(letter: Letter, agent: User) -> None:
    client, page, where = sign_in(agent), url("customer_detail", letter.customer), state_of(letter)
    assert f'hx-get="{where}" hx-trigger="every 1s"' in text_of(client.get(page))
    send_letter(Event.objects.get(name="customer.written_to"))
    waiting = text_of(client.get(where, headers=HTMX))
    assert waiting.startswith("<span")
    assert ("being sent" in waiting, f'hx-get="{where}"' in waiting) == (True, True)
    Mail.objects.update(handed_over_at=timezone.now())
    left = text_of(client.get(where, headers=HTMX))
    assert ("handed to the mail server" in left, "hx-get" in left) == (True, False)
    assert where not in text_of(client.get(page))


def test_that_it_was_handed_over_is_said_once(letter: Letter, customer: Customer) -> None:
    send_letter(Event.objects.get(name="customer.written_to"))
    mail = Mail.objects.get()
    assert mail.take()
    mail.handed_over(Answer("250"), subject="Your mill", text="It is on its way.")
    seen = [entry.line.text for entry in timeline_of(customer).entries]
    assert Event.objects.filter(name="mail.handed_over").count() == 1
    assert [line for line in seen if "handed" in line] == []


def test_a_mail_that_failed_says_why_and_asks_no_more(letter: Letter, agent: User) -> None:
    send_letter(Event.objects.get(name="customer.written_to"))
    Mail.objects.update(failed_at=timezone.now(), failure="refused")
    failed = text_of(sign_in(agent).get(state_of(letter), headers=HTMX))
    reason = str(Mail.objects.get().get_failure_display())
    assert (reason in failed, "hx-get" in failed) == (True, False)


@pytest.mark.parametrize(
    ("minutes", "asks"), [(0, ["every 1s"]), (5, ["every 5s"]), (119, ["every 5s"]), (121, [])]
)
def test_the_longer_it_waits_the_less_it_asks(
    letter: Letter, minutes: int, asks: list[str], agent: User
) -> None:
    Letter.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))
    shown = text_of(sign_in(agent).get(state_of(letter), headers=HTMX))
    assert re.findall(r'hx-trigger="([^"]+)"', shown) == asks


def test_only_this_customers_letters_are_told_of(letter: Letter, reader: User) -> None:
    foreign = reverse("customer_letter_state", args=[CustomerFactory().pk, letter.pk])
    assert sign_in(reader).get(foreign, headers=HTMX).status_code == 404


def test_without_htmx_it_leads_to_the_timeline(letter: Letter, reader: User) -> None:
    answer = sign_in(reader).get(state_of(letter))
    assert answer.url == f"{url('customer_detail', letter.customer)}#timeline"
