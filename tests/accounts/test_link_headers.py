"""Pages behind a link tell nobody their address, and their forms are still known as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import ResetRequest, StaffLink, Throttle, User
from accounts.throttling import LIMITS
from accounts.tokens import token_for
from tests.factories.accounts import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable

    from customers.models import Customer

NEW = "Espresso-am-Morgen-3"
TOKEN_PAGES = [
    *(f"/account/{kind}/" for kind in (
        "reset", "activate", "confirm", "move", "undo", "alarm", "feedback"
    )),
    "/admin/link/",
]  # fmt: skip
# What a browser says of where a form stood, and whether that is here.
PLACES = [
    ("same-origin", True),
    (None, True),
    ("cross-site", False),
    ("same-site", False),
    ("none", False),
    ("", False),
]


@pytest.fixture
def browser(customer: Customer, agent: User) -> Client:
    """Jana has followed her link."""
    browser = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    link = ResetRequest.start(customer, by=agent)
    assert browser.get(f"/account/reset/{token_for(link)}/").status_code == 302
    return browser


def send(browser: Client, token: str, *, origin: str | None, site: str | None) -> int:
    headers = {"Origin": origin, "Sec-Fetch-Site": site}
    said = {name: value for name, value in headers.items() if value is not None}
    typed = {"password": NEW, "csrfmiddlewaretoken": token}
    return browser.post("/account/reset/", typed, headers=said).status_code


@pytest.mark.parametrize(("site", "is_ours"), PLACES)
def test_a_form_without_an_origin_counts_where_the_browser_says_it_stood_here(
    browser: Client, customer: Customer, site: str | None, is_ours: bool
) -> None:
    token = str(browser.get("/account/reset/").context["csrf_token"])
    assert send(browser, token, origin="null", site=site) == (302 if is_ours else 403)
    customer.user.refresh_from_db()
    assert customer.user.check_password(NEW if is_ours else PASSWORD)


def test_without_the_token_of_the_form_it_never_counts(browser: Client) -> None:
    browser.get("/account/reset/")
    for token in ("", "x" * 64):
        assert send(browser, token, origin="null", site="same-origin") == 403


def test_another_sites_origin_is_refused_whatever_else_is_said(browser: Client) -> None:
    token = str(browser.get("/account/reset/").context["csrf_token"])
    for origin in ("https://evil.example", "Null", "null.example", "file://"):
        assert send(browser, token, origin=origin, site="same-origin") == 403
    assert send(browser, token, origin="http://testserver", site="same-origin") == 302


def test_every_page_behind_a_link_sends_no_referrer(
    browser: Client, customer: Customer, agent: User
) -> None:
    """Open, closed, unknown and used, at both doors."""
    desk = Client()
    link = StaffLink.start(agent, by=None)
    pages = [
        browser.get("/account/reset/"),
        browser.get("/account/reset/1.unknown/"),
        browser.get("/account/activate/"),
        desk.get(f"/admin/link/{token_for(link)}/"),
        desk.get("/admin/link/"),
        Client().get("/admin/link/"),
    ]
    customer.disable(by=agent)
    pages.append(browser.get("/account/reset/"))
    assert [page.status_code for page in pages] == [200, 404, 404, 302, 200, 404, 410]
    said = {(page["Referrer-Policy"], page["Cache-Control"]) for page in pages}
    assert said == {("no-referrer", "no-store")}


@pytest.mark.parametrize("page", TOKEN_PAGES)
def test_every_answer_at_a_tokens_own_address_sends_no_referrer(db: None, page: str) -> None:
    """A wrong method, too many tries, an error of ours and an outage included."""
    browser, address = Client(raise_request_exception=False), f"{page}1.unknown/"
    answers = [browser.get(address), browser.post(address), browser.get(f"{page}%00/")]
    Throttle.objects.filter(name="link from ip").update(count=LIMITS["link from ip"].tries)
    answers.append(browser.get(address))
    for error in (ZeroDivisionError, OperationalError):
        with connection.execute_wrapper(failing_with(error)):
            answers.append(browser.get(address))
    assert [answer.status_code for answer in answers] == [404, 405, 400, 429, 500, 503]
    said = {(answer["Referrer-Policy"], answer["Cache-Control"]) for answer in answers}
    assert said == {("no-referrer", "no-store")}
    # It would be heard before the header is.
    assert not [answer for answer in answers if 'name="referrer"' in answer.text]


def failing_with(error: type[Exception]) -> Callable[..., None]:
    def fail(*_asked: object) -> None:
        raise error

    return fail


def test_other_pages_tell_our_own_site_where_somebody_came_from(db: None, stranger: Client) -> None:
    assert stranger.get("/account/login/")["Referrer-Policy"] == "same-origin"
