"""What speaks against an address is said before a link leaves, and holds nothing back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import ResetRequest, User
from accounts.suspicion import suspicion_of
from customers.models import Customer, Identity, Proof
from notifications.models import Mail, Trouble
from tests.accounts.conftest import work_in_vain
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

JANA = "jana.mueller@example.de"
HTMX = {"HX-Request": "true"}
IN_PANEL = {**HTMX, "HX-Target": "reset_panel"}


@pytest.fixture
def mistyped(db: None) -> Customer:
    return CustomerFactory(email="Jana@gmial.com", account=True)


def url_of(customer: Customer) -> str:
    return f"/admin/customers/{customer.pk}/reset-requests/"


def reasons(customer: Customer) -> list[str]:
    found = suspicion_of(Customer.objects.prefetch_related("identities").get(pk=customer.pk))
    return found.reasons() if found else []


def refused(to: str, words: str = "5.1.1 … User unknown", **more: Any) -> Mail:
    at = timezone.now()
    return MailFactory(
        to=to, failure="refused", answer="550", answer_words=words, **{"failed_at": at, **more}
    )


def test_a_slip_is_named_with_what_was_meant(mistyped: Customer) -> None:
    found = suspicion_of(mistyped)
    assert found is not None
    assert (found.title, found.reasons()) == (
        "Is Jana@gmial.com right?",
        ["Did they mean gmail.com?"],
    )


def test_an_ending_that_there_is_not_is_named(db: None) -> None:
    assert reasons(CustomerFactory(email="jana@firma.xx")) == ["No address ends in “.xx”."]


def test_whoever_has_shown_that_the_mailbox_is_theirs_is_believed(mistyped: Customer) -> None:
    Identity.objects.filter(customer=mistyped).update(proof=Proof.PROVED)
    assert reasons(mistyped) == []


def test_a_good_address_and_none_at_all_raise_no_doubt(customer: Customer) -> None:
    MailFactory(to=JANA, handed_over_at=timezone.now())
    refused("somebody.else@example.de")
    assert reasons(customer) == []
    assert reasons(CustomerFactory(email="", phone="+4940123456")) == []


def test_an_earlier_refusal_is_told_with_its_day_and_cause(customer: Customer) -> None:
    refused(JANA)
    [reason] = reasons(customer)
    assert reason.startswith("A mail to this address did not arrive on ")
    assert reason.endswith(": There is no such mailbox.")


def test_so_is_one_that_came_back_and_one_to_the_address_as_it_was_typed(
    mistyped: Customer,
) -> None:
    Identity.objects.filter(customer=mistyped).update(proof=Proof.PROVED)
    mail = MailFactory(to="Jana@gmial.com", service_id="a", handed_over_at=timezone.now())
    mail.note_bounce(Trouble.FULL, at=timezone.now(), words="")
    [reason] = reasons(mistyped)
    assert reason.endswith(": The mailbox is full.")


def test_what_was_delivered_since_settles_it(customer: Customer) -> None:
    refused(JANA)
    mail = MailFactory(to=JANA, service_id="a", handed_over_at=timezone.now())
    assert len(reasons(customer)) == 1
    mail.note_delivery(at=timezone.now())
    assert reasons(customer) == []


def test_a_link_that_was_followed_since_settles_it(customer: Customer, agent: User) -> None:
    refused(JANA, failed_at=timezone.now() - timedelta(days=1))
    request = ResetRequest.start(customer, by=agent)
    assert len(reasons(customer)) == 1
    request.open_link()
    assert reasons(customer) == []


def test_what_is_told_of_the_link_itself_is_not_told_twice(
    customer: Customer, agent: User, worker: Any
) -> None:
    ResetRequest.start(customer, by=agent)
    work_in_vain()
    page = sign_in(agent).get(f"/admin/customers/{customer.pk}/").text
    assert ("could not be sent" in page, "did not arrive on" in page) == (True, False)


def test_the_customers_page_says_it_beside_the_button_and_sends_all_the_same(
    mistyped: Customer, agent: User
) -> None:
    browser = sign_in(agent)
    page = browser.get(f"/admin/customers/{mistyped.pk}/").text
    assert ("Did they mean gmail.com?" in page, "Change the address" in page) == (True, True)
    assert browser.post(url_of(mistyped), headers=IN_PANEL).status_code == 200
    assert ResetRequest.objects.count() == 1


def test_without_javascript_its_button_sends_as_well(mistyped: Customer, agent: User) -> None:
    browser = sign_in(agent)
    page = browser.get(f"/admin/customers/{mistyped.pk}/").text
    assert '<input type="hidden" name="anyway" value="1">' in page
    assert browser.post(url_of(mistyped), {"anyway": "1"}).url.endswith(f"/{mistyped.pk}/")
    assert ResetRequest.objects.count() == 1


def test_readers_are_not_asked_what_they_cannot_answer(mistyped: Customer, reader: User) -> None:
    page = sign_in(reader).get(f"/admin/customers/{mistyped.pk}/").text
    assert "Did they mean" not in page


def test_nobody_is_warned_of_a_customer_who_is_sent_nothing(
    mistyped: Customer, agent: User
) -> None:
    mistyped.disable(by=agent)
    browser = sign_in(agent)
    assert "Did they mean" not in browser.get(f"/admin/customers/{mistyped.pk}/").text
    assert "This customer is disabled." in browser.post(url_of(mistyped), follow=True).text


def test_from_a_rows_menu_a_page_asks_first(mistyped: Customer, agent: User) -> None:
    browser = sign_in(agent)
    asked = browser.post(url_of(mistyped), follow=True)
    assert asked.redirect_chain == [(f"{url_of(mistyped)}confirmation/", 302)]
    assert ("Did they mean gmail.com?" in asked.text, "Send all the same" in asked.text) == (
        True,
        True,
    )
    assert not ResetRequest.objects.exists()
    sent = browser.post(url_of(mistyped), {"anyway": "1"}, follow=True)
    assert "is on its way to jana@gmial.com" in sent.text
    assert ResetRequest.objects.count() == 1


def test_from_ctrl_k_the_same_page_asks(mistyped: Customer, agent: User) -> None:
    asked = sign_in(agent).post(url_of(mistyped), headers=HTMX)
    assert asked["HX-Redirect"] == f"{url_of(mistyped)}confirmation/"
    assert not ResetRequest.objects.exists()


def test_the_page_asks_of_any_customer_and_nobody_else_sees_it(
    cast: dict[str, User], customer: Customer
) -> None:
    page = f"{url_of(customer)}confirmation/"
    answers = {who: sign_in(user).get(page).status_code for who, user in cast.items()}
    assert answers == {
        "owner": 200, "lead": 200, "agent": 200, "other_agent": 200, "reader": 403,
    }  # fmt: skip
    html = sign_in(cast["agent"]).get(page).text
    assert (f"The link goes to {JANA}." in html, "all the same" in html) == (True, False)


def test_it_costs_one_query_and_two_where_a_mail_has_failed(
    customer: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known = Customer.objects.prefetch_related("identities").get(pk=customer.pk)
    with django_assert_num_queries(1):
        assert suspicion_of(known) is None
    refused(JANA)
    with django_assert_num_queries(2):
        assert suspicion_of(known) is not None
