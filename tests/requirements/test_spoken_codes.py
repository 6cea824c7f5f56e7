"""ASVS 5.0.0, V6.5 and V6.6: codes that are mailed or told, and read out or typed on a call.

They sign nobody in: they prove to a colleague who is calling (docs/adr/0013).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accounts.models import (
    AccountRules,
    CheckOver,
    CodeOver,
    CodeWaits,
    IdentityCheck,
    ProofMissing,
    ProofTry,
    SpokenCode,
    TypedCode,
)
from accounts.models.spoken_codes import MOST_TRIES
from accounts.spoken import ALPHABET, code_for, digest_of, normal_code
from tests.accounts.conftest import mailed_earlier
from tests.accounts.test_spoken_codes import CALL, MAILED, count, make, minutes_pass, read_out
from tests.accounts.test_verify_page import PAGE
from tests.factories.checks import kind, known_for_long

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from customers.models import Customer

EACH = pytest.mark.parametrize("name", [MAILED, CALL])


@pytest.fixture
def check(customer: Customer, agent: User) -> IdentityCheck:
    return IdentityCheck.begin(known_for_long(customer), by=agent)


def said(check: IdentityCheck, name: str, code: str) -> bool:
    """A caller reads out what was mailed, or has typed what they were told."""
    return read_out(check, code) if name == MAILED else count(check)


@EACH
def test_asvs_6_5_1_a_spoken_code_works_once(check: IdentityCheck, name: str) -> None:
    code = code_for(make(check, name))
    TypedCode.keep(code, network="home")
    assert said(check, name, code)
    ProofTry.objects.all().delete()  # so that the check itself would count the proof again
    with pytest.raises(CodeOver):
        said(check, name, code)


def test_asvs_6_5_2_a_spoken_code_is_kept_as_a_digest_under_a_key_outside(
    check: IdentityCheck, settings: SettingsWrapper
) -> None:
    code = make(check, CALL)
    text = code_for(code)
    assert code.digest == digest_of(text)
    rows = str(list(SpokenCode.objects.values()))
    assert (text in rows, normal_code(text) in rows) == (False, False)
    settings.LINK_KEY = "another key, that is as long as the one before it was"
    assert digest_of(text) != code.digest


def test_asvs_6_5_3_and_4_spoken_codes_are_random_and_long_enough(check: IdentityCheck) -> None:
    """From a random nonce of the row, under a key: nobody knows one by those before."""
    code = make(check, CALL)
    text = code_for(code)
    assert (len(normal_code(text)), len(set(ALPHABET))) == (8, 32)  # of five bits each
    code.nonce = SpokenCode().nonce
    assert code_for(code) != text


@EACH
def test_asvs_6_5_5_a_spoken_code_lives_for_ten_minutes(check: IdentityCheck, name: str) -> None:
    code = make(check, name)
    TypedCode.keep(code_for(code), network="home")
    assert code.expires_at - code.started_at == timedelta(minutes=10)
    minutes_pass(10)
    with pytest.raises(CodeOver):
        said(check, name, code_for(code))


def test_asvs_6_6_1_a_call_goes_to_a_number_known_for_long_and_is_not_enough_alone(
    check: IdentityCheck,
) -> None:
    fresh = check.customer.add_phone("+49 171 2345678", by=None)
    with pytest.raises(ProofMissing):
        SpokenCode.start(check, kind(CALL), fresh, by=check.started_by, network="")
    TypedCode.keep(code_for(make(check, CALL)), network="home")
    assert count(check)
    assert (check.state, check.points < AccountRules.current().check_points) == ("running", True)


def test_asvs_6_6_2_a_spoken_code_counts_in_its_own_check_alone(
    check: IdentityCheck, other_agent: User
) -> None:
    mailed = code_for(make(check, MAILED))
    TypedCode.keep(code_for(make(check, CALL)), network="home")
    mailed_earlier(timedelta(minutes=2))
    other = IdentityCheck.begin(check.customer, by=other_agent)
    make(other, MAILED)
    make(other, CALL)
    assert read_out(other, mailed) is False
    with pytest.raises(CodeWaits):
        count(other)
    assert (read_out(check, mailed), count(check)) == (True, True)


def test_asvs_6_6_3_guessing_a_spoken_code_is_limited(
    check: IdentityCheck, stranger: Client
) -> None:
    code = code_for(make(check, MAILED))
    assert [read_out(check, "0000-0000") for _ in range(MOST_TRIES)] == [False] * MOST_TRIES
    with pytest.raises(CheckOver):
        read_out(check, code)
    answers = [stranger.post(PAGE, {"code": f"{number:08}"}) for number in range(11)]
    assert [one.status_code for one in answers] == [200] * 10 + [429]
