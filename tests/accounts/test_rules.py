"""Settings › Customer accounts: who decides what, and what no one can save."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import AccountRules, AskPurpose, RecoveryAsk, Registration, ResetRequest
from accounts.models.rules import RANGES
from accounts.models.staff_links import StaffLink
from accounts.proofs import counting_kinds
from accounts.rules_forms import RulesForm
from core.conflicts import ChangedMeanwhile
from tests.factories.accounts import sign_in
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from accounts.models.links import SecretLink
    from customers.models import Customer

pytestmark = pytest.mark.django_db
PAGE = "/admin/settings/customer-accounts/"


def typed(**changes: Any) -> dict[str, Any]:
    """The form as the browser sends it."""
    rules = AccountRules.current()
    points = {f"points_{one.name}": one.points_by(rules) for one in counting_kinds()}
    return {name: getattr(rules, name) for name in RulesForm.base_fields} | points | changes


def lasts(link: SecretLink) -> timedelta:
    return link.expires_at - link.started_at


@pytest.mark.parametrize(
    ("who", "may_save"),
    [("owner", True), ("lead", True), ("agent", False), ("other_agent", False), ("reader", False)],
)
def test_all_staff_read_owners_and_leads_save(
    cast: dict[str, User], who: str, may_save: bool
) -> None:
    desk = sign_in(cast[who])
    page = desk.get(PAGE)
    assert (page.status_code, "data-savebar" in page.text) == (200, may_save)
    response = desk.post(PAGE, typed(reset_minutes=30))
    assert response.status_code == (302 if may_save else 403)
    assert AccountRules.current().reset_minutes == (30 if may_save else 60)


def test_strangers_are_led_to_the_desks_sign_in(stranger: Client) -> None:
    for response in (stranger.get(PAGE), stranger.post(PAGE, typed())):
        assert (response.status_code, response.url.partition("?")[0]) == (302, "/admin/login/")


def test_it_stands_among_the_settings(reader: User) -> None:
    assert f'href="{PAGE}"' in sign_in(reader).get("/admin/settings/").text


def test_what_is_saved_leaves_one_event_and_a_repeat_none(lead: User) -> None:
    desk = sign_in(lead)
    desk.post(PAGE, typed(reset_minutes=30))
    desk.post(PAGE, typed(reset_minutes=30))
    [event] = happened_to(AccountRules.current())
    assert (event.name, event.actor_id, event.plain) == (
        "account_rules.changed",
        lead.pk,
        {"fields": ["reset_minutes"]},
    )
    assert AccountRules.current().version == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("reset_minutes", "14"), ("reset_minutes", "1441"), ("reset_minutes", ""),
     ("reset_minutes", "an hour"), ("reset_minutes", "6\0"), ("reset_minutes", "9" * 5000),
     ("frequent_count", "1"), ("frequent_days", "91"), ("bulk_per_minute", "9"),
     ("bulk_per_minute", "6001"), ("hold_flags", "21"), ("hold_days", "0"),
     ("version", "one"), ("version", "")],
)  # fmt: skip
def test_what_cannot_be_is_shown_again_and_not_saved(owner: User, field: str, value: str) -> None:
    response = sign_in(owner).post(PAGE, typed(**{field: value}))
    assert (response.status_code, AccountRules.current().version) == (422, 1)


@pytest.mark.parametrize("name", sorted(RANGES))
def test_the_database_holds_each_range(name: str) -> None:
    least, most = RANGES[name]
    for value in (least, most):
        AccountRules.objects.update(**{name: value})
    for value in (least - 1, most + 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            AccountRules.objects.update(**{name: value})


@pytest.mark.parametrize(
    ("name", "roles"), [("override_roles", ["owner"]), ("masked_roles", ["owner"])]
)
def test_an_owner_is_never_masked_and_needs_no_override(name: str, roles: list[str]) -> None:
    with pytest.raises(IntegrityError):
        AccountRules.objects.update(**{name: roles})


@pytest.mark.parametrize(
    ("name", "value"),
    [("override_roles", ["lead"]), ("masked_roles", ["agent"]), ("points", {"last_order": 90}),
     ("check_points", 10), ("check_minutes", 1440)],
)  # fmt: skip
def test_a_lead_gives_no_override_to_themselves(
    owner: User, lead: User, name: str, value: Any
) -> None:
    rules = AccountRules.current()
    with pytest.raises(PermissionDenied):
        rules.change(by=lead, expected_version=1, **{name: value})
    assert (AccountRules.current().version, happened_to(rules).exists()) == (1, False)
    assert rules.change(by=owner, expected_version=1, **{name: value})
    assert getattr(AccountRules.current(), name) == value


def test_an_agent_changes_no_rule_by_any_door(agent: User) -> None:
    with pytest.raises(PermissionDenied):
        AccountRules.current().change(by=agent, expected_version=1, reset_minutes=30)


def test_what_is_not_on_the_page_cannot_be_set(lead: User) -> None:
    sign_in(lead).post(PAGE, typed(override_roles="lead", id="9", reset_minutes=30))
    rules = AccountRules.objects.get()
    assert (rules.reset_minutes, rules.override_roles, rules.pk) == (30, [], 1)


def test_who_saves_second_sees_both_versions_and_then_decides(owner: User, lead: User) -> None:
    mine = typed(reset_minutes=90)
    sign_in(lead).post(PAGE, typed(reset_minutes=30))
    desk = sign_in(owner)
    refused = desk.post(PAGE, mine)
    [(_label, theirs, yours)] = refused.context["changed_meanwhile"]
    assert (refused.status_code, theirs, yours) == (409, "30", "90")
    assert AccountRules.current().reset_minutes == 30
    again = mine | {"version": refused.context["form"]["version"].value()}
    assert desk.post(PAGE, again).status_code == 302
    assert AccountRules.current().reset_minutes == 90


def test_a_links_life_follows_the_rule_and_a_colleagues_does_not(
    customer: Customer, agent: User, owner: User
) -> None:
    AccountRules.current().change(by=owner, expected_version=1, reset_minutes=15)
    ask = RecoveryAsk(purpose=AskPurpose.REGISTER, address="neu@example.de", language="en")
    sent = ResetRequest.start(customer, by=agent)
    assert (lasts(sent), lasts(Registration.start(ask))) == (timedelta(minutes=15),) * 2
    assert lasts(StaffLink.start(agent, by=owner)) == timedelta(minutes=60)
    AccountRules.current().change(by=owner, expected_version=2, reset_minutes=1440)
    sent.refresh_from_db()
    assert lasts(sent) == timedelta(minutes=15)


def test_a_proof_counts_what_the_shop_says_or_what_is_usual() -> None:
    rules = AccountRules(points={"last_order": 0})
    assert (rules.points_of("last_order", 20), rules.points_of("mailed_code", 60)) == (0, 60)


def test_of_eight_who_save_at_once_one_is_first(transactional_db: None) -> None:
    from tests.factories.accounts import StaffFactory

    owner = StaffFactory(role="owner")

    def save(number: int) -> Any:
        mine = AccountRules.current()
        return mine.change(by=owner, expected_version=1, reset_minutes=100 + number)

    results = all_at_once(save)
    assert [type(one) for one in results].count(ChangedMeanwhile) == THREADS - 1
    assert happened_to(AccountRules.current()).count() == 1
