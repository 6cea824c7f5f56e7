"""What strangers try at both doors: other sites, other hosts, other people's addresses, haste."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client

from accounts.models import RecoveryAsk, Registration, StaffLink, Throttle
from accounts.throttling import LIMITS
from tests.accounts.conftest import link_in
from tests.factories.accounts import PASSWORD, StaffFactory
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

JANA = "jana.mueller@example.de"
ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example",
    "/\t/evil.example", " //evil.example", "https:evil.example", "https:/\\evil.example",
    "http:///evil.example", "JaVaScript:alert(1)", "data:text/html,x", "%2F%2Fevil.example",
    "/%2Fevil.example", "/%5Cevil.example", "evil.example", "@evil.example", "?next=//evil.example",
    "{home}@evil.example", "{home}\r\nSet-Cookie: a=b", "{home}%0d%0aSet-Cookie: a=b",
    "{home}/..//evil.example", "{home}..//evil.example", "{home}\\..\\..\\evil.example",
    "http://127.0.0.1:8000.evil.example{home}", "http://evil.example{home}", "//evil.example{home}",
]  # fmt: skip


@pytest.mark.parametrize("way", ["form", "query"])
@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("home", ["/account/", "/admin/"])
def test_no_sign_in_leads_to_another_site(
    customer: Customer, owner: User, home: str, target: str, way: str
) -> None:
    target = target.replace("{home}", home)
    typed = {"email": JANA if home == "/account/" else owner.email, "password": PASSWORD}
    login = f"{home}login/"
    browser = Client()
    if way == "form":
        answer = browser.post(login, {**typed, "next": target})
    else:
        answer = browser.post(f"{login}?next={quote(target)}", typed)
    assert answer.status_code == 302
    assert answer.url.startswith(home)
    assert (urlsplit(answer.url).netloc, set(answer.url) & set("\r\n\\")) == ("", set())
    assert "a" not in answer.cookies


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_choice_of_language_leads_to_another_site(db: None, target: str) -> None:
    target = target.replace("{home}", "/account/")
    answer = Client().post("/language/", {"language": "de", "next": target})
    assert answer.url.startswith("/")
    assert not answer.url.replace("\\", "/").startswith("//")
    assert set(answer.url) & set("\r\n\t") == set()


@pytest.mark.parametrize("page", ["/account/recover/", "/admin/recover/", "/account/register/"])
def test_another_host_is_refused_and_asks_nothing(customer: Customer, page: str) -> None:
    for host in ("evil.example", "127.0.0.1:8000@evil.example", "127.0.0.1:8000, evil.example"):
        answer = Client().post(page, {"email": JANA}, headers={"Host": host})
        assert answer.status_code == 400
    assert not RecoveryAsk.objects.exists()


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL"])
def test_no_header_moves_a_link(
    customer: Customer, owner: User, worker: Any, settings: Any, header: str
) -> None:
    browser = Client(headers={header: "host=evil.example"})
    browser.post("/account/recover/", {"email": JANA})
    browser.post("/admin/recover/", {"email": owner.email})
    mails = worker()
    assert sorted(mail.to[0] for mail in mails) == [JANA, owner.email]
    for mail in mails:
        assert f"{settings.PUBLIC_URL}{link_in(mail)}" in mail.body
        assert "evil" not in str(mail.message())


NO_ADDRESSES = [
    f"{JANA}\r\nBcc: all@example.org", f"{JANA}\nBcc: all@example.org", f"{JANA},evil@example.org",
    f"{JANA};evil@example.org", f"{JANA} evil@example.org", f"<{JANA}>", f"Jana <{JANA}>",
    "jana.mueller@example.de.", ".jana@example.de", "jana..mueller@example.de",
    "jana.mueller@exampl\u0435.de.", "jana.m\u0131ller@example.de", f"{'x' * 300}@example.de",
    f"x@{'y' * 250}.de", "jana.mueller@[127.0.0.1", "jana.mueller", "@example.de", '["a@b.de"]',
]  # fmt: skip


@pytest.mark.parametrize("page", ["/account/recover/", "/account/register/", "/admin/recover/"])
@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_what_is_no_single_address_is_refused(
    customer: Customer, stranger: Client, page: str, email: str
) -> None:
    answer = stranger.post(page, {"email": email})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["email"])
    assert not RecoveryAsk.objects.exists()


LOOK_ALIKES = [
    "\u212aarl@example.de",  # Kelvin sign: lower-cased, it is a k
    "KARL@EXAMPLE.DE",
    " karl@example.de\u00a0",
    "karl@\u212a.example",
]


@pytest.mark.parametrize("page", ["/account/recover/", "/account/register/", "/admin/recover/"])
@pytest.mark.parametrize("email", LOOK_ALIKES)
def test_a_look_alike_mails_nobody_but_the_owner_of_the_plain_address(
    db: None, stranger: Client, worker: Any, page: str, email: str
) -> None:
    """The mail goes where the account says, never where the stranger's spelling would lead."""
    CustomerFactory(email="karl@example.de", account=True)
    StaffFactory(email="karl@example.de")
    stranger.post(page, {"email": email})
    assert {mail.to[0] for mail in worker()} <= {"karl@example.de", "karl@k.example"}
    assert set(Registration.objects.values_list("to", flat=True)) <= {"karl@k.example"}
    assert set(StaffLink.objects.values_list("to", flat=True)) <= {"karl@example.de"}


def test_of_two_addresses_in_one_form_one_counts(customer: Customer, worker: Any) -> None:
    body = f"email=evil@example.org&email={JANA}"
    form = "application/x-www-form-urlencoded"
    Client().post("/account/recover/", body, content_type=form)
    assert [mail.to for mail in worker()] == [[JANA]]


def test_a_hundred_tries_at_once_are_counted_to_the_last(transactional_db: None) -> None:
    """Of a burst from one network, spread over a subscriber's addresses, ten are looked at."""
    CustomerFactory(email=JANA, account=True)

    def guess(number: int) -> list[int]:
        browser = Client(REMOTE_ADDR=f"2001:db8:1:2::{number}")
        typed = {"email": JANA, "password": f"Guess {number}"}
        return [browser.post("/account/login/", typed).status_code for _ in range(5)]

    answers = [status for results in all_at_once(guess, threads=20) for status in results]
    assert len(answers) == 100
    assert answers.count(422) == LIMITS["login of account from ip"].tries
    assert answers.count(429) == 100 - LIMITS["login of account from ip"].tries
    assert Throttle.objects.get(name="login from ip").count == 100


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Ordered here before, or lost your password? The same link lets you in again."),
        (
            "de",
            "Passwort vergessen? Mit demselben Link kommen Sie wieder hinein.",
        ),
    ],
)
def test_registering_says_how_to_get_back_in_by_oneself(db: None, language: str, said: str) -> None:
    page = Client(headers={"Accept-Language": language}).get("/account/register/")
    html = page.content.decode()
    assert said in html
    assert 'href="/account/recover/"' in html
