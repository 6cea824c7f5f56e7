"""Following a link from a mail: what a person, a scanner and a stranger get to see."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import LinkState, ResetRequest, User
from accounts.tokens import token_for
from customers.models import AccountState, Customer
from shop.models import Shop
from tests.accounts.conftest import link_in, minutes_later, same_for_all
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User as Staff

HEADERS = ["Content-Type", "Cache-Control", "Referrer-Policy", "Vary"]
NEW = "Espresso-am-Morgen-3"
JANA = "jana.mueller@example.de"


@pytest.fixture
def reset(customer: Customer, agent: Staff) -> ResetRequest:
    return ResetRequest.start(customer, by=agent)


def follow(browser: Client, request: ResetRequest, **options: Any) -> Any:
    page = "reset" if request.purpose == "reset" else "activate"
    return browser.get(f"/account/{page}/{token_for(request)}/", **options)


def test_the_whole_way_back_in(reset: ResetRequest, stranger: Client, worker: Any) -> None:
    [mail] = worker()
    assert stranger.get(link_in(mail)).url == "/account/reset/"
    assert stranger.get("/account/reset/").context["address"] == "j•••@example.de"
    saved = stranger.post("/account/reset/", {"password": NEW})
    assert saved.url == "/account/login/"
    assert stranger.get("/account/login/").context["form"].initial == {"email": JANA}
    login = stranger.post("/account/login/", {"email": JANA, "password": NEW})
    assert login.url == "/account/"
    [told] = worker()
    assert told.subject == "Ihr Passwort wurde geändert"


def test_the_token_is_gone_and_no_cache_or_other_site_knows_it(
    reset: ResetRequest, stranger: Client
) -> None:
    followed, form = follow(stranger, reset), stranger.get("/account/reset/")
    assert (followed["Cache-Control"], form["Cache-Control"]) == ("no-store", "no-store")
    assert (followed["Referrer-Policy"], form["Referrer-Policy"]) == ("no-referrer", "no-referrer")
    assert token_for(reset) not in stranger.get("/account/reset/").content.decode()


def test_looking_uses_up_nothing(reset: ResetRequest, stranger: Client) -> None:
    for _ in range(3):
        follow(stranger, reset)
        stranger.get("/account/reset/")
        stranger.head("/account/reset/")
    reset.refresh_from_db()
    assert (reset.state, reset.opened_at is not None) == (LinkState.OPEN, True)


def test_a_head_request_does_not_even_count_as_opened(
    reset: ResetRequest, stranger: Client
) -> None:
    assert stranger.head(f"/account/reset/{token_for(reset)}/").status_code == 302
    reset.refresh_from_db()
    assert reset.opened_at is None


def test_a_refused_password_uses_up_nothing(reset: ResetRequest, stranger: Client) -> None:
    follow(stranger, reset)
    refused = stranger.post("/account/reset/", {"password": "short"})
    assert refused.status_code == 422
    assert stranger.post("/account/reset/", {"password": NEW}).status_code == 302


def test_a_planted_session_never_sees_the_link(reset: ResetRequest, stranger: Client) -> None:
    planter = Client()
    planter.post("/account/login/", {"email": "x@example.de", "password": "y"})
    from accounts.sessions import SessionStore

    planted = SessionStore(door="shop")
    planted["planted"] = True
    planted.save()
    for browser in (stranger, planter):
        browser.cookies["shop_8000"] = planted.session_key
    follow(stranger, reset)
    assert stranger.cookies["shop_8000"].value != planted.session_key
    assert planter.post("/account/reset/", {"password": NEW}).status_code == 404
    assert User.objects.get(customer=reset.customer).check_password(PASSWORD)


def test_somebody_else_who_is_signed_in_is_signed_out_first(reset: ResetRequest) -> None:
    other = CustomerFactory(email="other@example.de", account=True)
    browser = sign_in(other.user)
    follow(browser, reset)
    assert browser.get("/account/").status_code == 302
    assert browser.get("/account/reset/").status_code == 200


# As they stand in an address. The first is none at all: /account/reset//.
JUNK = [
    "", "/", "%20", "0", "null", "None", "x", "1.", ".x", "1.AAAA", "1." + "A" * 43, "9" * 40,
    "a/b", "1.AAAA/", "/1.AAAA", "a//b/c", "%2F", "%FF", "%ED%A0%80", "%0A", "%C3%BC.%C3%BC",
    "refusal", "..%2F..", "%3Cscript%3E", "z" * 3000, "1." + "z/" * 3000,
]  # fmt: skip
PAGES = ["reset", "activate", "confirm", "move", "undo", "alarm", "feedback"]


def nearly(request: ResetRequest) -> list[str]:
    """Strings that were a genuine token once: cut, turned, with a sign more or another one."""
    token = token_for(request)
    number, _, signature = token.partition(".")
    altered = [_altered(token, place) for place in (0, 10, len(token) - 1)]
    crossed = ResetRequest(pk=request.pk, purpose="invite", to=request.to, nonce=request.nonce)
    return [
        *(token[:-1], token[:-20], number, signature, f"0{token}", f"{token}A", f"{token}%20"),
        *(token.swapcase(), token.upper(), f"{token}/", f"/{token}", token.replace(".", "/")),
        *altered,
        token_for(crossed),
    ]


def _altered(token: str, place: int) -> str:
    other = "B" if token[place] == "A" else "A"
    return token[:place] + other + token[place + 1 :]


@pytest.mark.parametrize("page", [*(f"/account/{name}/" for name in PAGES), "/admin/link/"])
def test_every_token_that_never_was_one_gets_one_page(reset: ResetRequest, page: str) -> None:
    stranger = CustomerFactory(email="other@example.de", account=True)
    of_another = nearly(ResetRequest.start(stranger, by=None))
    elsewhere = [token_for(reset)] if page != "/account/reset/" else []
    answers = {
        (answer.status_code, same_for_all(answer), *(answer[name] for name in HEADERS))
        for number, one in enumerate([*JUNK, *nearly(reset), *of_another, *elsewhere])
        for answer in [Client(REMOTE_ADDR=f"192.0.2.{number}").get(f"{page}{one}/")]
    }
    assert len(answers) == 1
    [(status, html, *_headers)] = answers
    assert (status, "<h1>Dieser Link funktioniert nicht</h1>" in html) == (404, True)


@pytest.mark.parametrize(
    ("kind", "links"),
    [
        ("reset", ["/account/recover/", "/account/login/"]),
        ("activate", ["/account/recover/", "/account/login/"]),
        ("confirm", ["/account/register/", "/account/login/"]),
        *((kind, ["mailto:post@shop.example"]) for kind in ("move", "undo", "alarm", "feedback")),
    ],
)
@pytest.mark.django_db
def test_each_kind_of_broken_link_offers_what_fits_it(
    stranger: Client, kind: str, links: list[str]
) -> None:
    Shop.objects.update(email="post@shop.example")
    page = stranger.get(f"/account/{kind}/x/").text
    assert (
        re.findall(r'href="([^"]+)"', page.partition("<main")[2].partition("</main>")[0]) == links
    )


def test_without_a_link_the_form_says_so(db: None, stranger: Client) -> None:
    for page in ("/account/reset/", "/account/activate/", "/account/confirm/"):
        assert stranger.get(page).status_code == 404
        assert stranger.post(page, {"password": NEW}).status_code == 404
    assert stranger.post("/account/links/").status_code == 404
    assert stranger.post("/account/activate/refusal/").status_code == 404


def end(request: ResetRequest, how: str) -> None:
    if how == "expired":
        ResetRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "used":
        request.redeem(NEW)
    else:
        request.withdraw(by=None)


@pytest.mark.parametrize("how", ["used", "expired", "withdrawn"])
def test_a_closed_link_says_why_and_offers_another(
    reset: ResetRequest, stranger: Client, worker: Any, how: str
) -> None:
    worker()
    end(reset, how)
    follow(stranger, reset)
    page = stranger.get("/account/reset/")
    assert (page.status_code, page.context["state"]) == (410, how)
    assert stranger.post("/account/reset/", {"password": "Another-One-55"}).status_code == 410
    worker()
    minutes_later(1)
    assert stranger.post("/account/links/").status_code == 200
    [mail] = worker()
    assert link_in(mail).startswith("/account/reset/")


def test_a_replaced_link_points_to_the_newer_mail(
    reset: ResetRequest, agent: Staff, stranger: Client, worker: Any
) -> None:
    worker()
    minutes_later()
    ResetRequest.start(reset.customer, by=agent)
    follow(stranger, reset)
    assert stranger.get("/account/reset/").context["state"] == "replaced"


def test_a_link_that_is_withdrawn_between_page_and_button_is_refused(
    reset: ResetRequest, stranger: Client
) -> None:
    follow(stranger, reset)
    reset.customer.disable(by=None)
    assert stranger.post("/account/reset/", {"password": NEW}).status_code == 410
    assert User.objects.get(customer=reset.customer).check_password(PASSWORD)


@pytest.fixture
def invite(agent: Staff) -> ResetRequest:
    return ResetRequest.start(CustomerFactory(first_name="Nora", email="nora@example.de"), by=agent)


def test_an_invite_is_accepted(invite: ResetRequest, stranger: Client) -> None:
    follow(stranger, invite)
    assert stranger.post("/account/activate/", {"password": NEW}).url == "/account/login/"
    invite.customer.refresh_from_db()
    assert invite.customer.account_state == AccountState.ENABLED


def test_an_invite_is_declined(invite: ResetRequest, stranger: Client) -> None:
    follow(stranger, invite)
    assert stranger.post("/account/activate/refusal/").status_code == 200
    invite.customer.refresh_from_db()
    assert invite.customer.account_state == AccountState.DECLINED
    follow(stranger, invite)
    assert stranger.get("/account/activate/").context["state"] == "declined"


def test_the_password_may_not_be_the_customers_name(invite: ResetRequest, stranger: Client) -> None:
    follow(stranger, invite)
    assert stranger.post("/account/activate/", {"password": "nora@example"}).status_code == 422


def test_a_link_opens_nothing_at_the_other_page(reset: ResetRequest, stranger: Client) -> None:
    assert stranger.get(f"/account/activate/{token_for(reset)}/").status_code == 404
    follow(stranger, reset)
    assert stranger.get("/account/activate/").status_code == 404


def test_following_links_is_limited(reset: ResetRequest, stranger: Client) -> None:
    pages = [stranger.get("/account/reset/junk/") for _ in range(61)]
    assert [pages[0].status_code, pages[-1].status_code] == [404, 429]


def test_the_page_says_how_long_the_link_lasts_wherever_it_is_read(
    reset: ResetRequest, stranger: Client
) -> None:
    ResetRequest.objects.update(expires_at=timezone.now() + timedelta(minutes=42, seconds=10))
    follow(stranger, reset)
    page = " ".join(stranger.get("/account/reset/").content.decode().split())
    assert "The link works once, for 42 minutes, until: <time" in page
    assert re.search(r"</time> \(GMT\+0[12]:00\)", page)
