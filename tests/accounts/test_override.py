"""Who lifts a hold without a second colleague: owners, and the roles that owners allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.lifting import Way, way_to_lift
from accounts.models import (
    AccountRules,
    CheckNeeded,
    Hold,
    HoldReason,
    SecondColleagueNeeded,
)
from tests.accounts.test_rules import typed
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
PAGE = "/admin/settings/customer-accounts/"
NOBODY: list[str] = []
# Which roles are allowed, who comes, and whether they lift alone after a passed check.
WHO = [
    (NOBODY, "owner", True),
    (NOBODY, "lead", False),
    (NOBODY, "agent", False),
    (["lead"], "lead", True),
    (["lead"], "agent", False),
    (["agent"], "agent", True),
    (["agent"], "lead", False),
    (["lead", "agent"], "other_agent", True),
]


@pytest.fixture
def hold(customer: Customer, agent: User) -> Hold:
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    return Hold.objects.get()


def allow(roles: list[str]) -> None:
    AccountRules.objects.update(override_roles=roles)


@pytest.mark.parametrize(("roles", "who", "may"), WHO)
def test_who_lifts_alone(
    hold: Hold, cast: dict[str, User], roles: list[str], who: str, may: bool
) -> None:
    allow(roles)
    passed_check(hold.customer, by=cast["agent"])
    assert way_to_lift(hold, cast[who]) == (Way.LIFT if may else Way.ASK)
    page = sign_in(cast[who]).get(reverse("hold_lifting", args=[hold.customer_id, hold.pk])).text
    assert ("You can lift the hold." in page, "has to agree" in page) == (may, not may)
    if not may:
        with pytest.raises(SecondColleagueNeeded):
            hold.lift(by=cast[who])
        return
    hold.lift(by=cast[who])
    assert (hold.lifted_by, hold.lifted_alone) == (cast[who], True)


@pytest.mark.parametrize("who", ["lead", "agent"])
def test_without_a_check_it_helps_nobody(hold: Hold, cast: dict[str, User], who: str) -> None:
    allow(["lead", "agent"])
    assert way_to_lift(hold, cast[who]) == Way.CHECK
    with pytest.raises(CheckNeeded):
        hold.lift(by=cast[who], without_check="We met")


def test_a_reader_lifts_nothing_whatever_is_set(hold: Hold, reader: User, agent: User) -> None:
    allow(["lead", "agent"])
    passed_check(hold.customer, by=agent)
    url = reverse("hold_lifting", args=[hold.customer_id, hold.pk])
    assert sign_in(reader).post(url, {"way": "lift"}).status_code == 403
    with pytest.raises(SecondColleagueNeeded):
        hold.lift(by=reader)


def test_what_is_taken_back_while_the_page_is_open_counts(hold: Hold, agent: User) -> None:
    allow(["agent"])
    passed_check(hold.customer, by=agent)
    browser = sign_in(agent)
    url = reverse("hold_lifting", args=[hold.customer_id, hold.pk])
    assert 'value="lift"' in browser.get(url).text
    allow(NOBODY)
    assert browser.post(url, {"way": "lift"}).status_code == 409
    hold.refresh_from_db()
    assert hold.lifted_at is None


@pytest.mark.parametrize(("who", "questions"), [("owner", 2), ("lead", 3), ("agent", 3)])
def test_it_is_one_question_more_and_one_for_who_might_be_a_newcomer(
    hold: Hold, cast: dict[str, User], who: str, questions: int, django_assert_num_queries: Any
) -> None:
    passed_check(hold.customer, by=cast["agent"])
    with django_assert_num_queries(questions):
        way_to_lift(hold, cast[who])


def test_an_owner_allows_it_on_the_page(owner: User) -> None:
    desk = sign_in(owner)
    assert desk.post(PAGE, typed(override_roles=["lead", "agent"])).status_code == 302
    assert AccountRules.current().override_roles == ["lead", "agent"]
    page = desk.get(PAGE).text
    assert page.count('name="override_roles"') == page.count(" checked") == 2
    assert desk.post(PAGE, typed(override_roles=[])).status_code == 302
    assert AccountRules.current().override_roles == []


@pytest.mark.parametrize("role", ["owner", "read_only", "root", ""])
def test_no_other_role_can_be_allowed(owner: User, role: str) -> None:
    assert sign_in(owner).post(PAGE, typed(override_roles=[role])).status_code == 422
    assert AccountRules.current().override_roles == []


def test_a_lead_reads_it_and_what_they_send_is_not_heard(lead: User) -> None:
    allow(["agent"])
    desk = sign_in(lead)
    page = desk.get(PAGE).text
    boxes = [tag for tag in page.split("<input") if 'name="override_roles"' in tag]
    assert ["disabled" in tag.partition(">")[0] for tag in boxes] == [True, True]
    assert "Only owners change who lifts a hold alone." in page
    sent = typed(override_roles=["lead", "agent"], reset_minutes=30)
    assert desk.post(PAGE, sent).status_code == 302
    rules = AccountRules.current()
    assert (rules.override_roles, rules.reset_minutes) == (["agent"], 30)


def test_two_owners_see_what_the_other_allowed(owner: User) -> None:
    desk, mine = sign_in(owner), typed(override_roles=["lead"])
    desk.post(PAGE, typed(override_roles=["agent", "lead"]))
    refused = desk.post(PAGE, mine)
    [(_label, theirs, yours)] = refused.context["changed_meanwhile"]
    assert (refused.status_code, theirs, yours) == (409, "Agent, Lead", "Lead")
