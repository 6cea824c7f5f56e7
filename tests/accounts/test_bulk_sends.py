"""Resets and invites to many at once: who gets one, why the others do not, and what it leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import panels
from accounts.models import (
    AskPurpose,
    LinkState,
    MailBudget,
    MailPace,
    RecoveryAsk,
    ResetRequest,
)
from customers.bulk.models import BulkChange
from customers.models import Customer
from events.models import Event
from notifications.models import Mail
from tests.accounts.bulk_sends import (
    INVITES,
    RESETS,
    counted,
    outcomes_of,
    people_of_every_sort,
    sent,
    started,
    with_account,
    without_account,
)
from tests.accounts.conftest import link_in, mailed_earlier, minutes_later, work, work_in_vain
from tests.customers.bulk_changes import counts, done, lines_of
from tests.factories.accounts import request_of
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_pace")]


EXPECTED = {
    RESETS: {
        "enabled": "changed",
        "none": "no_account",
        "invited": "no_account",
        "declined": "no_account",
        "phone_only": "no_account",
        "phone_only_enabled": "no_address",
        "disabled": "disabled",
        "held": "held",
        "bouncing": "no_account",
        "refused": "refused",
        "just_mailed": "mailed_lately",
        "being_mailed": "on_its_way",
        "moving": "moving",
    },
    INVITES: {
        "enabled": "has_account",
        "none": "changed",
        "invited": "changed",
        "declined": "declined",
        "phone_only": "no_address",
        "phone_only_enabled": "has_account",
        "disabled": "disabled",
        "held": "held",
        "bouncing": "refused",
        "refused": "has_account",
        "just_mailed": "has_account",
        "being_mailed": "has_account",
        "moving": "has_account",
    },
}


@pytest.mark.parametrize("kind", [RESETS, INVITES])
def test_each_is_mailed_or_left_out_for_a_reason(agent: User, kind: str) -> None:
    people = people_of_every_sort(by=agent)
    found = outcomes_of(sent(kind, by=agent))
    assert {name: found[one.pk] for name, one in people.items()} == EXPECTED[kind]


@pytest.mark.parametrize("kind", [RESETS, INVITES])
def test_what_is_counted_beforehand_is_what_comes_of_it(agent: User, kind: str) -> None:
    people_of_every_sort(by=agent)
    before = Event.objects.count(), Mail.objects.count(), ResetRequest.objects.count()
    one = counted(kind, by=agent)
    assert (one.stage, one.done_count, one.changed_count) == ("ready", 13, 0)
    assert (Event.objects.count() - 1, Mail.objects.count(), ResetRequest.objects.count()) == before
    assert not one.rows.exists()
    assert one.start(by=agent)
    done(one)
    assert (one.stage, one.outcomes) == ("finished", one.preview)
    assert counts(one) == (13, one.preview["changed"], 0, 13 - one.preview["changed"])


def test_a_mail_to_many_waits_behind_others_and_its_link_works(agent: User) -> None:
    (customer,) = with_account()
    one = sent(RESETS, by=agent)
    mail = Mail.objects.get()
    assert (mail.queue_name, mail.kind, mail.told_at) == ("bulk", "reset_sent_by_staff", None)
    link = ResetRequest.objects.get()
    assert (link.customer, link.asked_by, link.sent_in, link.state) == (
        customer, agent, one, LinkState.OPEN,
    )  # fmt: skip
    (message,) = work()
    assert message.to == [customer.primary_email]
    assert "Anna Agent" in str(message.body)
    assert Client().get(link_in(message), follow=True).status_code == 200


def test_whoever_is_invited_counts_as_such(lead: User) -> None:
    none, again = CustomerFactory(), CustomerFactory(account_state="invited")
    before = again.updated_at
    sent(INVITES, by=lead)
    for one in (none, again):
        one.refresh_from_db()
        assert one.account_state == "invited"
    assert (none.updated_at > before, again.updated_at) == (True, before)
    assert [mail.kind for mail in Mail.objects.all()] == ["account_invite"] * 2


def test_three_events_tell_of_all_and_each_timeline_of_its_own(agent: User, lead: User) -> None:
    customer, *_ = with_account(3)
    before = Event.objects.count()
    one = counted(RESETS, by=agent)
    assert one.start(by=lead)
    done(one)
    events = Event.objects.order_by("pk")[before:]
    assert [(each.name, each.actor_id, each.plain) for each in events] == [
        ("bulk_change.asked", agent.pk, {"kind": RESETS, "chosen": 3}),
        ("bulk_change.started", lead.pk, {"kind": RESETS}),
        ("bulk_change.finished", lead.pk, {"kind": RESETS, "changed": 3, "skipped": 0}),
    ]
    assert lines_of(customer)[0] == (
        "<b>Lars Lead</b> sent a password reset · "
        f'<a href="/admin/customers/bulk-changes/{one.pk}/">Bulk change of 3 customers</a>'
    )


class TestLinksThatStand:
    def test_what_a_customer_has_just_asked_for_is_mailed_again_and_stays_good(
        self, agent: User, customer: Customer
    ) -> None:
        asked = ResetRequest.start(customer, by=None)
        work()
        minutes_later(29)
        one = sent(RESETS, by=agent)
        assert outcomes_of(one) == {customer.pk: "changed"}
        mail = Mail.objects.latest("pk")
        assert (mail.about(), mail.kind) == (asked, "reset_asked_by_customer")
        assert ResetRequest.objects.get().is_open

    def test_an_older_one_is_replaced(self, agent: User, customer: Customer) -> None:
        asked = ResetRequest.start(customer, by=None)
        work()
        minutes_later(31)
        sent(RESETS, by=agent)
        asked.refresh_from_db()
        assert asked.state == LinkState.REPLACED
        assert ResetRequest.objects.open().get().asked_by == agent

    def test_an_expired_one_makes_room(self, agent: User, customer: Customer) -> None:
        asked = ResetRequest.start(customer, by=None)
        work()
        minutes_later(61)
        sent(RESETS, by=agent)
        asked.refresh_from_db()
        assert (asked.state, ResetRequest.objects.open().count()) == (LinkState.REPLACED, 1)

    def test_who_asks_alone_overtakes_the_mail_to_many(
        self, agent: User, customer: Customer
    ) -> None:
        sent(RESETS, by=agent)
        RecoveryAsk.ask(AskPurpose.RECOVER, customer.primary_email).answer()
        mail = Mail.objects.get()
        assert (mail.queue_name, mail.state) == ("mail-now", "waiting")
        assert len(work()) == 1

    def test_so_do_staff_on_the_phone(self, agent: User, lead: User, customer: Customer) -> None:
        sent(RESETS, by=lead)
        link = ResetRequest.objects.get()
        assert ResetRequest.start(customer, by=agent) == link
        assert Mail.objects.get().queue_name == "mail-now"

    def test_who_is_barred_while_the_mail_waits_gets_none(
        self, agent: User, customer: Customer
    ) -> None:
        sent(RESETS, by=agent)
        customer.disable(by=agent)
        assert (work(), Mail.objects.get().state) == ([], "withdrawn")


class TestBudgets:
    def test_a_mail_to_many_is_counted_as_a_single_one(self, agent: User) -> None:
        (customer,) = with_account()
        sent(RESETS, by=agent)
        (budget,) = MailBudget.objects.all()
        assert len(budget.taken_at) == 1
        work()
        mailed_earlier(timedelta(seconds=20))
        assert outcomes_of(sent(RESETS, by=agent)) == {customer.pk: "mailed_lately"}

    def test_five_within_the_hour_are_enough(self, agent: User) -> None:
        (customer,) = with_account()
        for _ in range(5):
            assert sent(RESETS, by=agent).changed_count == 1
            work()
            minutes_later(2)
        one = counted(RESETS, by=agent)
        assert one.preview == {"mailed_lately": 1}
        assert one.start(by=agent)
        assert outcomes_of(done(one)) == {customer.pk: "mailed_lately"}

    def test_of_two_spellings_of_one_mailbox_one_is_mailed(self, agent: User) -> None:
        people = [
            CustomerFactory(email=email, account=True)
            for email in ("jana@example.de", "jana+shop@example.de")
        ]
        one = sent(RESETS, by=agent)
        assert one.outcomes == one.preview == {"changed": 1, "mailed_lately": 1}
        assert Mail.objects.count() == len(people) - 1

    def test_staff_may_send_at_once_where_the_mail_was_refused(
        self, agent: User, customer: Customer
    ) -> None:
        sent(RESETS, by=agent)
        Event.objects.update(at=F("at") - timedelta(minutes=20))  # the send began long before
        work_in_vain()
        assert MailBudget.objects.get().taken_at == []
        assert ResetRequest.start(customer, by=agent).is_open

    def test_what_was_refused_is_not_tried_by_the_next_send(
        self, agent: User, customer: Customer
    ) -> None:
        sent(RESETS, by=agent)
        work_in_vain()
        assert outcomes_of(sent(RESETS, by=agent)) == {customer.pk: "refused"}
        other = customer.add_email("other@example.de", by=agent)
        other.prove()
        customer.make_primary(other, by=agent)
        assert outcomes_of(sent(RESETS, by=agent)) == {customer.pk: "changed"}


def statements_for(kind: str, rows: int, lead: User) -> int:
    people = with_account(rows) if kind == RESETS else without_account(rows)
    if kind == RESETS:
        for customer in people:
            ResetRequest.start(customer, by=None)
        work()
        minutes_later(40)
    one = BulkChange.ask(kind, Customer.objects.filter(pk__in=[c.pk for c in people]), by=lead)
    with CaptureQueriesContext(connection) as asked:
        done(one)
        one.start(by=lead)
        done(one)
    assert one.changed_count == rows
    return len(asked)


@pytest.mark.parametrize("kind", [RESETS, INVITES])
def test_counting_and_sending_ask_as_often_for_many_as_for_one(lead: User, kind: str) -> None:
    MailPace.objects.create(pk=1)  # made by the first send there is
    assert statements_for(kind, 1, lead) == statements_for(kind, 4, lead)


def test_home_tells_of_links_that_somebody_waits_for_and_of_no_others(agent: User) -> None:
    alone, _many = with_account(2)
    link = ResetRequest.start(alone, by=agent)
    work()
    sent(RESETS, by=agent)
    assert panels.resets_pending(request_of(agent)) == {"requests": [link], "count": 1}
    failed = {"failure": "refused", "failed_at": F("queued_at"), "handed_over_at": None}
    Mail.objects.update(**failed)
    assert panels.resets_failed(None) == {"requests": [link]}  # type: ignore[arg-type]


def test_a_started_send_of_nobody_ends_at_once(agent: User) -> None:
    one = sent(RESETS, by=agent, people=without_account(2))
    assert (one.stage, one.outcomes) == ("finished", {"no_account": 2})


def test_mails_cannot_be_taken_back(agent: User) -> None:
    with_account()
    assert sent(RESETS, by=agent).undo(by=agent) is None


def test_a_step_holds_nobody_who_is_gone(agent: User) -> None:
    first, second = without_account(2)
    one = started(INVITES, by=agent)
    first.delete()
    assert counts(done(one)) == (2, 1, 1, 0)
    assert outcomes_of(one) == {second.pk: "changed"}
