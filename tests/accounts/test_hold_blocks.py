"""What a hold keeps shut: each door is shown to open first, then to be shut, then to open again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import (
    AskPurpose,
    CustomerBarred,
    Hold,
    HoldReason,
    LinkRefused,
    MailBudget,
    RecoveryAsk,
    Registration,
    ResetRequest,
    User,
)
from accounts.palette import find_reset_actions
from accounts.tokens import link_url
from benchmarks.enumeration import PAGES
from customers.models import Customer
from tests.accounts.conftest import link_in, minutes_later, same_for_all, work
from tests.accounts.test_enumeration import work_for
from tests.factories.accounts import PASSWORD, sign_in

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
EMAIL = "jana.mueller@example.de"
NEW_PASSWORD = "Espresso-am-Morgen-9"


def signs_in(_customer: Customer) -> bool:
    browser = Client(headers={"Accept-Language": "en"})
    answer = browser.post(reverse("account_login"), {"email": EMAIL, "password": PASSWORD})
    return answer.status_code == 302


def staff_send_a_link(customer: Customer) -> bool:
    try:
        ResetRequest.start(customer, by=None)
    except CustomerBarred as barred:
        return not barred.held
    ResetRequest.objects.all().delete()
    MailBudget.objects.all().delete()
    return True


def an_ask_is_answered(_customer: Customer) -> bool:
    minutes_later(120)
    work()
    RecoveryAsk.ask(AskPurpose.RECOVER, EMAIL).answer()
    mails = [mail for mail in work() if mail.to == [EMAIL]]
    return any("/account/reset/" in str(mail.body) for mail in mails)


def the_button_is_there(customer: Customer) -> bool:
    lead = User.objects.staff().get(role="lead")
    page = sign_in(lead).get(reverse("customer_detail", args=[customer.pk])).content.decode()
    menu = sign_in(lead).get(
        reverse("customer_menu", args=[customer.pk]), headers={"HX-Request": "true"}
    )
    address = f'action="{reverse("reset_request_create", args=[customer.pk])}"'
    assert (address in page) == (address in menu.content.decode())
    return address in page


def ctrl_k_offers_a_link(_customer: Customer) -> bool:
    request = RequestFactory().get("/")
    request.user = User.objects.staff().get(role="lead")
    [found] = find_reset_actions(request, "reset jana")
    assert found.posts or "on hold" in found.label
    return found.posts


DOORS: list[Callable[[Customer], bool]] = [
    signs_in,
    staff_send_a_link,
    an_ask_is_answered,
    the_button_is_there,
    ctrl_k_offers_a_link,
]


@pytest.mark.parametrize("is_open", DOORS)
def test_a_door_is_shut_as_long_as_the_hold_stands(
    is_open: Callable[[Customer], bool], customer: Customer, lead: User, owner: User
) -> None:
    assert is_open(customer)
    Hold.put_on(customer, by=lead, reason=HoldReason.STAFF)
    customer.refresh_from_db()
    assert not is_open(customer)
    Hold.objects.get().lift(by=owner, without_check="We met")
    customer.refresh_from_db()
    assert is_open(customer)


class TestWhatWasOpenBefore:
    def test_sessions_end_and_stay_ended(self, customer: Customer, owner: User) -> None:
        browser = sign_in(customer.user)  # type: ignore[attr-defined]
        home = reverse("account_home")
        assert browser.get(home).status_code == 200
        Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
        assert browser.get(home).status_code == 302
        Hold.objects.get().lift(by=owner, without_check="We met")
        assert browser.get(home).status_code == 302

    def test_a_session_that_slipped_in_opens_nothing_then_or_later(
        self, customer: Customer, owner: User
    ) -> None:
        Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
        browser, home = sign_in(customer.user), reverse("account_home")  # type: ignore[attr-defined]
        assert browser.get(home).status_code == 302
        late = sign_in(customer.user)  # type: ignore[attr-defined]
        Hold.objects.get().lift(by=owner, without_check="We met")
        assert late.get(home).status_code == 302
        assert signs_in(customer)

    @pytest.mark.parametrize("does", ["redeem", "decline"])
    def test_links_end_and_are_not_mailed(self, does: str, customer: Customer, owner: User) -> None:
        request = ResetRequest.start(customer, by=owner)
        Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
        assert [mail for mail in work() if mail.to == [EMAIL]] == []
        with pytest.raises(LinkRefused):
            getattr(request, does)(*([NEW_PASSWORD] if does == "redeem" else []))
        request.refresh_from_db()
        assert request.state == "withdrawn"
        page = sign_in(owner).get(reverse("customer_detail", args=[customer.pk]))
        assert "The hold ended it." in page.content.decode()

    def test_a_link_to_an_address_that_became_theirs_ends_too(
        self, customer: Customer, owner: User
    ) -> None:
        ask = RecoveryAsk.ask(AskPurpose.REGISTER, "neu@example.de", language="en")
        registration = Registration.start(ask)
        customer.replace_email("neu@example.de", by=owner, proof="staff")  # type: ignore[arg-type]
        Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
        with pytest.raises(LinkRefused):
            registration.redeem(NEW_PASSWORD)
        registration.refresh_from_db()
        assert registration.state == "withdrawn"

    def test_the_mailed_link_shows_what_any_withdrawn_one_does(
        self, customer: Customer, owner: User
    ) -> None:
        """Whoever holds the mailbox is told no more than of a link that staff took back."""
        pages = []
        for ends in ("hold", "withdrawal"):
            MailBudget.objects.all().delete()
            request = ResetRequest.start(customer, by=owner)
            [mail] = [mail for mail in work() if mail.to == [EMAIL]]
            link = link_in(mail)
            if ends == "hold":
                Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
            else:
                request.withdraw(by=owner)
            answer = Client(headers={"Accept-Language": "en"}).get(link, follow=True)
            pages.append(same_for_all(answer).replace(link, ""))
            if ends == "hold":
                Hold.objects.get().lift(by=owner, without_check="We met")
        assert pages[0] == pages[1]


def test_staff_are_told_why_no_link_goes(customer: Customer, agent: User) -> None:
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    url = reverse("reset_request_create", args=[customer.pk])
    htmx = {"HX-Request": "true", "HX-Target": "reset_panel"}
    answer = sign_in(agent).post(url, headers=htmx)
    assert answer.status_code == 409
    assert "This customer is on hold: no link is sent" in answer.content.decode()
    assert ResetRequest.objects.count() == 0


def test_who_asks_from_outside_is_sent_nothing_and_staff_see_it(
    customer: Customer, agent: User
) -> None:
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    RecoveryAsk.ask(AskPurpose.RECOVER, EMAIL).answer()
    assert [mail for mail in work() if mail.to == [EMAIL]] == []
    page = sign_in(agent).get(reverse("customer_detail", args=[customer.pk])).content.decode()
    assert "was sent none: the account was on hold" in page


def test_a_password_is_not_changed_by_whoever_was_just_signed_out(
    customer: Customer, agent: User, rf: Any
) -> None:
    from accounts.changing import change_password

    request = rf.post("/")
    request.user = customer.user  # type: ignore[attr-defined]
    request.session = sign_in(request.user).session
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    assert change_password(request, NEW_PASSWORD) is False


def test_links_are_derived_as_ever(customer: Customer) -> None:
    """The tests above follow links of the mails; they are those that the desk would derive."""
    request = ResetRequest.start(customer, by=None)
    [mail] = [mail for mail in work() if mail.to == [EMAIL]]
    assert link_url("account_reset", request).endswith(link_in(mail))


@pytest.mark.parametrize("page", PAGES)
def test_from_outside_an_account_on_hold_is_like_an_address_nobody_has(
    page: str, customer: Customer, agent: User, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["tests.hashers.CountingArgon2"]
    Hold.put_on(customer, by=agent, reason=HoldReason.STAFF)
    work_for(page, "first@example.de")
    stranger = work_for(page, "nobody@example.de")
    assert len(stranger[3]) > 3
    assert work_for(page, EMAIL) == stranger
