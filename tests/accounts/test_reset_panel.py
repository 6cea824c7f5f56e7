"""Sending a link from the desk, and watching it on its way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LinkState, ResetRequest, User
from accounts.reset_trail import ResetTrail
from customers.models import Customer
from notifications.models import Mail
from tests.accounts.conftest import mailed_earlier, minutes_later
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

HTMX = {"HX-Request": "true", "HX-Target": "reset_panel"}
JANA = "jana.mueller@example.de"


def url_of(customer: Customer) -> str:
    return f"/admin/customers/{customer.pk}/reset-requests/"


def situation(customer: Customer) -> str:
    return ResetTrail(ResetRequest.objects.filter(customer=customer).latest("pk")).situation


WRITERS = [("owner", True), ("lead", True), ("agent", True), ("reader", False)]


@pytest.mark.parametrize(("who", "may"), WRITERS)
def test_who_may_send_a_link(
    cast: dict[str, User], customer: Customer, who: str, may: bool
) -> None:
    response = sign_in(cast[who]).post(url_of(customer))
    assert response.status_code == (302 if may else 403)
    assert ResetRequest.objects.count() == may


@pytest.mark.parametrize(("who", "may"), WRITERS)
def test_who_may_withdraw_a_link(
    cast: dict[str, User], customer: Customer, who: str, may: bool
) -> None:
    request = ResetRequest.start(customer, by=None)
    response = sign_in(cast[who]).post(f"{url_of(customer)}{request.pk}/withdrawal/")
    request.refresh_from_db()
    assert response.status_code == (302 if may else 403)
    assert request.state == (LinkState.WITHDRAWN if may else LinkState.OPEN)


def test_strangers_and_customers_send_nothing(customer: Customer, stranger: Client) -> None:
    for browser in (stranger, sign_in(customer.user)):
        assert browser.post(url_of(customer)).url == "/admin/login/?ended=1&next="
    assert not ResetRequest.objects.exists()


def test_without_javascript_the_customers_page_shows_the_panel(
    customer: Customer, agent: User
) -> None:
    response = sign_in(agent).post(url_of(customer), follow=True)
    assert response.redirect_chain == [(f"/admin/customers/{customer.pk}/", 302)]
    assert f"Reset link to {JANA}: being sent" in response.content.decode()


def test_with_htmx_the_panel_alone_comes_back_and_asks_again(
    customer: Customer, agent: User
) -> None:
    response = sign_in(agent).post(url_of(customer), headers=HTMX)
    html = response.content.decode()
    assert html.lstrip().startswith('<div id="reset_panel"')
    assert 'hx-trigger="every 1s"' in html
    assert response["Vary"] == "HX-Request, Accept-Language, Cookie"


def test_from_ctrl_k_the_customers_page_follows_with_a_message(
    customer: Customer, agent: User
) -> None:
    browser = sign_in(agent)
    response = browser.post(url_of(customer), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == f"/admin/customers/{customer.pk}/"
    page = browser.get(response["HX-Redirect"]).content.decode()
    assert f"A password reset is on its way to {JANA}." in page


def test_a_click_soon_after_the_mail_left_says_so_and_when_the_next_one_counts(
    customer: Customer, agent: User, worker: Any
) -> None:
    browser = sign_in(agent)
    first = browser.post(url_of(customer), headers=HTMX)
    again = browser.post(url_of(customer), headers=HTMX)  # the mail still waits: the panel says so
    assert [answer.status_code for answer in (first, again)] == [200, 200]
    worker()
    mailed_earlier(timedelta(seconds=20))
    refused = browser.post(url_of(customer), headers=HTMX)
    assert (refused.status_code, JUST_SENT.search(refused.text) is not None) == (409, True)
    assert f"Reset link sent to {JANA}" in refused.text
    page = browser.post(url_of(customer), follow=True).text
    assert JUST_SENT.search(page)
    assert "is on its way" not in page
    assert (ResetRequest.objects.get().state, worker()) == (LinkState.OPEN, [])


# However long the machine takes for a page.
JUST_SENT = re.compile(
    r"Sent [2-5]\d sec ago, again in (\d|[1-3]\d|40) sec\. "
    "One mailbox gets at most one such mail a minute"
)


def test_the_sixth_mail_within_an_hour_has_to_wait(
    customer: Customer, agent: User, worker: Any
) -> None:
    browser = sign_in(agent)
    for _ in range(5):
        browser.post(url_of(customer))
        assert len(worker()) == 1
        minutes_later(2)
    refused = browser.post(url_of(customer), headers=HTMX)
    assert (refused.status_code, "Sent 2 min ago, again in 50 min." in refused.text) == (409, True)


def test_the_panel_follows_the_link_to_its_end(
    customer: Customer, agent: User, worker: Any
) -> None:
    browser = sign_in(agent)
    browser.post(url_of(customer))
    found = [situation(customer)]
    worker()
    found.append(situation(customer))
    request = ResetRequest.objects.get()
    request.open_link()
    found.append(situation(customer))
    request.redeem("Espresso-am-Morgen-3")
    found.append(situation(customer))
    Client().post("/account/login/", {"email": JANA, "password": "Espresso-am-Morgen-3"})
    found.append(situation(customer))
    assert found == ["sending", "sent", "opened", "used", "signed_in"]
    html = browser.get(url_of(customer), headers=HTMX).content.decode()
    assert "every" not in html


def test_the_panel_says_how_long_the_mail_took(
    customer: Customer, agent: User, worker: Any
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    handed_over = request.started_at + timedelta(seconds=0.42)
    Mail.objects.update(queued_at=request.started_at, handed_over_at=handed_over)
    html = sign_in(agent).get(url_of(customer), headers=HTMX).content.decode()
    assert "0.4 s after the click" in html


def test_a_mail_server_that_is_away_is_named(
    customer: Customer, agent: User, worker: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ResetRequest.start(customer, by=agent)
    worker()
    html = sign_in(agent).get(url_of(customer), headers=HTMX).content.decode()
    assert "The mail server could not be reached. We keep trying until" in html
    assert 'hx-trigger="every 1s"' in html


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("refused", "The mail server refused the mail. Is the address right?"),
        ("interrupted", "The connection broke while the mail was handed over. Send it again if"),
        ("expired", "The mail could not be sent in time. Send it again if it is still needed."),
    ],
)
def test_a_mail_that_failed_is_explained(
    customer: Customer, agent: User, worker: Any, failure: str, words: str
) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(handed_over_at=None, failed_at=timezone.now(), failure=failure)
    html = sign_in(agent).get(url_of(customer), headers=HTMX).content.decode()
    assert f"The mail to {JANA} could not be sent" in html
    assert words in html
    assert "every" not in html


def test_a_link_that_expired_before_its_mail_left_is_not_called_unused(
    customer: Customer, agent: User, worker: Any, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ResetRequest.start(customer, by=agent)
    worker()
    ResetRequest.objects.update(expires_at=timezone.now())
    html = sign_in(agent).get(url_of(customer), headers=HTMX).content.decode()
    assert f"The mail to {JANA} could not be sent" in html
    assert "The mail could not be sent in time. Send it again if it is still needed." in html
    assert "unused" not in html


def test_a_disabled_customer_and_one_without_address_are_explained(agent: User) -> None:
    disabled, without = CustomerFactory(), CustomerFactory(email="", phone="+4940123456")
    disabled.disable(by=agent)
    browser = sign_in(agent)
    for customer, words in (
        (disabled, "This customer is disabled."),
        (without, "There is no e-mail address"),
    ):
        response = browser.post(url_of(customer), headers=HTMX)
        assert (response.status_code, words in response.content.decode()) == (409, True)
        page = browser.post(url_of(customer), follow=True)
        assert words in page.content.decode()


def test_withdrawing_twice_is_no_error(customer: Customer, agent: User) -> None:
    request = ResetRequest.start(customer, by=agent)
    url = f"{url_of(customer)}{request.pk}/withdrawal/"
    statuses = [sign_in(agent).post(url, headers=HTMX).status_code for _ in range(2)]
    assert statuses == [200, 200]


def test_a_withdrawn_link_is_not_mailed_any_more(
    customer: Customer, agent: User, worker: Any
) -> None:
    ResetRequest.start(customer, by=agent).withdraw(by=agent)
    assert worker() == []


def test_a_link_of_another_customer_is_out_of_reach(customer: Customer, agent: User) -> None:
    request = ResetRequest.start(CustomerFactory(), by=agent)
    browser = sign_in(agent)
    assert browser.post(f"{url_of(customer)}{request.pk}/withdrawal/").status_code == 404
    for pk in ("0", "9" * 30):
        assert browser.post(f"/admin/customers/{pk}/reset-requests/").status_code == 404


def test_the_panels_news_cost_few_queries(
    customer: Customer, agent: User, worker: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    browser = sign_in(agent)
    with django_assert_num_queries(PANEL_QUERIES):
        browser.get(url_of(customer), headers=HTMX)


# Shop, session, user; customer with identities; what is known of the address; request; mails.
PANEL_QUERIES = 8


def test_what_ended_yesterday_is_shown_no_more(customer: Customer, agent: User) -> None:
    ResetRequest.start(customer, by=agent).withdraw(by=agent)
    ResetRequest.objects.update(closed_at=timezone.now() - timedelta(hours=25))
    html = sign_in(agent).get(url_of(customer), headers=HTMX).content.decode()
    assert "reset_notice" not in html


def test_the_timeline_tells_the_whole_story(customer: Customer, agent: User, worker: Any) -> None:
    from customers.timeline import timeline_of

    request = ResetRequest.start(customer, by=agent)
    request.open_link()
    request.redeem("Espresso-am-Morgen-3")
    Client().post("/account/login/", {"email": JANA, "password": "Espresso-am-Morgen-3"})
    lines = [entry.line.text for entry in timeline_of(customer).entries]
    assert lines[:5] == [
        "<b>Jana Müller</b> signed in at the shop",
        "<b>Jana Müller</b> chose a new password by the link",
        "<b>Jana Müller</b> confirmed an e-mail address",
        "The link was opened, perhaps by a mail scanner",
        "<b>Anna Agent</b> sent a password reset",
    ]
