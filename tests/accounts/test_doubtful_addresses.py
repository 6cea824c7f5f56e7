"""What speaks against addresses is said before many are mailed, and staff may leave them out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.suspicion import suspicions_of
from customers.bulk.models import BulkChange, BulkPiece
from customers.models import Customer, Identity, Proof
from notifications.models import Mail
from tests.accounts.bulk_sends import RESETS, counted, outcomes_of, sent, with_account
from tests.customers.bulk_changes import done
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User

pytestmark = pytest.mark.django_db


def page(one: BulkChange) -> str:
    return f"/admin/customers/bulk-changes/{one.pk}/"


def refused_before(email: str) -> Customer:
    MailFactory(
        to=email, failure="refused", answer="550", answer_words="5.1.1 … User unknown",
        failed_at=timezone.now(),
    )  # fmt: skip
    return CustomerFactory(email=email, account=True)


@pytest.fixture
def doubted() -> list[Customer]:
    """A slip, an ending that there is not, and a mail that did not arrive."""
    return [
        CustomerFactory(email="jana@gmial.com", account=True),
        CustomerFactory(email="jana@firma.xx", account=True),
        refused_before("jana@firma.example"),
    ]


def doubtful_of(one: BulkChange) -> list[int]:
    return [pk for piece in BulkPiece.objects.filter(of_change=one) for pk in piece.doubtful_ids]


def shown(text: str) -> dict[str, str]:
    """Who is named, and what is said of each."""
    table = text.partition("<h2>Addresses that may be wrong</h2>")[2].partition("</section>")[0]
    who = re.findall(r'<td class="title"><a href="[^"]+">([^<]+)</a>', table)
    said = re.findall(r'<td class="full wrap">([^<]+)</td>', table)
    return dict(zip(who, said, strict=True))


def test_the_preview_counts_them_and_names_them_with_what_speaks_against_each(
    lead: User, doubted: list[Customer]
) -> None:
    with_account(2)
    one = counted(RESETS, by=lead)
    text = sign_in(lead).get(page(one)).text
    assert (one.preview, "3 addresses may be wrong" in text) == ({"changed": 5}, True)
    assert "They are mailed all the same, unless you leave them out." in text
    slip, ending, refused = (shown(text)[customer.name] for customer in doubted)
    assert (slip, ending) == (
        "Did they mean gmail.com?",
        "No address ends in “.xx”.",
    )
    assert refused.startswith("A mail to this address did not arrive on ")


def test_where_nothing_speaks_against_any_nothing_is_said(lead: User) -> None:
    with_account(2)
    text = sign_in(lead).get(page(counted(RESETS, by=lead))).text
    assert ("may be wrong" in text, "Leave these out" in text) == (False, False)


def test_whoever_is_left_out_anyway_or_has_shown_the_mailbox_is_not_doubted(
    lead: User, doubted: list[Customer]
) -> None:
    doubted[0].disable(by=lead)
    Identity.objects.filter(customer=doubted[1]).update(proof=Proof.PROVED)
    assert doubtful_of(counted(RESETS, by=lead)) == [doubted[2].pk]


def test_they_are_mailed_unless_they_are_left_out(lead: User, doubted: list[Customer]) -> None:
    one = counted(RESETS, by=lead)
    assert one.start(by=lead)
    assert set(outcomes_of(done(one)).values()) == {"changed"}
    assert Mail.objects.filter(subject_type="accounts.resetrequest").count() == len(doubted)


def test_left_out_by_a_button_they_are_counted_as_such_and_sent_nothing(
    lead: User, doubted: list[Customer]
) -> None:
    (fine,) = with_account()
    one, desk = counted(RESETS, by=lead), sign_in(lead)
    text = desk.post(f"{page(one)}counting/", {"doubtful": "out"}, follow=True).text
    assert ("Send 1 mail<" in text, "They are left out: no mail goes there." in text) == (
        True, True,
    )  # fmt: skip
    assert "The address may be wrong, and was left out for that.</dt><dd>3</dd>" in text
    again = desk.post(f"{page(one)}counting/", follow=True).text
    assert "Send 1 mail<" in again  # counted again, they stay left out
    desk.post(f"{page(one)}start/")
    expected = {customer.pk: "doubtful" for customer in doubted}
    assert outcomes_of(done(one)) == expected | {fine.pk: "changed"}
    assert one.outcomes == {"changed": 1, "doubtful": 3}


def test_and_taken_in_again_by_another(lead: User, doubted: list[Customer]) -> None:
    one, desk = counted(RESETS, by=lead), sign_in(lead)
    desk.post(f"{page(one)}counting/", {"doubtful": "out"})
    text = desk.post(f"{page(one)}counting/", {"doubtful": "in"}, follow=True).text
    assert ("Send 3 mails<" in text, "Leave these out" in text) == (True, True)


def test_who_may_not_steer_is_told_without_the_button(
    cast: dict[str, User], doubted: list[Customer]
) -> None:
    one, agent = counted(RESETS, by=cast["lead"]), sign_in(cast["agent"])
    text = agent.get(page(one)).text
    assert ("3 addresses may be wrong" in text, "Leave these out" in text) == (True, False)
    answer = agent.post(f"{page(one)}counting/", {"doubtful": "out"})
    one.refresh_from_db()
    assert (answer.status_code, one.leaves_out_doubtful) == (403, False)


def test_an_earlier_refusal_speaks_against_that_address_alone(
    agent: User, doubted: list[Customer]
) -> None:
    other = CustomerFactory(email="other@firma.example", account=True)
    addresses = {one.pk: one.email_identity for one in (doubted[2], other)}
    known = {pk: address for pk, address in addresses.items() if address is not None}
    assert list(suspicions_of(known)) == [doubted[2].pk]


def queries_for(rows: int, lead: User, *, leaving_out: bool) -> tuple[int, int, int]:
    """To count, to send, and to show what was counted."""
    people = [refused_before(f"p{rows}.{number}@firma.example") for number in range(rows)]
    people += [CustomerFactory(email=f"p{rows}.{n}@gmial.com", account=True) for n in range(rows)]
    with CaptureQueriesContext(connection) as counting:
        one = counted(RESETS, by=lead, people=people)
    BulkChange.objects.filter(pk=one.pk).update(leaves_out_doubtful=leaving_out)
    desk = sign_in(lead)
    with CaptureQueriesContext(connection) as looking:
        desk.get(page(one))
    with CaptureQueriesContext(connection) as sending:
        assert one.start(by=lead)
        done(one)
    return len(counting), len(looking), len(sending)


@pytest.mark.parametrize("leaving_out", [False, True])
def test_many_cost_as_many_queries_as_one(
    lead: User, settings: SettingsWrapper, *, leaving_out: bool
) -> None:
    settings.BULK_MINUTE_SECONDS = 0  # no step waits for its pace
    sent(RESETS, by=lead, people=with_account())  # what the first send of all finds out
    few = queries_for(1, lead, leaving_out=leaving_out)
    assert queries_for(2, lead, leaving_out=leaving_out) == few
