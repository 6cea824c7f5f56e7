"""ASVS 5.0.0, V7 Session management: what applies, by its number."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts import second_factor
from accounts.models import (
    CheckNeeded,
    Hold,
    HoldReason,
    ResetRequest,
    SecondColleagueNeeded,
    Session,
    User,
)
from accounts.sessions import SessionStore, cookie_name
from tests.accounts.test_devices import handle_of, is_in
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.checks import passed_check
from tests.requirements.conftest import JANA, NEW
from tests.requirements.test_authentication import SECURITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

SHOP = "shop"


def key_of(browser: Client) -> str:
    return str(browser.cookies[cookie_name(SHOP)].value)


class TestDocumentation:
    def test_asvs_7_1_1_how_long_a_session_lives_is_written_down(self) -> None:
        days = settings.SESSION_COOKIE_AGE // 86400
        assert f"a session ends {days} days after signing in" in SECURITY

    def test_asvs_7_1_2_how_many_sessions_there_may_be_is_written_down(self) -> None:
        assert "any number of browsers at once" in SECURITY


class TestFundamentals:
    def test_asvs_7_2_1_a_session_is_verified_on_the_server(
        self, jana: Callable[[], Client]
    ) -> None:
        browser = jana()
        Session.objects.all().delete()
        assert browser.get("/account/").status_code == 302

    def test_asvs_7_2_2_tokens_are_made_for_each_session(self, jana: Callable[[], Client]) -> None:
        assert key_of(jana()) != key_of(jana())

    def test_asvs_7_2_3_tokens_have_128_random_bits(self, db: None) -> None:
        store = SessionStore(door=SHOP)
        store.create()
        key = store.session_key or ""
        assert len(key) * 5 >= 128  # of 36 letters and digits each, by `secrets`

    def test_asvs_7_2_4_signing_in_makes_a_new_token_and_ends_the_old(
        self, customer: Customer, at_the_form: Client
    ) -> None:
        before = key_of(at_the_form)
        at_the_form.post("/account/login/", {"email": JANA, "password": PASSWORD})
        assert key_of(at_the_form) != before
        assert not SessionStore(door=SHOP).exists(before)


class TestTimeouts:
    def test_asvs_7_3_1_staff_who_leave_are_signed_out(
        self, agent: User, jana: Callable[[], Client]
    ) -> None:
        desk, shop = sign_in(agent), jana()
        assert f"{settings.STAFF_IDLE_HOURS:.0f} hours after the last page" in SECURITY
        idle = timedelta(hours=settings.STAFF_IDLE_HOURS)
        Session.objects.update(seen_at=timezone.now() - idle + timedelta(minutes=1))
        assert desk.get("/admin/").status_code == 200
        seen_at = Session.objects.get(user=agent).seen_at  # with that page the hours began anew
        assert seen_at is not None
        assert seen_at > timezone.now() - timedelta(minutes=1)
        Session.objects.update(seen_at=timezone.now() - idle)
        assert desk.get("/admin/")["Location"].startswith("/admin/login/")
        assert shop.get("/account/").status_code == 200

    def test_asvs_7_3_2_no_session_outlives_its_days_however_busy(
        self, jana: Callable[[], Client]
    ) -> None:
        browser = jana()
        ends = Session.objects.get(user__email=JANA).expire_date
        browser.post("/account/profile/", {"first_name": "Jana", "last_name": "Müller"})
        browser.get("/account/")
        assert Session.objects.get(user__email=JANA).expire_date == ends
        Session.objects.update(expire_date=F("expire_date") - timedelta(days=14, seconds=1))
        assert browser.get("/account/").status_code == 302


class TestTermination:
    def test_asvs_7_4_1_signing_out_ends_it_on_the_server(self, jana: Callable[[], Client]) -> None:
        browser = jana()
        kept = key_of(browser)
        browser.post("/account/logout/")
        thief = Client()
        thief.cookies[cookie_name(SHOP)] = kept
        assert thief.get("/account/").status_code == 302

    def test_asvs_7_4_2_whoever_is_disabled_or_deactivated_is_signed_out(
        self, customer: Customer, jana: Callable[[], Client], agent: User, owner: User
    ) -> None:
        browser, desk = jana(), sign_in(agent)
        customer.disable(by=owner)
        agent.deactivate(by=owner)
        assert browser.get("/account/").status_code == 302
        assert desk.get("/admin/").status_code == 302

    def test_asvs_7_4_3_a_new_password_ends_all_other_sessions(
        self, jana: Callable[[], Client], link: ResetRequest
    ) -> None:
        here, elsewhere = jana(), jana()
        here.post("/account/password/", {"current": PASSWORD, "password": NEW})
        assert (here.get("/account/").status_code, elsewhere.get("/account/").status_code) == (
            200,
            302,
        )

    def test_asvs_7_4_4_every_page_offers_to_sign_out(
        self, jana: Callable[[], Client], agent: User
    ) -> None:
        assert 'action="/account/logout/"' in jana().get("/account/").content.decode()
        assert 'action="/admin/logout/"' in sign_in(agent).get("/admin/").content.decode()

    def test_asvs_7_4_5_staff_end_a_customers_sessions_and_leads_a_colleagues(
        self, customer: Customer, jana: Callable[[], Client], agent: User, lead: User
    ) -> None:
        browser, desk = jana(), sign_in(agent)
        desk.post(f"/admin/customers/{customer.pk}/sign-out/")
        assert (is_in(browser), desk.get("/admin/").status_code) == (False, 200)
        sign_in(lead).post(f"/admin/settings/team/{agent.pk}/sign-out/")
        assert desk.get("/admin/").status_code == 302


class TestAbuse:
    def test_asvs_7_5_1_the_second_step_changes_with_the_password_only(
        self, agent: User, careful: list[str]
    ) -> None:
        desk, address = sign_in(agent), "/admin/profile/second-factor/removal/"
        for current, status, stays in (("wrong", 422, True), (PASSWORD, 302, False)):
            assert desk.post(address, {"current": current}).status_code == status
            assert second_factor.is_on(agent) is stays

    def test_asvs_7_5_2_people_see_their_sessions_and_end_them(
        self, jana: Callable[[], Client]
    ) -> None:
        here, there, elsewhere = jana(), jana(), jana()
        address = f"/account/devices/{handle_of(there)}/removal/"
        assert address in here.get("/account/devices/").content.decode()
        here.post(address)
        assert [is_in(one) for one in (here, there, elsewhere)] == [True, False, True]
        for current, stay in (("wrong", True), (PASSWORD, False)):
            here.post("/account/devices/everywhere/", {"current": current})
            assert [is_in(one) for one in (here, elsewhere)] == [stay, stay]

    def test_asvs_7_5_3_a_hold_ends_with_a_check_and_a_second_colleague(
        self, customer: Customer, agent: User, other_agent: User
    ) -> None:
        Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
        hold = Hold.objects.get()
        with pytest.raises(CheckNeeded):
            hold.lift(by=agent)
        passed_check(customer, by=agent)
        hold.ask_to_lift(by=agent)
        with pytest.raises(SecondColleagueNeeded):
            hold.lift(by=agent)
        assert Hold.of(customer) == hold
        hold.lift(by=other_agent)
        assert Hold.of(customer) is None
