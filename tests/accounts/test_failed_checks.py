"""A check that failed stops the next one too, until somebody else has looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import Flag, FlagKind, IdentityCheck, LookFirst, ProofTry, SpokenCode
from accounts.models.checks import FAILS_AFTER
from accounts.spoken_places import MAILED_CODE, places_of
from tests.accounts.conftest import forget_limits
from tests.factories.accounts import sign_in
from tests.factories.checks import RIGHT, WRONG, kind, known_for_long, match, miss
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

NUMBER = "order_number_and_postal_code"
FAILED = "Somebody else must look at it first."
pytestmark = pytest.mark.django_db


@pytest.fixture
def jana(customer: Customer) -> Customer:
    return known_for_long(customer)


@pytest.fixture
def running(jana: Customer, other_agent: User) -> IdentityCheck:
    """Of another colleague, begun before."""
    return IdentityCheck.begin(jana, by=other_agent)


@pytest.fixture
def failed(jana: Customer, running: IdentityCheck, agent: User) -> Flag:
    for number in range(FAILS_AFTER):
        check = IdentityCheck.begin(jana, by=agent)
        miss(check, list(WRONG)[number % len(WRONG)], by=agent)
    forget_limits()
    return Flag.objects.get()


@pytest.mark.parametrize("who", ["agent", "other_agent", "lead"])
def test_a_sixth_answer_right_in_a_new_check_is_refused_until_a_colleague_has_looked(
    failed: Flag, cast: dict[str, User], who: str
) -> None:
    with pytest.raises(LookFirst):
        IdentityCheck.begin(failed.customer, by=cast[who])
    assert ProofTry.objects.count() == FAILS_AFTER
    assert failed.settle(by=cast["other_agent"])
    assert match(IdentityCheck.begin(failed.customer, by=cast[who]), NUMBER, by=cast[who])


def test_and_in_one_that_a_colleague_was_in_the_middle_of(
    failed: Flag, running: IdentityCheck, other_agent: User, owner: User
) -> None:
    for who in (other_agent, owner):
        with pytest.raises(LookFirst):
            match(running, NUMBER, by=who)
    [place] = places_of(MAILED_CODE, failed.customer)
    with pytest.raises(LookFirst):
        SpokenCode.start(running, kind(MAILED_CODE), place, by=other_agent, network="")
    assert (ProofTry.objects.count(), SpokenCode.objects.count()) == (FAILS_AFTER, 0)
    assert failed.settle(by=other_agent)
    assert match(running, NUMBER, by=other_agent)


def test_an_owners_own_word_stays_possible(failed: Flag, owner: User) -> None:
    check = IdentityCheck.begin(failed.customer, by=owner)
    assert check.try_proof(kind("owner_vouches"), {"because": "We met"}, by=owner)
    assert (check.state, Flag.objects.open().count()) == ("passed", 1)


def test_other_flags_and_other_customers_stop_nothing(failed: Flag, agent: User) -> None:
    other = CustomerFactory()
    Flag.raise_for(other, FlagKind.FREQUENT_RESETS)
    assert IdentityCheck.begin(other, by=agent).state == "running"


class TestPages:
    def test_the_first_page_says_since_when_and_leads_to_the_flag(
        self, failed: Flag, agent: User
    ) -> None:
        browser, url = sign_in(agent), reverse("identity_check", args=[failed.customer_id])
        way = reverse("customer_detail", args=[failed.customer_id])
        for answer, status in ((browser.get(url), 200), (browser.post(url), 409)):
            assert (answer.status_code, FAILED in answer.text) == (status, True)
            assert f'href="{way}#flag_check_failed"' in answer.text
            assert ("Begin the check" in answer.text) is False
        assert 'id="flag_check_failed"' in browser.get(way).text

    def test_in_german(self, failed: Flag, agent: User) -> None:
        browser = sign_in(agent, headers={"Accept-Language": "de"})
        page = browser.post(reverse("identity_check", args=[failed.customer_id])).text
        assert "Zuerst muss jemand anderes sie ansehen." in page

    def test_an_owner_may_begin(self, failed: Flag, owner: User) -> None:
        url = reverse("identity_check", args=[failed.customer_id])
        assert "Begin the check" in sign_in(owner).get(url).text
        page = sign_in(owner).post(url, follow=True).text
        shown = [name for name in [*RIGHT, "owner_vouches"] if f'id="proof_{name}"' in page]
        assert (shown, FAILED in page) == (["owner_vouches"], True)

    def test_an_answer_is_refused_in_words(
        self, failed: Flag, running: IdentityCheck, other_agent: User
    ) -> None:
        url = reverse("identity_check_proof", args=[failed.customer_id, running.pk, NUMBER])
        answer = sign_in(other_agent).post(url, RIGHT[NUMBER])
        assert (answer.status_code, answer.text.count(FAILED)) == (409, 1)
        assert f'id="proof_{NUMBER}"' not in answer.text
        assert ProofTry.objects.count() == FAILS_AFTER

    def test_whose_check_failed_is_offered_no_other(self, failed: Flag, agent: User) -> None:
        check = IdentityCheck.objects.get(started_by=agent)
        url = reverse("identity_check_detail", args=[failed.customer_id, check.pk])
        browser = sign_in(agent)
        assert ("Begin a new check" in browser.get(url).text) is False
        Flag.objects.update(kind=FlagKind.UNDONE)
        assert ("Begin a new check" in browser.get(url).text) is True
