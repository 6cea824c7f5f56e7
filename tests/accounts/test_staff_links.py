"""Links for colleagues: a stranger who knows the address may have one mailed, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import AskPurpose, LinkRefused, LinkState, RecoveryAsk, StaffLink, User
from accounts.tokens import token_for
from core.permissions import Role
from tests.accounts.conftest import link_in, minutes_later
from tests.factories.accounts import sign_in
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from collections.abc import Callable


def ask(email: str) -> None:
    RecoveryAsk.ask(AskPurpose.STAFF, email)


def invited(owner: User) -> User:
    return User.invite("neu@desk.example", name="Nils", role=Role.AGENT, by=owner)


def reset(owner: User) -> User:
    agent = User.objects.get(email="anna@desk.example")
    StaffLink.start(agent, by=owner)
    return agent


@pytest.mark.parametrize("colleague", [invited, reset])
def test_a_strangers_ask_leaves_an_open_link_alive_and_mails_it_again(
    owner: User, agent: User, worker: Any, colleague: Callable[[User], User]
) -> None:
    person = colleague(owner)
    [mail] = worker()
    minutes_later()
    ask(person.email)
    [again] = worker()
    [link] = StaffLink.objects.filter(user=person)
    assert (link.state, link.asked_by) == (LinkState.OPEN, owner)
    assert token_for(link) in mail.body
    assert token_for(link) in again.body
    assert happened_to(link).filter(name="staff_link.asked_again").count() == 1


def test_asking_again_at_once_mails_nothing_twice(agent: User, worker: Any) -> None:
    ask(agent.email)
    ask(agent.email)
    assert len(worker()) == 1
    ask(agent.email)
    assert worker() == []


def test_a_double_click_on_send_link_mails_one_that_works(
    owner: User, agent: User, worker: Any
) -> None:
    browser, path = sign_in(owner), f"/admin/settings/team/{agent.pk}/links/"
    browser.post(path)
    browser.post(path)
    [mail] = worker()
    assert browser.post(path).status_code == 302
    assert worker() == []
    assert token_for(StaffLink.objects.get()) in mail.body


def test_an_owner_who_sends_a_link_later_replaces_the_one_before(
    owner: User, agent: User, worker: Any
) -> None:
    reset(owner)
    [before] = worker()
    minutes_later()
    reset(owner)
    [mail] = worker()
    assert token_for(StaffLink.objects.open().get()) in mail.body
    assert mail.body != before.body


def test_a_link_that_is_printed_is_a_new_one(agent: User) -> None:
    mailed = StaffLink.start(agent, by=None)
    printed = StaffLink.start(agent, by=None, mailed=False)
    mailed.refresh_from_db()
    assert (mailed.state, printed.state) == (LinkState.REPLACED, LinkState.OPEN)


def test_asks_for_one_colleague_are_limited(owner: User, agent: User, worker: Any) -> None:
    reset(owner)
    worker()
    mails = []
    for number in range(8):
        minutes_later()
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/admin/recover/", {"email": agent.email})
        mails += worker()
    # One of five an hour is kept for the team page, and one was sent from there.
    assert len(mails) == 3
    minutes_later(1)
    assert StaffLink.start(agent, by=owner).state == LinkState.OPEN


def test_an_owner_who_sends_twice_in_a_minute_is_told_when_again(
    owner: User, agent: User, worker: Any
) -> None:
    browser, path = sign_in(owner), f"/admin/settings/team/{agent.pk}/links/"
    browser.post(path)
    worker()
    page = browser.post(path, follow=True).text
    assert "Sent 0 sec ago, again in 60 sec." in page
    assert worker() == []


def test_nobody_is_invited_to_a_mailbox_that_was_written_to_this_minute(
    owner: User, worker: Any
) -> None:
    RecoveryAsk.ask(AskPurpose.REGISTER, "neu@desk.example", language="en")
    assert len(worker()) == 1
    typed = {"email": "neu+desk@desk.example", "role": "agent"}
    page = sign_in(owner).post("/admin/settings/team/", typed)
    assert (page.status_code, "again in" in page.text) == (422, True)
    assert not User.objects.filter(email="neu+desk@desk.example").exists()


def test_a_link_that_has_ended_gives_way_to_a_new_one(
    owner: User, agent: User, worker: Any
) -> None:
    reset(owner)
    worker()
    minutes_later(61)
    ask(agent.email)
    [mail] = worker()
    assert token_for(StaffLink.objects.open().get()) in mail.body


@pytest.mark.parametrize("how", ["expired", "used", "withdrawn"])
def test_the_page_of_one_that_has_ended_offers_another_with_one_button(
    agent: User, stranger: Client, worker: Any, how: str
) -> None:
    link = StaffLink.start(agent, by=None)
    [mail] = worker()
    ended(link, how)
    page = stranger.get(link_in(mail), follow=True)
    assert (page.status_code, page.context["state"]) == (410, how)
    assert '<form class="form" method="post" action="/admin/links/">' in page.text
    worker()
    minutes_later(1)
    said = stranger.post("/admin/links/")
    assert (said.status_code, said["Referrer-Policy"]) == (200, "no-referrer")
    [another] = worker()
    assert another.to == [agent.email]
    assert token_for(StaffLink.objects.open().get()) in another.body
    assert stranger.post("/admin/links/").status_code == 404


def ended(link: StaffLink, how: str) -> None:
    if how == "expired":
        minutes_later(61)
    elif how == "used":
        link.redeem("Espresso-am-Morgen-3")
    else:
        StaffLink.objects.open().close(LinkState.WITHDRAWN)


@pytest.mark.django_db
def test_whoever_followed_no_link_is_asked_for_their_address(stranger: Client, worker: Any) -> None:
    page = stranger.post("/admin/links/")
    assert (page.status_code, 'href="/admin/recover/"' in page.text) == (404, True)
    assert worker() == []


def test_colleagues_who_left_are_sent_nothing(owner: User, agent: User, worker: Any) -> None:
    agent.deactivate(by=owner)
    with pytest.raises(LinkRefused):
        StaffLink.start(agent, by=None)
    ask(agent.email)
    assert worker() == []


def test_eight_asks_at_once_leave_one_link(transactional_db: None) -> None:
    from tests.factories.accounts import StaffFactory

    agent = StaffFactory()
    results = all_at_once(lambda _number: StaffLink.start(agent, by=None))
    assert {link.pk for link in results} == {StaffLink.objects.get().pk}
    assert len(results) == THREADS
