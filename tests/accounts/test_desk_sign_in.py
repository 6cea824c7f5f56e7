"""The staff door: password, second step, links."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from accounts import second_factor
from accounts.models import Session, StaffLink, Throttle, User
from events.models import Event
from tests.accounts.conftest import link_in, same_for_all
from tests.factories.accounts import PASSWORD, sign_in

if TYPE_CHECKING:
    from customers.models import Customer

NEW = "Espresso-am-Morgen-3"


def log_in(browser: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    typed = {"email": user.email, "password": password, **more}
    return browser.post("/admin/login/", typed)


def code(secret: str, *, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


@pytest.fixture
def secret(agent: User) -> str:
    """The agent's second factor is on."""
    secret = generate_totp_secret()
    second_factor.switch_on(agent, secret)
    return secret


def test_staff_sign_in_and_out(agent: User, stranger: Client) -> None:
    assert log_in(stranger, agent, next="/admin/profile/").url == "/admin/profile/"
    assert stranger.get("/admin/profile/").status_code == 200
    assert stranger.post("/admin/logout/").url == "/admin/login/"
    assert stranger.get("/admin/profile/").url == "/admin/login/?next=/admin/profile/"


def test_a_customer_and_a_deactivated_colleague_are_refused(
    customer: Customer, agent: User, owner: User, stranger: Client
) -> None:
    agent.deactivate(by=owner)
    for person in (customer.user, agent):
        assert log_in(stranger, person).status_code == 422


def test_the_second_step_asks_for_a_code(agent: User, secret: str, stranger: Client) -> None:
    assert log_in(stranger, agent, next="/admin/profile/").url == "/admin/login/code/"
    assert stranger.get("/admin/profile/").status_code == 302
    assert stranger.post("/admin/login/code/", {"code": "000000"}).status_code == 422
    assert stranger.post("/admin/login/code/", {"code": code(secret)}).url == "/admin/profile/"
    assert stranger.get("/admin/profile/").status_code == 200


def test_a_code_counts_once(agent: User, secret: str, stranger: Client) -> None:
    typed = {"code": code(secret)}
    for browser, status in ((stranger, 302), (Client(), 422)):
        log_in(browser, agent)
        assert browser.post("/admin/login/code/", typed).status_code == status


def test_the_code_that_sets_it_up_signs_nobody_in(agent: User, stranger: Client) -> None:
    browser, page = sign_in(agent), "/admin/profile/second-factor/"
    typed = {"code": code(browser.get(page).context["secret"]), "current": PASSWORD}
    assert browser.post(page, typed).status_code == 200
    log_in(stranger, agent)
    assert stranger.post("/admin/login/code/", typed).status_code == 422


def test_a_recovery_code_counts_once(agent: User, stranger: Client) -> None:
    typed = {"code": second_factor.switch_on(agent, generate_totp_secret())[0]}
    for browser, status in ((stranger, 302), (Client(), 422)):
        log_in(browser, agent)
        assert browser.post("/admin/login/code/", typed).status_code == status
    assert second_factor.codes_left(agent) == 9


def test_guessing_codes_is_limited_across_browsers(agent: User, secret: str) -> None:
    statuses = []
    for number in range(7):
        browser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        log_in(browser, agent)
        statuses.append(browser.post("/admin/login/code/", {"code": "000000"}).status_code)
    assert statuses == [422] * 6 + [429]


@pytest.mark.parametrize("door", ["/account/login/", "/admin/login/"])
def test_all_addresses_of_one_ipv6_subscriber_count_as_one(db: None, door: str) -> None:
    for number in range(3):
        browser = Client(REMOTE_ADDR=f"2001:db8:1:2::{number}")
        browser.post(door, {"email": "nobody@example.de", "password": f"Guess {number}"})
    Client(REMOTE_ADDR="2001:db8:1:3::1").post(door, {"email": "x@example.de", "password": "x"})
    counts = Throttle.objects.filter(name="login from ip").values_list("count", flat=True)
    assert sorted(counts) == [1, 3]


def test_a_password_that_changes_between_the_steps_ends_the_sign_in(
    agent: User, secret: str, stranger: Client
) -> None:
    log_in(stranger, agent)
    StaffLink.start(agent, by=None).redeem(NEW)
    answer = stranger.post("/admin/login/code/", {"code": code(secret)})
    assert answer.url == "/admin/login/"


def test_leaving_between_the_steps_ends_the_sign_in(
    agent: User, owner: User, secret: str, stranger: Client
) -> None:
    log_in(stranger, agent)
    agent.deactivate(by=owner)
    assert stranger.post("/admin/login/code/", {"code": code(secret)}).url == "/admin/login/"


def test_the_code_page_without_the_first_step_leads_back(db: None, stranger: Client) -> None:
    assert stranger.get("/admin/login/code/").url == "/admin/login/"
    assert not Session.objects.exists()
    assert stranger.post("/admin/login/code/", {"code": "000000"}).url == "/admin/login/"
    assert "Please sign in again." in stranger.get("/admin/login/").content.decode()


def test_the_secret_is_sealed_in_the_database(agent: User, secret: str) -> None:
    stored = Authenticator.objects.get(user=agent, type="totp").data
    assert secret not in str(stored)
    assert second_factor.accepts(agent, code(secret))


def test_the_secret_is_sealed_in_the_session_while_it_is_tried(agent: User) -> None:
    browser = sign_in(agent)
    page = browser.get("/admin/profile/second-factor/")
    assert page.context["secret"] not in str(Session.objects.of(agent).get().get_decoded())
    again = browser.get("/admin/profile/second-factor/")
    assert again.context["secret"] == page.context["secret"]


def test_after_a_change_of_the_key_no_code_is_right_and_no_page_breaks(
    agent: User, stranger: Client, settings: Any
) -> None:
    browser = sign_in(agent)
    former = browser.get("/admin/profile/second-factor/").context["secret"]
    codes = second_factor.switch_on(agent, former)
    settings.LINK_KEY = "another-key-that-is-long-enough-for-us-7"
    assert browser.get("/admin/profile/second-factor/").status_code == 302  # nobody is signed in
    browser = sign_in(agent)
    assert browser.get("/admin/profile/second-factor/").context["secret"] != former
    assert browser.get("/admin/profile/").context["codes_left"] == 0
    log_in(stranger, agent)
    for typed in (code(former), codes[0]):
        assert stranger.post("/admin/login/code/", {"code": typed}).status_code == 422


def test_asks_at_the_shop_use_up_nothing_of_what_a_colleague_may_ask(
    agent: User, stranger: Client, worker: Any
) -> None:
    for _ in range(6):
        stranger.post("/account/recover/", {"email": agent.email})
    assert worker() == []
    stranger.post("/admin/recover/", {"email": agent.email})
    assert [mail.to for mail in worker()] == [[agent.email]]


def test_a_forgotten_password_is_chosen_anew_and_the_second_step_stays(
    agent: User, secret: str, stranger: Client, worker: Any
) -> None:
    browser = sign_in(agent)
    stranger.post("/admin/recover/", {"email": agent.email})
    [mail] = worker()
    assert stranger.get(link_in(mail)).url == "/admin/link/"
    saved = stranger.post("/admin/link/", {"name": "Anna A.", "password": NEW})
    assert saved.url == "/admin/login/"
    assert stranger.get("/admin/login/").context["form"].initial == {"email": agent.email}
    assert browser.get("/admin/profile/").status_code == 302
    assert log_in(stranger, agent, NEW).url == "/admin/login/code/"
    [told] = worker()
    assert told.to == [agent.email]


def test_unknown_addresses_get_the_same_answer_at_the_desk(
    agent: User, stranger: Client, worker: Any
) -> None:
    pages = [
        same_for_all(stranger.post("/admin/recover/", {"email": email}))
        for email in (agent.email, "nobody@desk.example")
    ]
    assert pages[0] == pages[1]
    assert [mail.to for mail in worker()] == [[agent.email]]


def test_a_link_of_a_colleague_works_once(agent: User, stranger: Client, worker: Any) -> None:
    StaffLink.start(agent, by=None)
    [mail] = worker()
    for browser, status in ((stranger, 302), (Client(), 410)):
        browser.get(link_in(mail))
        answer = browser.post("/admin/link/", {"name": "Anna", "password": NEW})
        assert answer.status_code == status


def test_junk_links_at_the_desk_get_one_page(db: None, stranger: Client) -> None:
    pages = {
        (page.status_code, same_for_all(page))
        for token in ("x", "0", "1.AAAA", "z" * 3000)
        for page in [stranger.get(f"/admin/link/{token}/")]
    }
    assert len(pages) == 1


def test_profile_password_and_language(agent: User) -> None:
    here, elsewhere = sign_in(agent), sign_in(agent)
    page = here.post("/admin/profile/", {"name": "Änne", "language": "de"}, follow=True)
    assert page["Content-Language"] == "de"
    typed = {"current": PASSWORD, "password": NEW}
    assert here.post("/admin/profile/password/", typed).url == "/admin/profile/"
    assert here.get("/admin/profile/").status_code == 200
    assert elsewhere.get("/admin/profile/").status_code == 302
    assert User.objects.get(pk=agent.pk).check_password(NEW)


def test_other_browsers_are_signed_out_from_the_profile(agent: User) -> None:
    here, elsewhere = sign_in(agent), sign_in(agent)
    assert len(here.get("/admin/profile/").context["sessions"]) == 2
    for _twice in range(2):
        here.post("/admin/profile/sessions/")
    assert elsewhere.get("/admin/profile/").status_code == 302
    assert Session.objects.of(agent).count() == 1
    [ended] = Event.objects.about(agent).filter(name="user.sessions_ended")
    assert (ended.actor_id, ended.plain) == (agent.pk, {"count": 1})


def test_the_second_factor_is_set_up_and_switched_off(agent: User, worker: Any) -> None:
    browser = sign_in(agent)
    secret = browser.get("/admin/profile/second-factor/").context["secret"]
    wrong = {"code": "000000", "current": PASSWORD}
    assert browser.post("/admin/profile/second-factor/", wrong).status_code == 422
    typed = {"code": code(secret), "current": PASSWORD}
    assert len(browser.post("/admin/profile/second-factor/", typed).context["codes"]) == 10
    assert second_factor.is_on(agent)
    renewed = browser.post("/admin/profile/recovery-codes/", {"current": PASSWORD})
    assert len(renewed.context["codes"]) == 10
    refused = browser.post("/admin/profile/second-factor/removal/", {"current": "wrong"})
    assert refused.status_code == 422
    browser.post("/admin/profile/second-factor/removal/", {"current": PASSWORD})
    assert not second_factor.is_on(agent)
    assert [mail.subject for mail in worker()] == ["Anmeldung in zwei Schritten ausgeschaltet"]


PAGES = [
    "/admin/profile/",
    "/admin/profile/password/",
    "/admin/profile/second-factor/",
    "/admin/profile/second-factor/removal/",
    "/admin/profile/recovery-codes/",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader"])
def test_everybody_has_a_profile(cast: dict[str, User], who: str, page: str) -> None:
    browser = sign_in(cast[who])
    second_factor.switch_on(cast[who], generate_totp_secret())
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"code": "x" * 10_000, "language": "xx"}).status_code == 422
    assert Client().get(page).status_code == 302


def test_the_door_of_staff_bears_bad_input(db: None, stranger: Client) -> None:
    for page in ("/admin/login/", "/admin/recover/"):
        for bad in ("x" * 10_000, "a@b", "' OR 1=1 --"):
            assert stranger.post(page, {"email": bad, "password": bad}).status_code == 422
        assert stranger.post(page, {"email": "a\0b"}).status_code == 422


def test_a_new_colleague_is_greeted_by_the_invite(
    owner: User, stranger: Client, worker: Any
) -> None:
    from core.permissions import Role

    User.invite("neu@desk.example", name="Nils", role=Role.AGENT, by=owner)
    [mail] = worker()
    assert mail.to == ["neu@desk.example"]
    assert "Olivia Owner" in mail.body
    stranger.get(link_in(mail))
    assert stranger.get("/admin/link/").context["form"].initial == {"name": "Nils"}
