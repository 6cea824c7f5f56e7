"""Home: how many resets were sent, how they went, and what went wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import AccountRules, AskPurpose, RecoveryAsk, ResetRequest, User
from accounts.reset_figures import reset_figures
from customers.models import Customer
from notifications.models import Failure, Mail, Trouble
from tests.accounts.conftest import minutes_later, work_in_vain
from tests.accounts.resets import NEW, another, hours_later, redeemed, shown_to
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

DAY = 24


def figures() -> dict[str, list[str]]:
    found = reset_figures(None)  # type: ignore[arg-type]
    return {row.label: row.values for row in found["rows"]} if found else {}


def causes() -> dict[str, list[str]]:
    """Why some came to nothing, where any did."""
    found = reset_figures(None)  # type: ignore[arg-type]
    rows = found["rows"] if found else []
    return {row.label: row.values for row in rows if row.is_cause and row.values != ["0", "0"]}


def took(customer: Customer, agent: User, minutes: int, *, days_ago: int = 1) -> None:
    request = redeemed(customer, by=agent, hours_ago=days_ago * DAY)
    assert request.opened_at is not None
    signed_in_at = request.opened_at + timedelta(minutes=minutes)
    ResetRequest.objects.filter(pk=request.pk).update(signed_in_at=signed_in_at)


def test_a_shop_without_resets_has_no_figures(db: None) -> None:
    assert reset_figures(None) is None  # type: ignore[arg-type]


def test_sent_changed_and_how_long_it_took(agent: User) -> None:
    for number, minutes in enumerate((2, 5, 60)):
        took(another(number), agent, minutes)
    took(another(3), agent, 9, days_ago=20)
    took(another(4), agent, 1, days_ago=31)
    ResetRequest.start(another(5), by=agent)
    found = figures()
    assert found["Sent"] == ["4", "5"]
    assert found["Password changed"] == ["3", "4"]
    assert found["Minutes from the link to the sign-in, median"] == ["5", "7"]


def test_what_went_wrong_is_counted_by_its_cause_and_once(agent: User, worker: Any) -> None:
    refused, bounced, unopened, unchanged, late = (
        ResetRequest.start(another(number), by=agent) for number in range(5)
    )
    work_in_vain_but_for(refused)
    bounced_mail = Mail.objects.about(bounced).get()
    Mail.objects.filter(pk=bounced_mail.pk).update(service_id="a")
    bounced_mail.refresh_from_db()
    bounced_mail.note_bounce(Trouble.GONE, at=timezone.now(), words="")
    unchanged.open_link()
    for request in (refused, bounced, unopened, unchanged):
        hours_later(request, 2)
    late.open_link()
    found = figures()
    assert {label: values[0] for label, values in found.items() if values[0] not in {"0", "–"}} == {
        "Sent": "5",
        "Refused by the mail server": "1",
        "Came back": "1",
        "Expired, never opened": "1",
        "Opened, password not changed": "1",
    }


def work_in_vain_but_for(refused: ResetRequest) -> None:
    """That one is refused; the others have left."""
    work_in_vain()
    gone = Mail.objects.exclude(subject_id=refused.pk)
    gone.update(failed_at=None, failure="", handed_over_at=timezone.now())


NEVER_LEFT = [failure for failure in Failure if failure is not Failure.REFUSED]


@pytest.mark.parametrize("failure", NEVER_LEFT)
def test_a_mail_that_never_left_is_no_link_that_nobody_opened(
    customer: Customer, agent: User, worker: Any, failure: Failure
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(handed_over_at=None, failed_at=timezone.now(), failure=failure)
    hours_later(request, 2)
    assert causes() == {"Mail could not be sent": ["1", "1"]}


def test_a_mail_that_broke_off_has_arrived_where_its_link_was_opened(
    customer: Customer, agent: User, worker: Any
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    request.open_link()
    Mail.objects.update(handed_over_at=None, failed_at=timezone.now(), failure=Failure.INTERRUPTED)
    hours_later(request, 2)
    assert causes() == {"Opened, password not changed": ["1", "1"]}


def test_changed_is_not_signed_in(agent: User) -> None:
    redeemed(another(0), by=agent, hours_ago=25)
    redeemed(another(1), by=agent, hours_ago=23)
    redeemed(another(2), by=agent, hours_ago=25).settle(by=agent)
    barred = redeemed(another(3), by=agent, hours_ago=25)
    barred.customer.disable(by=agent)
    took(another(4), agent, 5, days_ago=2)
    redeemed(another(5), by=agent, hours_ago=20 * DAY)
    assert causes() == {"Changed, not signed in since": ["1", "2"]}


@pytest.mark.parametrize(("hours_ago", "silent"), [(71, None), (73, ["1", "1"])])
def test_it_waits_as_long_as_the_card_that_names_them(
    agent: User, lead: User, hours_ago: int, silent: list[str] | None
) -> None:
    AccountRules.current().change(by=lead, expected_version=1, follow_up_hours=72)
    redeemed(another(), by=agent, hours_ago=hours_ago)
    assert causes().get("Changed, not signed in since") == silent
    assert len(shown_to(agent).get("Not signed in since your link", [])) == bool(silent)


def test_it_does_not_work_is_a_cause_of_its_own(agent: User) -> None:
    reopened = redeemed(another(), by=agent, hours_ago=25)
    reopened.reopen(by=reopened.customer)
    assert causes() == {"It does not work, says the customer": ["1", "1"]}
    reopened.settle(by=agent)
    assert causes() == {"It does not work, says the customer": ["1", "1"]}


def test_a_link_that_another_one_replaced_after_its_time_has_expired_all_the_same(
    customer: Customer, agent: User, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=agent)
    worker()
    hours_later(first, 2)
    minutes_later()
    ResetRequest.start(customer, by=agent)
    assert figures()["Expired, never opened"] == ["1", "1"]


def test_asks_that_were_sent_nothing_are_counted(customer: Customer, worker: Any) -> None:
    for _ in range(4):
        RecoveryAsk.ask(AskPurpose.RECOVER, "jana.mueller@example.de").answer()
        worker()
    assert figures()["Asked too often, not sent"] == ["3", "3"]
    ResetRequest.objects.get().redeem(NEW)


def test_it_costs_four_queries(
    agent: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        took(another(number), agent, 2)
    with django_assert_num_queries(4):
        reset_figures(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["owner", "reader"])
def test_all_staff_see_them(cast: dict[str, User], customer: Customer, who: str) -> None:
    ResetRequest.start(customer, by=None)
    page = sign_in(cast[who]).get("/admin/").text
    assert ('id="reset_figures"' in page, "Opened, password not changed" in page) == (True, True)
