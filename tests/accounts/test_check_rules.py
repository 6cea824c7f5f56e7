"""Settings › Customer accounts: what an identity check takes, and what each proof counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accounts.models import AccountRules, IdentityCheck
from accounts.proofs import counting_kinds, proof_named
from tests.accounts.test_rules import PAGE, typed
from tests.factories.accounts import sign_in
from tests.factories.checks import known_for_long, match

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
LAST = "points_last_order"
WARNING = "can pass an identity check"


def test_an_owner_says_what_each_proof_counts(owner: User, customer: Customer, agent: User) -> None:
    assert sign_in(owner).post(PAGE, typed(**{LAST: 35, "check_points": 110})).status_code == 302
    rules = AccountRules.current()
    assert (rules.check_points, rules.points["last_order"]) == (110, 35)
    check = IdentityCheck.begin(known_for_long(customer), by=agent)
    match(check, "last_order", by=agent)
    assert check.points == 35


def test_what_another_app_once_counted_is_kept(owner: User) -> None:
    AccountRules.objects.update(points={"fingerprint": 70})
    sign_in(owner).post(PAGE, typed(**{LAST: 5}))
    points = AccountRules.current().points
    assert (points["fingerprint"], points["last_order"]) == (70, 5)


def test_a_lead_sees_it_and_changes_nothing_of_it(lead: User) -> None:
    desk = sign_in(lead)
    shown = desk.get(PAGE).text
    assert (f'name="{LAST}"' in shown, "Only owners change points, how" in shown) == (True, True)
    desk.post(PAGE, typed(**{LAST: 99, "check_points": 10, "check_minutes": 30}))
    rules = AccountRules.current()
    assert (rules.points, rules.check_points, rules.check_minutes) == ({}, 100, 60)


@pytest.mark.parametrize(
    ("field", "value"),
    [(LAST, "-1"), (LAST, "501"), (LAST, ""), (LAST, "many"), ("check_points", "9"),
     ("check_points", "211"), ("check_minutes", "4"), ("check_minutes", "1441")],
)  # fmt: skip
def test_what_nobody_could_pass_and_what_is_no_number_is_not_saved(
    owner: User, field: str, value: str
) -> None:
    assert sum(kind.points for kind in counting_kinds()) == 210
    refused = sign_in(owner).post(PAGE, typed(**{field: value}))
    assert (refused.status_code, AccountRules.current().version) == (422, 1)


def test_it_is_said_where_the_mailbox_alone_would_do(owner: User, reader: User) -> None:
    desk = sign_in(owner)
    assert WARNING not in desk.get(PAGE).text
    desk.post(PAGE, typed(check_points=90))
    assert "comes to 90 of 90 points" in desk.get(PAGE).text
    assert WARNING in sign_in(reader).get(PAGE).text
    desk.post(PAGE, typed(check_points=91))
    assert WARNING not in desk.get(PAGE).text


def test_an_owners_word_is_nothing_to_be_counted(owner: User) -> None:
    word = proof_named("owner_vouches")
    assert word is not None
    assert word not in counting_kinds()
    assert word.points_by(AccountRules(check_points=300)) == 300
    assert "points_owner_vouches" not in sign_in(owner).get(PAGE).text
