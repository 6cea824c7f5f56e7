"""Codes that are told: how they look, where they go, when they die, what stands of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import (
    CodeOver,
    CodeWaits,
    IdentityCheck,
    NotYet,
    ProofMissing,
    ProofTry,
    SpokenCode,
    TypedCode,
)
from accounts.models.spoken_codes import MOST_TRIES
from accounts.spoken import ALPHABET, code_for, digest_of, normal_code
from accounts.tasks import close_expired
from accounts.throttling import Throttled
from customers.models import Identity
from events.models import Event
from tests.accounts.conftest import forget_limits, mailed_earlier
from tests.accounts.test_database_copy import everything
from tests.factories.accounts import StaffFactory
from tests.factories.checks import OTHER_MAILBOX, kind, known_for_long
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

MAILED, CALL = "mailed_code", "call_back"
SPOKEN = re.compile(rf"\b[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}\b")


@pytest.fixture
def check(customer: Customer, agent: User) -> IdentityCheck:
    return IdentityCheck.begin(known_for_long(customer), by=agent)


def make(check: IdentityCheck, name: str, *, network: str = "desk") -> SpokenCode:
    from accounts.spoken_places import places_of

    place = places_of(name, check.customer)[0]
    return SpokenCode.start(check, kind(name), place, by=check.started_by, network=network)


def read_out(check: IdentityCheck, text: str) -> bool:
    return check.try_proof(kind(MAILED), {"code": text}, by=check.started_by)


def count(check: IdentityCheck) -> bool:
    return check.try_proof(kind(CALL), {}, by=check.started_by)


def minutes_pass(minutes: int) -> None:
    now = timezone.now()
    SpokenCode.objects.update(expires_at=now + timedelta(minutes=10 - minutes))


class TestACode:
    def test_has_eight_letters_that_are_not_misheard(self, check: IdentityCheck) -> None:
        code = code_for(make(check, CALL))
        assert SPOKEN.fullmatch(code)
        assert set("ILOU") & set(ALPHABET) == set()

    @pytest.mark.parametrize(
        ("typed", "meant"),
        [("k7qm-2x9d", "K7QM2X9D"), (" K7 QM–2X.9D ", "K7QM2X9D"), ("oOiIlL01", "00111101"),
         ("", ""), ("ü€!", "")],
    )  # fmt: skip
    def test_is_read_however_it_was_typed(self, typed: str, meant: str) -> None:
        assert normal_code(typed) == meant
        assert digest_of(typed) == digest_of(meant)

    def test_stands_in_no_table_and_no_log(
        self, check: IdentityCheck, worker: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        codes = [make(check, MAILED), make(check, CALL)]
        assert len(worker()) == 1
        tables = "".join(everything().values())
        for code in map(code_for, codes):
            assert code not in tables + caplog.text
            assert normal_code(code) not in tables + caplog.text
            assert digest_of(code) in tables

    def test_of_another_row_is_another_one(self, check: IdentityCheck, owner: User) -> None:
        first = make(check, CALL)
        before = code_for(first)
        SpokenCode.objects.filter(pk=first.pk).update(to="+4917100000")
        first.refresh_from_db()
        assert before != code_for(first)


class TestMailed:
    def test_it_goes_to_the_other_mailbox_and_is_read_out(
        self, check: IdentityCheck, worker: Any
    ) -> None:
        make(check, MAILED)
        [mail] = worker()
        [said] = SPOKEN.findall(str(mail.body))
        assert mail.to == [OTHER_MAILBOX]
        assert said not in mail.subject
        assert read_out(check, said.lower())
        assert check.points == 60
        assert SpokenCode.objects.get().ending == "used"

    @pytest.mark.parametrize(
        "change",
        [{"proof": "staff"}, {"proved_at": timezone.now()}, {"proved_at": None},
         {"is_primary": True}],
    )  # fmt: skip
    def test_only_to_one_that_is_proved_and_known_for_long(
        self, check: IdentityCheck, change: dict[str, Any]
    ) -> None:
        place = Identity.objects.get(key=OTHER_MAILBOX)
        Identity.objects.filter(is_primary=True, kind="email").update(is_primary=False)
        Identity.objects.filter(pk=place.pk).update(**change)
        with pytest.raises(ProofMissing):
            SpokenCode.start(check, kind(MAILED), place, by=check.started_by, network="")

    def test_the_fifth_wrong_answer_ends_the_code(self, check: IdentityCheck) -> None:
        right = code_for(make(check, MAILED))
        for _ in range(MOST_TRIES - 1):
            assert read_out(check, "0000-0000") is False
        ProofTry.objects.all().delete()  # so that the check itself goes on
        assert read_out(check, "0000-0000") is False
        with pytest.raises(CodeOver):
            read_out(check, right)

    def test_it_dies_with_time_the_next_one_and_the_address(self, check: IdentityCheck) -> None:
        first = code_for(make(check, MAILED))
        mailed_earlier(timedelta(minutes=2))
        second = code_for(make(check, MAILED))
        assert read_out(check, first) is False
        minutes_pass(10)
        with pytest.raises(CodeOver):
            read_out(check, second)
        minutes_pass(9)
        Identity.objects.filter(key=OTHER_MAILBOX).delete()
        with pytest.raises(ProofMissing):
            read_out(check, second)

    def test_the_mailboxs_budget_is_spent(self, check: IdentityCheck, worker: Any) -> None:
        make(check, MAILED)
        with pytest.raises(NotYet):
            make(check, MAILED)
        assert SpokenCode.objects.open().count() == 1
        assert len(worker()) == 1

    def test_a_mail_that_waited_too_long_is_not_sent(
        self, check: IdentityCheck, worker: Any
    ) -> None:
        make(check, MAILED)
        check.end(by=check.started_by)
        assert worker() == []

    def test_three_codes_an_hour(self, check: IdentityCheck) -> None:
        for _ in range(3):
            make(check, MAILED)
            mailed_earlier(timedelta(minutes=2))
        with pytest.raises(Throttled):
            make(check, MAILED)


class TestCallBack:
    def test_it_counts_once_the_customer_has_typed_it(self, check: IdentityCheck) -> None:
        code = make(check, CALL)
        with pytest.raises(CodeWaits):
            count(check)
        TypedCode.keep("0000-0000", network="home")
        with pytest.raises(CodeWaits):
            count(check)
        TypedCode.keep(code_for(code).lower(), network="home")
        assert count(check)
        assert (check.points, check.tries.count()) == (60, 1)
        assert not Event.objects.filter(name="identity_code.typed_nearby").exists()

    def test_typed_in_the_desks_network_it_says_so(self, check: IdentityCheck) -> None:
        TypedCode.keep(code_for(make(check, CALL)), network="desk")
        assert count(check)
        event = Event.objects.get(name="identity_code.typed_nearby")
        assert event.abouts.get().about_id == check.customer_id  # type: ignore[attr-defined]

    def test_typed_too_late_or_before_it_was_made_it_is_none(self, check: IdentityCheck) -> None:
        TypedCode.keep(code_for(make(check, CALL)), network="home")
        for moment in (timedelta(minutes=-11), timedelta(minutes=11)):
            TypedCode.objects.update(typed_at=timezone.now() + moment)
            with pytest.raises(CodeWaits):
                count(check)

    def test_a_replaced_code_counts_no_more(self, check: IdentityCheck) -> None:
        TypedCode.keep(code_for(make(check, CALL)), network="home")
        make(check, CALL)
        with pytest.raises(CodeWaits):
            count(check)

    def test_nobody_is_called_at_a_number_of_yesterday(self, check: IdentityCheck) -> None:
        fresh = check.customer.add_phone("+49 171 2345678", by=None)
        with pytest.raises(ProofMissing):
            SpokenCode.start(check, kind(CALL), fresh, by=check.started_by, network="")

    def test_without_a_code_there_is_nothing_to_count(self, check: IdentityCheck) -> None:
        with pytest.raises(CodeOver):
            count(check)


def test_both_together_pass(check: IdentityCheck, worker: Any) -> None:
    make(check, MAILED)
    [mail] = worker()
    TypedCode.keep(code_for(make(check, CALL)), network="home")
    read_out(check, SPOKEN.findall(str(mail.body))[0])
    count(check)
    assert (check.state, check.points) == ("passed", 120)
    assert not SpokenCode.objects.open().exists()


def test_old_ones_are_cleared_away(check: IdentityCheck) -> None:
    make(check, CALL)
    TypedCode.keep("1", network="")
    close_expired()
    assert (SpokenCode.objects.count(), TypedCode.objects.count()) == (1, 1)
    before = timezone.now() - timedelta(hours=25)
    SpokenCode.objects.update(expires_at=before)
    TypedCode.objects.update(typed_at=before)
    close_expired()
    assert (SpokenCode.objects.count(), TypedCode.objects.count()) == (0, 0)


@pytest.mark.usefixtures("transactional_db")
def test_of_eight_who_count_a_typed_code_at_once_one_does() -> None:
    agent = StaffFactory()
    check = IdentityCheck.begin(known_for_long(CustomerFactory()), by=agent)
    TypedCode.keep(code_for(make(check, CALL)), network="home")
    forget_limits()
    found = all_at_once(lambda _number: count(IdentityCheck.objects.get(pk=check.pk)))
    assert [one for one in found if one is True] == [True]
    check.refresh_from_db()
    assert check.points == 60


@pytest.mark.usefixtures("transactional_db")
def test_of_eight_codes_made_at_once_three_were_and_one_is_open() -> None:
    agent = StaffFactory()
    check = IdentityCheck.begin(known_for_long(CustomerFactory()), by=agent)
    all_at_once(lambda _number: make(IdentityCheck.objects.get(pk=check.pk), CALL))
    assert (SpokenCode.objects.count(), SpokenCode.objects.open().count()) == (3, 1)
