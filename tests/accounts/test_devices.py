"""Signed-in devices: what is told of them, and signing out on one, everywhere, or somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.browsers import sessions_of
from accounts.devices import sign_out_device, sign_out_everywhere
from accounts.enabling import hold_person
from accounts.models import Session, User
from accounts.sessions import cookie_name
from accounts.throttling import LIMITS
from events.models import Event
from tests.customers.bulk_changes import lines_of
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory
from tests.threads import THREADS, all_at_once, beside

if TYPE_CHECKING:
    from customers.models import Customer

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
)
DEVICES, EVERYWHERE = "/account/devices/", "/account/devices/everywhere/"
DESK_EVERYWHERE = "/admin/profile/sessions/everywhere/"


def arrive(customer: Customer, agent: str = FIREFOX) -> Client:
    """Sign in as a browser does."""
    browser = Client(headers={"User-Agent": agent, "Accept-Language": "en"})
    typed = {"email": customer.user.email, "password": PASSWORD}
    assert browser.post("/account/login/", typed).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/account/profile/").status_code == 200


def key_of(browser: Client, door: str = "shop") -> str:
    return browser.cookies[cookie_name(door)].value


def handle_of(browser: Client, door: str = "shop") -> str:
    (row,) = [row for row in Session.objects.all() if row.is_of(key_of(browser, door))]
    return row.handle


def seen(rows: Any, minutes: int) -> None:
    rows.update(seen_at=timezone.now() - timedelta(minutes=minutes))


def ended() -> list[tuple[str, int | None, dict[str, Any]]]:
    events = Event.objects.filter(name="user.sessions_ended").order_by("pk")
    return [(event.actor_type, event.actor_id, event.plain) for event in events]


@pytest.mark.django_db
class TestWhatIsTold:
    def test_browser_system_and_when_it_was_seen_and_never_its_key(
        self, customer: Customer
    ) -> None:
        here, phone = arrive(customer), arrive(customer, IPHONE)
        page = here.get(DEVICES)
        assert [one.name for one in page.context["sessions"]] == [
            "Firefox, Linux", "Safari, iPhone",
        ]  # fmt: skip
        assert (page.text.count("This device"), page.text.count("/removal/")) == (1, 1)
        assert f"/account/devices/{handle_of(phone)}/removal/" in page.text
        for row in Session.objects.of(customer.user):
            assert row.session_key not in page.text
        assert key_of(phone) not in page.text

    def test_the_account_page_leads_there(self, customer: Customer) -> None:
        assert f'href="{DEVICES}"' in sign_in(customer.user).get("/account/").text

    def test_what_has_ended_or_is_somebody_elses_is_not_told(self, customer: Customer) -> None:
        here, old = arrive(customer), arrive(customer, IPHONE)
        arrive(CustomerFactory(account=True), IPHONE)
        past = timezone.now() - timedelta(seconds=1)
        Session.objects.with_handle(handle_of(old)).update(expire_date=past)
        assert len(here.get(DEVICES).context["sessions"]) == 1

    def test_whichever_was_seen_last_comes_first_behind_this_one(self, customer: Customer) -> None:
        here, *others = (arrive(customer) for _ in range(4))
        for minutes, browser in zip((90, 10, 40), others, strict=True):
            seen(Session.objects.with_handle(handle_of(browser)), minutes)
        told = sessions_of(customer.user, current=key_of(here))
        handles = [handle_of(browser) for browser in (here, others[1], others[2], others[0])]
        assert [one.handle for one in told] == handles

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_asks_as_often_for_many_as_for_one(
        self, customer: Customer, count: int
    ) -> None:
        here, *_others = (arrive(customer) for _ in range(count))
        with CaptureQueriesContext(connection) as asked:
            here.get(DEVICES)
        assert len([q for q in asked if "accounts_session" in q["sql"]]) == 2

    def test_a_browser_that_says_nothing_is_told_as_such(self, customer: Customer) -> None:
        assert sessions_of(sign_in(customer.user) and customer.user)[0].name == "A browser"


@pytest.mark.django_db
class TestLastSeen:
    def test_visits_of_five_minutes_write_once(self, customer: Customer) -> None:
        browser = arrive(customer)

        def writes() -> int:
            with CaptureQueriesContext(connection) as asked:
                assert is_in(browser)
            return len([q for q in asked if q["sql"].startswith("UPDATE")])

        assert [writes() for _ in range(3)] == [0, 0, 0]
        rows = Session.objects.of(customer.user)
        seen(rows, 4)
        assert writes() == 0
        seen(rows, 6)
        assert [writes(), writes()] == [1, 0]
        assert timezone.now() - rows.get().seen_at < timedelta(minutes=1)

    def test_one_of_before_the_upgrade_is_seen_at_its_next_visit(self, customer: Customer) -> None:
        browser = arrive(customer)
        Session.objects.update(seen_at=None)
        (told,) = sessions_of(customer.user)
        assert told.seen_at == told.since
        assert is_in(browser)
        assert Session.objects.of(customer.user).get().seen_at is not None

    def test_at_the_desk_as_well(self, agent: User) -> None:
        browser = sign_in(agent)
        seen(Session.objects.all(), 6)
        browser.get("/admin/profile/")
        assert timezone.now() - Session.objects.get().seen_at < timedelta(minutes=1)


@pytest.mark.django_db
class TestOneDevice:
    def test_it_is_out_at_once_and_the_others_stay(self, customer: Customer) -> None:
        here, phone, tablet = (arrive(customer) for _ in range(3))
        answer = here.post(f"/account/devices/{handle_of(phone)}/removal/", follow=True)
        assert "That device is signed out." in answer.text
        assert [is_in(browser) for browser in (here, phone, tablet)] == [True, False, True]
        assert ended() == [("customers.customer", customer.pk, {"count": 1})]
        assert "1 device was signed out" in lines_of(customer)

    def test_a_repeat_and_a_stranger_s_device_change_nothing(self, customer: Customer) -> None:
        here, other = arrive(customer), arrive(CustomerFactory(account=True))
        for handle in (handle_of(other), "0" * 16, handle_of(here)[:5], "a"):
            answer = here.post(f"/account/devices/{handle}/removal/", follow=True)
            assert "That device was not signed in any more." in answer.text
        assert (is_in(other), is_in(here), ended()) == (True, True, [])

    def test_a_colleague_signs_one_of_their_own_out(self, agent: User, lead: User) -> None:
        here, elsewhere, leads = sign_in(agent), sign_in(agent), sign_in(lead)
        shown = here.get("/admin/profile/").text
        address = f"/admin/profile/sessions/{handle_of(elsewhere, 'desk')}/removal/"
        assert address in shown
        here.post(f"/admin/profile/sessions/{handle_of(leads, 'desk')}/removal/")
        here.post(address)
        told = [one.get("/admin/profile/").status_code for one in (here, elsewhere, leads)]
        assert told == [200, 302, 200]
        assert ended() == [("accounts.user", agent.pk, {"count": 1})]


@pytest.mark.django_db
class TestEverywhere:
    def test_with_the_password_all_are_out_here_as_well(self, customer: Customer) -> None:
        here, phone = arrive(customer), arrive(customer, IPHONE)
        assert here.get(EVERYWHERE).status_code == 200
        answer = here.post(EVERYWHERE, {"current": PASSWORD}, follow=True)
        assert "You are signed out on all devices, here as well." in answer.text
        assert (is_in(here), is_in(phone)) == (False, False)
        assert ended() == [("customers.customer", customer.pk, {"count": 2})]
        assert not Session.objects.of(customer.user).exists()

    @pytest.mark.parametrize("typed", ["", "wrong-password-77"])
    def test_without_it_all_stay(self, customer: Customer, typed: str) -> None:
        here, phone = arrive(customer), arrive(customer, IPHONE)
        assert here.post(EVERYWHERE, {"current": typed}).status_code == 422
        assert (is_in(here), is_in(phone), ended()) == (True, True, [])

    @pytest.mark.parametrize("door", ["shop", "desk"])
    def test_guessing_it_is_limited(self, customer: Customer, agent: User, door: str) -> None:
        browser = sign_in(customer.user if door == "shop" else agent)
        address = EVERYWHERE if door == "shop" else DESK_EVERYWHERE
        tries = LIMITS["password of user"].tries
        told = [browser.post(address, {"current": "x"}).status_code for _ in range(tries + 1)]
        assert told == [422] * tries + [429]

    def test_a_colleague_signs_out_everywhere(self, agent: User) -> None:
        here, elsewhere = sign_in(agent), sign_in(agent)
        assert here.post(DESK_EVERYWHERE, {"current": "x"}).status_code == 422
        answer = here.post(DESK_EVERYWHERE, {"current": PASSWORD})
        assert (answer.status_code, answer["Location"]) == (302, "/admin/login/")
        told = [one.get("/admin/profile/").status_code for one in (here, elsewhere)]
        assert told == [302, 302]
        assert ended() == [("accounts.user", agent.pk, {"count": 2})]


@pytest.mark.django_db
class TestForSomebodyElse:
    @pytest.mark.parametrize(
        ("who", "may"), [("owner", True), ("lead", True), ("agent", True), ("reader", False)]
    )
    def test_staff_sign_a_customer_out(
        self, cast: dict[str, User], customer: Customer, who: str, may: bool
    ) -> None:
        browser, desk = arrive(customer, IPHONE), sign_in(cast[who])
        page = desk.get(f"/admin/customers/{customer.pk}/").text
        assert ("Safari, iPhone" in page, "/sign-out/" in page) == (True, may)
        assert key_of(browser) not in page
        answer = desk.post(f"/admin/customers/{customer.pk}/sign-out/", follow=True)
        assert answer.status_code == (200 if may else 403)
        assert is_in(browser) is not may
        if may:
            assert "1 device is signed out." in answer.text
            assert ended() == [("accounts.user", cast[who].pk, {"count": 1})]
            assert lines_of(customer)[0] == f"<b>{cast[who].name}</b> signed out 1 device"

    def test_who_is_signed_in_nowhere_is_told_as_such(
        self, customer: Customer, agent: User
    ) -> None:
        desk = sign_in(agent)
        assert "Signed in on no device." in desk.get(f"/admin/customers/{customer.pk}/").text
        answer = desk.post(f"/admin/customers/{customer.pk}/sign-out/", follow=True)
        assert ("There was no device signed in." in answer.text, ended()) == (True, [])

    def test_without_an_account_there_is_no_panel(self, agent: User) -> None:
        (newcomer, desk) = (CustomerFactory(), sign_in(agent))
        page = desk.get(f"/admin/customers/{newcomer.pk}/").text
        assert "Signed-in devices" not in page
        assert desk.post(f"/admin/customers/{newcomer.pk}/sign-out/").status_code == 302

    @pytest.mark.parametrize(
        ("who", "whom", "may"),
        [("owner", "lead", True), ("lead", "agent", True), ("lead", "owner", False),
         ("lead", "lead", False), ("agent", "other_agent", False)],
    )  # fmt: skip
    def test_leads_sign_colleagues_out(
        self, cast: dict[str, User], who: str, whom: str, may: bool
    ) -> None:
        theirs, desk = sign_in(cast[whom]), sign_in(cast[who])
        answer = desk.post(f"/admin/settings/team/{cast[whom].pk}/sign-out/")
        assert answer.status_code == (302 if may else 403)
        assert (theirs.get("/admin/profile/").status_code == 302) is may


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_many_who_sign_one_device_out_one_does(self, customer: Customer) -> None:
        handle = handle_of(arrive(customer))
        told = all_at_once(lambda _number: sign_out_device(customer.user, handle, by=customer))
        assert sorted(told) == [False] * (THREADS - 1) + [True]
        assert len(ended()) == 1

    def test_a_sign_in_under_way_is_waited_for_and_ended(self, customer: Customer) -> None:
        def let_in() -> None:
            hold_person(customer.user)
            sign_in(customer.user)

        user = User.objects.select_related("customer").get(customer=customer)
        assert beside(let_in, lambda: sign_out_everywhere(user, by=customer)) == 1
        assert not Session.objects.of(user).exists()

    def test_who_signs_in_beside_it_is_out_or_came_after(self, customer: Customer) -> None:
        def act(number: int) -> Any:
            if number:
                return arrive(customer)
            return sign_out_everywhere(
                User.objects.select_related("customer").get(customer=customer), by=None
            )

        ended_count, *browsers = all_at_once(act, threads=6)
        alive = sum(is_in(browser) for browser in browsers)
        assert ended_count + alive == len(browsers)
        assert Session.objects.of(customer.user).count() == alive
