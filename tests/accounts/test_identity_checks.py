"""A check as a verb: begun, answered, passed, failed, ended; who may, and what is written down."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import (
    AccountRules,
    AlreadyMatched,
    CheckOver,
    Flag,
    FlagKind,
    IdentityCheck,
    ProofMissing,
    ProofTry,
)
from accounts.models.checks import FAILS_AFTER
from accounts.proofs import counting_kinds, points_of_mailbox
from customers.timeline import timeline_of
from events.models import Event
from tests.accounts.conftest import forget_limits
from tests.factories.checks import RIGHT, WRONG, kind, known_for_long, match, miss
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

NUMBER, LAST, ADDRESS = "order_number_and_postal_code", "last_order", "shipping_address"
MAILBOX = [NUMBER, LAST, ADDRESS, "stored_phone"]


@pytest.fixture
def jana(customer: Customer) -> Customer:
    return known_for_long(customer)


@pytest.fixture
def check(jana: Customer, agent: User) -> IdentityCheck:
    return IdentityCheck.begin(jana, by=agent)


def names(check: IdentityCheck) -> list[str]:
    return list(happened_to(check).order_by("pk").values_list("name", flat=True))


def an_hour_later() -> None:
    IdentityCheck.objects.update(started_at=timezone.now() - timedelta(minutes=61))


class TestBeginning:
    def test_it_is_begun_once_and_resumed(self, jana: Customer, agent: User) -> None:
        first, second = (IdentityCheck.begin(jana, by=agent) for _ in range(2))
        assert (first, first.state, names(first)) == (second, "running", ["identity_check.started"])

    def test_each_colleague_has_a_check_of_their_own(
        self, check: IdentityCheck, other_agent: User
    ) -> None:
        assert IdentityCheck.begin(check.customer, by=other_agent) != check

    def test_after_an_hour_nothing_of_it_counts(self, check: IdentityCheck, agent: User) -> None:
        match(check, NUMBER, by=agent)
        an_hour_later()
        check.refresh_from_db()
        with pytest.raises(CheckOver):
            match(check, LAST, by=agent)
        later = IdentityCheck.begin(check.customer, by=agent)
        check.refresh_from_db()
        assert (later.points, check.state, check.points) == (0, "stale", 40)

    def test_a_customer_on_hold_is_checked_as_well(self, jana: Customer, agent: User) -> None:
        jana.hold(by=agent, reason="staff")
        assert match(IdentityCheck.begin(jana, by=agent), NUMBER, by=agent)

    def test_the_database_knows_one_open_check_of_a_colleague(self, check: IdentityCheck) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            IdentityCheck.objects.create(customer=check.customer, started_by=check.started_by)


class TestTrying:
    @pytest.mark.parametrize("name", MAILBOX)
    def test_a_match_counts_and_a_mismatch_does_not(
        self, check: IdentityCheck, agent: User, name: str
    ) -> None:
        assert miss(check, name, by=agent) is False
        assert (check.points, check.state) == (0, "running")
        assert match(check, name, by=agent) is True
        assert check.points == kind(name).points

    def test_what_was_typed_stands_nowhere(self, check: IdentityCheck, agent: User) -> None:
        for name in MAILBOX:
            miss(check, name, by=agent)
        assert ProofTry.objects.filter(by=agent, matched=False).count() == 4
        fields = {field.name for field in ProofTry._meta.get_fields()}
        assert fields == {"id", "identity_check", "kind", "matched", "by", "at"}
        plain = [event.plain for event in Event.objects.filter(name__startswith="identity_check")]
        assert plain == [{}]

    def test_a_proof_counts_once(self, check: IdentityCheck, agent: User) -> None:
        match(check, LAST, by=agent)
        with pytest.raises(AlreadyMatched):
            match(check, LAST, by=agent)
        check.refresh_from_db()
        assert check.points == 20
        with pytest.raises(IntegrityError), transaction.atomic():
            check.tries.create(kind=LAST, matched=True, by=agent)

    def test_where_nothing_is_known_nothing_is_compared(self, agent: User) -> None:
        check = IdentityCheck.begin(CustomerFactory(), by=agent)
        for name in MAILBOX:
            with pytest.raises(ProofMissing):
                miss(check, name, by=agent)
        assert ProofTry.objects.count() == 0

    def test_a_number_noted_yesterday_proves_nothing(self, agent: User) -> None:
        stranger = CustomerFactory(phone="+49 40 555012")
        with pytest.raises(ProofMissing):
            match(IdentityCheck.begin(stranger, by=agent), "stored_phone", by=agent)

    def test_a_colleague_goes_on_with_it(
        self, check: IdentityCheck, agent: User, other_agent: User
    ) -> None:
        match(check, NUMBER, by=agent)
        match(check, LAST, by=other_agent)
        assert [one.by for one in check.tries.order_by("pk")] == [agent, other_agent]


class TestPassing:
    def test_it_passes_at_the_points_the_shop_asks_for(
        self, check: IdentityCheck, agent: User, owner: User
    ) -> None:
        AccountRules.current().change(by=owner, expected_version=1, check_points=60)
        match(check, NUMBER, by=agent)
        assert IdentityCheck.valid(check.customer) is None
        match(check, LAST, by=agent)
        assert (check.state, IdentityCheck.valid(check.customer)) == ("passed", check)
        assert check.passed_at
        assert check.valid_until
        assert check.valid_until - check.passed_at == timedelta(minutes=60)
        event = happened_to(check).get(name="identity_check.passed")
        assert (event.plain, event.actor_id) == ({"kinds": [NUMBER, LAST]}, agent.pk)
        with pytest.raises(CheckOver):
            match(check, ADDRESS, by=agent)

    def test_how_long_it_is_good_is_the_shops_to_say(
        self, check: IdentityCheck, agent: User, owner: User
    ) -> None:
        AccountRules.current().change(
            by=owner, expected_version=1, check_points=40, check_minutes=5
        )
        match(check, NUMBER, by=agent)
        IdentityCheck.objects.update(valid_until=timezone.now())
        check.refresh_from_db()
        assert (check.state, IdentityCheck.valid(check.customer)) == ("over", None)

    def test_whoever_reads_the_mailbox_does_not_pass(
        self, check: IdentityCheck, agent: User
    ) -> None:
        for name in MAILBOX:
            assert match(check, name, by=agent)
        assert {one.name for one in counting_kinds() if one.stands_in_mailbox} == set(MAILBOX)
        assert (check.points, check.state) == (90, "running")
        usual = {one.name: one.points for one in counting_kinds()}
        assert points_of_mailbox(usual) == 90 < AccountRules.current().check_points

    def test_an_owners_word_is_enough_and_is_kept(self, check: IdentityCheck, owner: User) -> None:
        assert check.try_proof(kind("owner_vouches"), {"because": "My neighbour"}, by=owner)
        assert (check.state, check.points, check.vouched_because) == (
            "passed",
            100,
            "My neighbour",
        )

    @pytest.mark.parametrize("who", ["lead", "agent", "reader"])
    def test_nobody_elses_word_is(
        self, check: IdentityCheck, cast: dict[str, User], who: str
    ) -> None:
        with pytest.raises(PermissionDenied):
            check.try_proof(kind("owner_vouches"), {"because": "Trust me"}, by=cast[who])
        assert check.tries.count() == 0

    def test_who_only_reads_tries_nothing(self, check: IdentityCheck, reader: User) -> None:
        with pytest.raises(PermissionDenied):
            match(check, NUMBER, by=reader)


class TestFailing:
    def guess(self, customer: Customer, by: User, times: int = FAILS_AFTER) -> IdentityCheck:
        for number in range(times):
            check = IdentityCheck.begin(customer, by=by)
            miss(check, MAILBOX[number % 4], by=by)
        return check

    def test_the_fifth_miss_ends_it_and_asks_for_a_look(self, jana: Customer, agent: User) -> None:
        check = self.guess(jana, agent)
        assert (check.state, Flag.objects.get().kind) == ("failed", FlagKind.CHECK_FAILED)
        assert names(check) == ["identity_check.started", "identity_check.failed"]
        assert happened_to(check).last().plain == {"kinds": sorted(MAILBOX)}  # type: ignore[union-attr]
        with pytest.raises(CheckOver):
            match(check, "stored_phone", by=agent)

    def test_guesses_with_several_colleagues_add_up(
        self, jana: Customer, agent: User, other_agent: User
    ) -> None:
        self.guess(jana, agent, 3)
        assert self.guess(jana, other_agent, 2).state == "failed"

    def test_what_was_looked_at_is_settled(
        self, jana: Customer, agent: User, other_agent: User
    ) -> None:
        self.guess(jana, agent)
        Flag.objects.get().settle(by=other_agent)
        forget_limits()
        assert self.guess(jana, agent, 4).state == "running"
        assert self.guess(jana, agent, 1).state == "failed"
        assert Flag.objects.open().count() == 1

    def test_guesses_of_the_day_before_yesterday_do_not_count(
        self, jana: Customer, agent: User
    ) -> None:
        self.guess(jana, agent, 4)
        ProofTry.objects.update(at=timezone.now() - timedelta(hours=25))
        assert self.guess(jana, agent, 1).state == "running"


class TestEnding:
    def test_staff_end_one_that_runs(self, check: IdentityCheck, agent: User) -> None:
        assert [check.end(by=agent), check.end(by=agent)] == [True, False]
        assert (check.state, names(check)[1:]) == ("ended", ["identity_check.ended"])
        with pytest.raises(CheckOver):
            match(check, NUMBER, by=agent)

    def test_and_one_that_has_passed(
        self, check: IdentityCheck, owner: User, other_agent: User
    ) -> None:
        check.try_proof(kind("owner_vouches"), {"because": "My neighbour"}, by=owner)
        assert check.end(by=other_agent)
        assert (IdentityCheck.valid(check.customer), check.state) == (None, "ended")
        assert happened_to(check).last().plain == {"ending": "staff"}  # type: ignore[union-attr]


def test_the_timeline_tells_how_it_went(check: IdentityCheck, owner: User, agent: User) -> None:
    match(check, NUMBER, by=agent)
    check.try_proof(kind("owner_vouches"), {"because": "My neighbour"}, by=owner)
    check.end(by=agent)
    told = [(entry.line.text, entry.line.detail) for entry in timeline_of(check.customer).entries]
    assert told[:3] == [
        ("<b>Anna Agent</b> ended the identity check", ""),
        (
            "An identity check by <b>Olivia Owner</b> has passed",
            "Order number and postal code, Your own word",
        ),
        ("<b>Anna Agent</b> began an identity check", ""),
    ]


def test_every_proof_has_a_right_and_a_wrong_answer_here() -> None:
    """So that a new one is not forgotten above."""
    asked: Any = {one.name for one in counting_kinds() if not one.is_spoken}
    assert asked == set(RIGHT) == set(WRONG) == set(MAILBOX)
