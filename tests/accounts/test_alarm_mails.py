"""The notice of a changed password: to whom, with which link, and in which words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.handlers import tell_of_new_password
from accounts.models import Alarm, ResetRequest, StaffLink, User
from accounts.tokens import find_link, token_for
from customers.models import Proof
from events.models import Delivery, Event
from notifications.models import Mail
from tests.accounts.conftest import link_in
from tests.accounts.test_mails import IF_NOT_YOU, LANGUAGES, VALUES, text_of
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

pytestmark = pytest.mark.django_db
JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"


def by_a_link_of_staff(customer: Customer) -> None:
    ResetRequest.start(customer, by=User.objects.staff().get(role="agent")).redeem(NEW)


def by_a_link_of_their_own(customer: Customer) -> None:
    ResetRequest.start(customer, by=None).redeem(NEW)


def by_whoever_is_signed_in(customer: Customer) -> None:
    browser = sign_in(User.objects.get(customer=customer))
    typed = {"current": PASSWORD, "password": NEW}
    assert browser.post("/account/password/", typed).url == "/account/"


def because_staff_demand_it(customer: Customer) -> None:
    User.objects.filter(customer=customer).update(password_due_at=timezone.now())
    browser = Client()
    browser.post("/account/login/", {"email": JANA, "password": PASSWORD})
    assert browser.post(reverse("account_due_password"), {"password": NEW}).url == "/account/"


CHANGES = [
    by_a_link_of_staff,
    by_a_link_of_their_own,
    by_whoever_is_signed_in,
    because_staff_demand_it,
]


@pytest.fixture
def alarm(customer: Customer) -> Alarm:
    by_whoever_is_signed_in(customer)
    return Alarm.objects.get()


class TestTheMail:
    @pytest.mark.parametrize("change", CHANGES)
    def test_every_change_offers_it(
        self, change: Callable[[Customer], None], customer: Customer, agent: User, worker: Any
    ) -> None:
        change(customer)
        [mail] = [mail for mail in worker() if mail.subject == "Ihr Passwort wurde geändert"]
        alarm = Alarm.objects.get()
        assert (mail.to, link_in(mail)) == ([JANA], f"/account/alarm/{token_for(alarm)}/")
        assert "/account/recover/" not in mail.body
        assert alarm.expires_at - alarm.cause.at == timedelta(hours=72)

    def test_a_first_password_is_nobodys_surprise(self, agent: User, worker: Any) -> None:
        newcomer = CustomerFactory(email="neu@example.de")
        ResetRequest.start(newcomer, by=agent).redeem(NEW)
        assert "/account/alarm/" not in "".join(str(mail.body) for mail in worker())
        assert not Alarm.objects.exists()

    def test_staff_are_told_as_before(self, agent: User, owner: User, worker: Any) -> None:
        StaffLink.start(agent, by=owner).redeem(NEW)
        [mail] = [mail for mail in worker() if mail.to == [agent.email]]
        assert (Alarm.objects.exists(), link_in(mail)) == (False, "/admin/recover/")

    def test_a_handler_that_runs_twice_mails_it_once(self, alarm: Alarm) -> None:
        event = Event.objects.get(name="user.password_changed")
        tell_of_new_password(event)
        tell_of_new_password(event)
        mail = Mail.objects.get(kind="password_changed")
        assert (mail.about(), Alarm.objects.get()) == (alarm, alarm)

    def test_a_change_that_an_older_release_wrote_down_has_one_too(
        self, alarm: Alarm, worker: Any
    ) -> None:
        Alarm.objects.all().delete()
        [mail] = worker()
        assert link_in(mail) == f"/account/alarm/{token_for(Alarm.objects.get())}/"

    def test_it_goes_where_the_address_was_when_it_happened(
        self, alarm: Alarm, customer: Customer, agent: User, worker: Any
    ) -> None:
        customer.replace_email("dieb@example.de", by=agent, proof=Proof.PROVED)
        mails = {mail.subject: mail.to for mail in worker()}
        assert mails["Ihr Passwort wurde geändert"] == [JANA]

    def test_one_that_is_over_offers_a_new_password_instead(
        self, alarm: Alarm, worker: Any
    ) -> None:
        Alarm.objects.update(expires_at=timezone.now())
        [mail] = worker()
        assert link_in(mail) == "/account/recover/"

    def test_the_link_is_stored_nowhere(self, alarm: Alarm, worker: Any) -> None:
        [mail] = worker()
        signature = token_for(alarm).partition(".")[2]
        assert signature in mail.body
        for model in (Mail, Event, Delivery, Alarm):
            assert signature not in str(list(model.objects.values()))


class TestTheToken:
    def test_it_is_good_for_its_row_its_purpose_and_its_address(
        self, alarm: Alarm, customer: Customer
    ) -> None:
        token = token_for(alarm)
        assert find_link(Alarm, token) == alarm
        reset = ResetRequest.start(customer, by=None)
        crossed = Alarm(pk=reset.pk, nonce=reset.nonce, to=reset.to)
        assert token_for(crossed) != token_for(reset)
        Alarm.objects.update(to="dieb@example.de")
        assert find_link(Alarm, token) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_way_out_whoever_it_goes_to(language: str) -> None:
    """Customers raise the alarm; staff, and customers whose alarm is over, choose another one."""
    until = datetime(2026, 7, 8, 22, 30, tzinfo=UTC)
    alarm = text_of("password_changed", language, expires_at=until)
    assert (VALUES["link"] in alarm, VALUES["recover_link"] in alarm) == (True, False)
    assert {"en": "00:30 (GMT+02:00)", "de": "00:30 Uhr (MESZ)"}[language[:2]] in alarm
    without = text_of("password_changed", language, link=None)
    assert (VALUES["link"] in without, VALUES["recover_link"] in without) == (False, True)
    assert re.search(IF_NOT_YOU[language], without)
