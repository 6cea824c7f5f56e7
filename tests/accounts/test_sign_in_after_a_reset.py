"""The first sign-in with the new password is noted with the link that it came by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import AddressUndo, Hold, HoldReason, ResetRequest, User
from accounts.moving import redeem_move, start_move
from accounts.reset_trail import current_trail
from core import words
from customers.models import Customer
from events.models import Event
from tests.accounts.resets import hours_later, redeemed
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.threads import THREADS, all_at_once

JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"
HTMX = {"HX-Request": "true", "HX-Target": "reset_panel"}


def sign_in_at_the_shop(password: str = NEW) -> None:
    Client().post("/account/login/", {"email": JANA, "password": password})


def test_only_the_first_sign_in_after_the_change_is_noted(
    customer: Customer, agent: User, worker: Any
) -> None:
    sign_in_at_the_shop(PASSWORD)
    request = ResetRequest.start(customer, by=agent)
    sign_in_at_the_shop(PASSWORD)
    request.redeem(NEW)
    request.refresh_from_db()
    assert request.signed_in_at is None
    sign_in_at_the_shop()
    request.refresh_from_db()
    first = request.signed_in_at
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert first is not None
    assert request.signed_in_at == first


def test_a_wrong_password_and_a_barred_customer_are_no_sign_in(
    customer: Customer, agent: User
) -> None:
    request = ResetRequest.start(customer, by=agent)
    request.redeem(NEW)
    sign_in_at_the_shop(PASSWORD)
    customer.disable(by=agent)
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert request.signed_in_at is None


def test_whoever_had_signed_in_before_this_was_noted_is_not_taken_for_the_first_time(
    customer: Customer, agent: User
) -> None:
    request = ResetRequest.start(customer, by=agent)
    request.redeem(NEW)
    User.objects.filter(customer=customer).update(last_login=timezone.now())
    sign_in_at_the_shop()
    request.refresh_from_db()
    assert request.signed_in_at is None


def test_of_eight_sign_ins_at_once_one_is_the_first(transactional_db: None) -> None:
    customer = CustomerFactory(email=JANA, account=True)
    ResetRequest.start(customer, by=None).redeem(NEW)
    answers = all_at_once(
        lambda _number: Client().post("/account/login/", {"email": JANA, "password": NEW})
    )
    assert [answer.status_code for answer in answers] == [302] * THREADS
    signed_in_at = ResetRequest.objects.get().signed_in_at
    first = min(session_starts())
    assert signed_in_at is not None
    assert abs(signed_in_at - first) < timedelta(seconds=2)


def session_starts() -> list[datetime]:
    return list(Event.objects.filter(name="user.signed_in").values_list("at", flat=True))


def test_the_panel_waits_for_the_sign_in_and_then_rests(
    customer: Customer, agent: User, worker: Any
) -> None:
    browser = sign_in(agent)
    request = ResetRequest.start(customer, by=agent)
    worker()
    request.redeem(NEW)
    panel = f"/admin/customers/{customer.pk}/reset-requests/"
    assert 'hx-trigger="every 5s"' in browser.get(panel, headers=HTMX).text
    sign_in_at_the_shop()
    html = browser.get(panel, headers=HTMX).text
    assert ("every" in html, f"Signed in with the password from the link to {JANA}" in html) == (
        False,
        True,
    )


def test_days_later_the_panel_still_waits_and_tells_of_the_sign_in(
    customer: Customer, agent: User, worker: Any
) -> None:
    """Whoever is sent to follow it up sees where the customer stopped, and when they are in."""
    request = redeemed(customer, by=agent, hours_ago=30)
    worker()
    browser, panel = sign_in(agent), f"/admin/customers/{customer.pk}/reset-requests/"
    html = browser.get(panel, headers=HTMX).text
    assert ('hx-trigger="every 15s"' in html, "Password changed by the link" in html) == (True,) * 2
    # A day that is not today is named.
    assert request.closed_at is not None
    assert f">{words.day(request.closed_at)}</time>" in html or ">Yesterday, " in html
    sign_in_at_the_shop()
    html = browser.get(panel, headers=HTMX).text
    assert ("every" in html, "Signed in with the password from the link" in html) == (False, True)
    hours_later(request, 25)
    assert "Signed in with" not in browser.get(panel, headers=HTMX).text


def test_after_two_weeks_nobody_waits_any_more(customer: Customer, agent: User) -> None:
    redeemed(customer, by=agent, hours_ago=14 * 24 + 1)
    assert current_trail(customer) is None


def test_nothing_is_called_done_once_the_account_is_on_hold(
    customer: Customer, agent: User, worker: Any
) -> None:
    ResetRequest.start(customer, by=agent).redeem(NEW)
    sign_in_at_the_shop()
    assert shown_of(customer) == ("ok", "All is done.")
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    assert shown_of(customer) == ("info", "")


def test_nor_is_a_move_that_was_undone(customer: Customer, agent: User) -> None:
    passed_check(customer, by=agent)
    start_move(customer, "jana@neu.example", by=agent)
    redeem_move(ResetRequest.objects.get(), NEW)
    assert shown_of(customer)[0] == "ok"
    assert AddressUndo.objects.get().undo()
    undone = "The notice to the former address was answered"
    assert (shown_of(customer)[0], shown_of(customer)[1].startswith(undone)) == ("bad", True)
    Customer.objects.update(held_at=None)
    assert (shown_of(customer)[0], shown_of(customer)[1].startswith(undone)) == ("bad", True)


def shown_of(customer: Customer) -> tuple[str, str]:
    trail = current_trail(Customer.objects.get(pk=customer.pk))
    assert trail is not None
    return trail.look, trail.text
