"""Where links appear on Home, in the customers' list and on the customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import ResetRequest, User
from customers.models import Customer
from notifications.models import Mail
from tests.accounts.conftest import minutes_later
from tests.factories.accounts import request_of
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

JANA = "jana.mueller@example.de"


def test_home_lists_what_is_pending_and_what_failed(
    customer: Customer, agent: User, worker: Any
) -> None:
    from accounts import panels

    request = ResetRequest.start(customer, by=agent)
    worker()
    pending = panels.resets_pending(request_of(agent))
    assert pending == {"requests": [request], "count": 1}
    assert panels.resets_failed(None) is None  # type: ignore[arg-type]
    Mail.objects.update(handed_over_at=None, failed_at=timezone.now(), failure="refused")
    assert panels.resets_failed(None) == {"requests": [request]}  # type: ignore[arg-type]
    assert panels.resets_pending(request_of(agent)) == {"requests": [], "count": 0}


def test_what_was_mailed_again_since_counts_as_pending(
    customer: Customer, agent: User, worker: Any
) -> None:
    from accounts import panels

    request = ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(handed_over_at=None, failed_at=timezone.now(), failure="refused")
    minutes_later()
    assert ResetRequest.start(customer, by=None) == request
    worker()
    assert panels.resets_failed(None) is None  # type: ignore[arg-type]
    assert panels.resets_pending(request_of(agent)) == {"requests": [request], "count": 1}


@pytest.mark.parametrize("rows", [1, 3])
def test_homes_cards_ask_the_same_for_any_number(
    agent: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.template.loader import render_to_string

    from accounts import panels

    for _ in range(rows):
        ResetRequest.start(CustomerFactory(account=True), by=agent)
    asked = request_of(agent)
    with django_assert_num_queries(2):
        context = panels.resets_pending(asked)
        render_to_string("accounts/_resets_pending.html", context)


def test_the_tab_lists_customers_with_a_pending_reset(customer: Customer, agent: User) -> None:
    from accounts.panels import customers_with_pending_reset

    CustomerFactory(account=True)
    assert list(customers_with_pending_reset(Customer.objects.all())) == []
    ResetRequest.start(customer, by=agent)
    assert list(customers_with_pending_reset(Customer.objects.all())) == [customer]


def test_the_security_card_counts_resets_and_knows_the_last_sign_in(
    customer: Customer, agent: User
) -> None:
    from accounts.panels import security_card

    before = security_card(None, customer)  # type: ignore[arg-type]
    assert (before["last_sign_in"], before["resets"]) == (None, 0)
    ResetRequest.start(customer, by=agent)
    browser = Client()
    browser.post("/account/login/", {"email": JANA, "password": "Kaffee-mit-Milchschaum-7"})
    after = security_card(None, customer)  # type: ignore[arg-type]
    assert (after["last_sign_in"] is None, after["resets"]) == (False, 1)


def test_pending_links_are_found_without_reading_every_mail(
    customer: Customer, agent: User
) -> None:
    from accounts.panels import customers_with_pending_reset

    ResetRequest.start(customer, by=agent)
    now = timezone.now()
    sent = {"kind": "reset_sent_by_staff", "language": "en", "handed_over_at": now}
    about = [{"subject_type": "accounts.resetrequest", "subject_id": n} for n in range(3000)]
    Mail.objects.bulk_create(Mail(**sent, **one, queued_at=now, gives_up_at=now) for one in about)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_mail")
    plan = customers_with_pending_reset(Customer.objects.all()).explain()
    assert ("mail_about" in plan, "Seq Scan on notifications_mail" in plan) == (True, False)
