"""Who joins, what they may do, who goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts import second_factor
from accounts.models import AddressInUse, LastOwner, Session, StaffLink, User
from core.permissions import Role
from tests.factories.accounts import PASSWORD, StaffFactory, sign_in
from tests.happened import happened_to
from tests.threads import all_at_once

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


def names(subject: Any) -> list[str]:
    return list(happened_to(subject).order_by("id").values_list("name", flat=True))


def test_a_colleague_is_invited(owner: User) -> None:
    new = User.invite(" Neu@Desk.example", name="Nils", role=Role.AGENT, by=owner)
    assert (new.email, new.role, new.has_usable_password()) == ("neu@desk.example", "agent", False)
    assert StaffLink.objects.open().get().user == new
    assert names(new) == ["user.invited"]


def test_an_address_is_invited_once(owner: User, agent: User) -> None:
    with pytest.raises(AddressInUse):
        User.invite(agent.email.upper(), role=Role.LEAD, by=owner)
    assert not StaffLink.objects.exists()


def test_a_role_changes_at_once(owner: User, agent: User) -> None:
    assert agent.change_role(Role.LEAD, by=owner)
    assert not agent.change_role(Role.LEAD, by=owner)
    assert sign_in(agent).get("/admin/settings/team/").status_code == 200
    assert names(agent) == ["user.role_changed"]


def test_deactivating_ends_sessions_and_links_at_once(owner: User, agent: User) -> None:
    browser = sign_in(agent)
    link = StaffLink.start(agent, by=owner)
    assert agent.deactivate(by=owner)
    assert not agent.deactivate(by=owner)
    assert browser.get("/admin/profile/").status_code == 302
    link.refresh_from_db()
    assert not link.is_open
    assert names(agent) == ["user.deactivated", "user.sessions_ended"]
    ended = happened_to(agent).get(name="user.sessions_ended")
    assert (ended.actor_id, ended.plain) == (owner.pk, {"count": 1})


def test_coming_back_revives_no_old_session(owner: User, agent: User) -> None:
    browser = sign_in(agent)
    agent.deactivate(by=owner)
    assert agent.reactivate(by=owner)
    assert not agent.reactivate(by=owner)
    assert browser.get("/admin/profile/").status_code == 302
    assert not Session.objects.of(agent).exists()


def test_the_last_owner_stays(owner: User, lead: User) -> None:
    User.invite("second@desk.example", role=Role.OWNER, by=owner)  # who never came
    with pytest.raises(LastOwner):
        owner.deactivate(by=owner)
    with pytest.raises(LastOwner):
        owner.change_role(Role.LEAD, by=owner)


def test_two_owners_cannot_remove_each_other_at_the_same_moment(transactional_db: None) -> None:
    owners = [StaffFactory(role="owner"), StaffFactory(role="owner")]

    def leave(number: int) -> Any:
        return User.objects.get(pk=owners[number % 2].pk).deactivate(by=None)

    all_at_once(leave)
    assert User.objects.owners().active().count() == 1


def test_a_role_that_was_given_meanwhile_is_asked_for_again(
    owner: User, lead: User, agent: User
) -> None:
    """The page was asked by a lead when the colleague was none of the owners yet."""
    seen_before = User.objects.get(pk=agent.pk)
    agent.change_role(Role.OWNER, by=owner)
    for verb in (
        lambda: seen_before.deactivate(by=lead),
        lambda: seen_before.change_role(Role.AGENT, by=lead),
        lambda: seen_before.reactivate(by=lead),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    agent.refresh_from_db()
    assert (agent.role, agent.deactivated_at) == (Role.OWNER, None)


def test_a_second_factor_is_removed_by_an_owner(owner: User, agent: User, worker: Any) -> None:
    second_factor.switch_on(agent, generate_totp_secret())
    assert second_factor.switch_off(agent, by=owner)
    assert not second_factor.switch_off(agent, by=owner)
    [mail] = worker()
    assert mail.to == [agent.email]
    assert "Olivia Owner" in mail.body


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 403), ("reader", 403)]
)
def test_who_may_see_the_team(cast: dict[str, User], who: str, status: int) -> None:
    assert sign_in(cast[who]).get("/admin/settings/team/").status_code == status


ACTIONS = ["deactivation", "reactivation", "links", "role"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(
    ("who", "whom", "status"),
    [
        ("owner", "agent", 302),
        ("owner", "lead", 302),
        ("owner", "owner", 403),
        ("lead", "agent", 302),
        ("lead", "owner", 403),
        ("lead", "lead", 403),
        ("agent", "other_agent", 403),
        ("reader", "agent", 403),
    ],
)
def test_who_may_change_whom(
    cast: dict[str, User], who: str, whom: str, status: int, action: str
) -> None:
    url = f"/admin/settings/team/{cast[whom].pk}/{action}/"
    browser = sign_in(cast[who])
    assert browser.post(url, {"role": "read_only"}).status_code == status
    assert browser.get(url).status_code == 405


def test_a_lead_makes_nobody_an_owner(lead: User, agent: User) -> None:
    browser = sign_in(lead)
    url = f"/admin/settings/team/{agent.pk}/role/"
    assert browser.post(url, {"role": "owner"}).status_code == 403
    invited = browser.post("/admin/settings/team/", {"email": "x@desk.example", "role": "owner"})
    assert invited.status_code == 422
    assert User.objects.owners().count() == 0


@pytest.mark.parametrize(("who", "status"), [("owner", 302), ("lead", 403), ("agent", 403)])
def test_only_owners_switch_off_a_colleagues_second_step(
    cast: dict[str, User], who: str, status: int
) -> None:
    second_factor.switch_on(cast["reader"], generate_totp_secret())
    url = f"/admin/settings/team/{cast['reader'].pk}/second-factor-removal/"
    assert sign_in(cast[who]).post(url).status_code == status
    assert second_factor.is_on(cast["reader"]) == (status == 403)


def test_inviting_from_the_page(owner: User, worker: Any) -> None:
    browser = sign_in(owner)
    typed = {"name": "Nils Neu", "email": "nils@desk.example", "role": "agent"}
    assert browser.post("/admin/settings/team/", typed).url == "/admin/settings/team/"
    assert browser.post("/admin/settings/team/", typed).status_code == 422
    assert [mail.to for mail in worker()] == [["nils@desk.example"]]


def test_bad_input_on_the_teams_page(owner: User) -> None:
    browser = sign_in(owner)
    for bad in ("", "x" * 10_000, "nobody"):
        typed = {"name": bad, "email": bad, "role": bad}
        assert browser.post("/admin/settings/team/", typed).status_code == 422
    for pk in ("0", "999999999", "9" * 30):
        assert browser.post(f"/admin/settings/team/{pk}/deactivation/").status_code == 404


def test_a_customer_is_no_colleague(owner: User, customer: Any) -> None:
    url = f"/admin/settings/team/{customer.user.pk}/deactivation/"
    assert sign_in(owner).post(url).status_code == 404


@pytest.mark.parametrize("colleagues", [1, 3])
def test_the_page_asks_the_same_for_any_number(
    owner: User, colleagues: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    StaffFactory.create_batch(colleagues)
    browser = sign_in(owner)
    with django_assert_num_queries(TEAM_QUERIES):
        browser.get("/admin/settings/team/")


TEAM_QUERIES = 4


def test_a_deactivated_colleague_cannot_sign_in(agent: User, owner: User) -> None:
    agent.deactivate(by=owner)
    answer = Client().post("/admin/login/", {"email": agent.email, "password": PASSWORD})
    assert answer.status_code == 422


def test_what_cannot_be_taken_back_at_once_is_asked_first(
    owner: User, lead: User, agent: User
) -> None:
    """In the menu stands a button that opens a dialog; only the dialog has the form."""
    page = sign_in(owner).get("/admin/settings/team/").content.decode()
    menus, dialogs = page.split("</main>")
    for form in (f"{agent.pk}/deactivation/", 'value="owner"'):
        assert (form in menus.partition("Invite somebody")[0], form in dialogs) == (False, True)
    for name in (f"deactivate-{agent.pk}", f"make-owner-{agent.pk}"):
        assert f'commandfor="{name}" data-opens="{name}"' in menus
        assert f'<dialog id="{name}"' in dialogs
    page = sign_in(lead).get("/admin/settings/team/").content.decode()
    assert f'<dialog id="deactivate-{agent.pk}"' in page
    assert "make-owner-" not in page
    assert f"deactivate-{owner.pk}" not in page
