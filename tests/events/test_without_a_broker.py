"""Nobody notices that the broker is away: pages answer, clicks are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import RecoveryAsk, ResetRequest
from events import broker
from events.models import Delivery
from tests.brokers import forget_connections, use_broker
from tests.factories.accounts import sign_in
from tests.test_every_page import pages

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A port that nobody listens on, and a process that has not noticed yet."""
    monkeypatch.setattr(broker.Rest, "until", 0.0)
    use_broker(monkeypatch, "redis://127.0.0.1:1/0")
    yield
    forget_connections()


def untold() -> set[str]:
    """Which handlers have something to do, with nobody told of it."""
    return set(Delivery.objects.untold().values_list("handler", flat=True))


def test_no_page_fails(owner: User, customer: Customer) -> None:
    desk, shop = sign_in(owner), sign_in(customer.user)
    broken = {}
    for page in pages():
        response = (desk if page.is_desk else shop).get(page.address(customer.pk))
        if response.status_code >= 500 and page.name != "readyz":
            broken[page.name] = response.status_code
    assert broken == {}


def test_a_click_on_send_is_kept(agent: User, customer: Customer) -> None:
    answer = sign_in(agent).post(reverse("reset_request_create", args=[customer.pk]))

    assert answer.status_code == 302
    assert ResetRequest.objects.open().filter(customer=customer).count() == 1
    assert "accounts.send_reset_link" in untold()


def test_a_customers_own_ask_is_kept(stranger: Client, customer: Customer) -> None:
    answer = stranger.post("/account/recover/", {"email": "jana.mueller@example.de"})

    assert answer.status_code < 400
    assert RecoveryAsk.objects.count() == 1
    assert "accounts.answer_ask" in untold()
