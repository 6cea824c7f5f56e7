"""The page behind “That wasn't me”, and where the desk hears of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import F
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from accounts import flags_panels
from accounts.models import (
    Alarm,
    Flag,
    FlagKind,
    Hold,
    HoldReason,
    LinkState,
    ResetRequest,
    Session,
    Throttle,
)
from accounts.throttling import LIMITS, hit
from accounts.tokens import token_for
from shop.models import Shop
from tests.accounts.conftest import link_in, minutes_later, same_for_all
from tests.accounts.test_link_pages import JUNK
from tests.factories.accounts import request_of, sign_in
from tests.factories.customers import CustomerFactory
from tests.test_every_page import nothing_written

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
PAGE = "/account/alarm/"
FOREIGN = re.compile(r'(?:src|href)="(https?:)?//')


@pytest.fixture
def alarm(customer: Customer, agent: User) -> Alarm:
    ResetRequest.start(customer, by=agent).redeem("Espresso-am-Morgen-3")
    minutes_later()
    return Alarm.objects.get()


def follow(browser: Client, alarm: Alarm) -> Any:
    return browser.get(f"{PAGE}{token_for(alarm)}/")


def lift(by: User) -> None:
    Hold.objects.get().lift(by=by, without_check="We met")


def test_from_the_mail_to_the_hold(alarm: Alarm, stranger: Client, worker: Any) -> None:
    [mail] = [mail for mail in worker() if "/account/alarm/" in str(mail.body)]
    assert stranger.get(link_in(mail)).url == PAGE
    page = stranger.get(PAGE)
    asked = page.text.partition("<main")[2].partition("</main>")[0]
    assert (page.status_code, asked.count("<button"), asked.count(" autofocus")) == (200, 1, 1)
    assert "j•••@example.de" in asked
    assert stranger.post(PAGE).url == PAGE
    assert "Your account is on hold" in stranger.get(PAGE).text
    alarm.customer.refresh_from_db()
    assert alarm.customer.is_held


def test_looking_changes_nothing_however_often(alarm: Alarm, stranger: Client) -> None:
    follow(stranger, alarm)
    with nothing_written() as written:
        for _ in range(2):
            stranger.get(PAGE)
            stranger.head(PAGE)
    assert written == []
    stranger.head(f"{PAGE}{token_for(alarm)}/")
    alarm.refresh_from_db()
    assert (alarm.state, alarm.opened_at is not None) == (LinkState.OPEN, True)
    assert not Hold.objects.exists()


def test_no_cache_no_referrer_and_nobody_else_learns_of_it(alarm: Alarm, stranger: Client) -> None:
    pages = [follow(stranger, alarm), stranger.get(PAGE), stranger.post(PAGE), stranger.get(PAGE)]
    said = {(page["Referrer-Policy"], page["Cache-Control"]) for page in pages}
    assert said == {("no-referrer", "no-store")}
    Shop.objects.update(website="")
    for page in (pages[1], pages[3]):
        assert not FOREIGN.search(page.text)
        assert token_for(alarm) not in page.text


def test_a_second_click_says_that_it_has_happened(alarm: Alarm, stranger: Client) -> None:
    follow(stranger, alarm)
    first, second = stranger.post(PAGE), stranger.post(PAGE)
    assert (first.url, second.url) == (PAGE, PAGE)
    again = Client(headers={"Accept-Language": "en"})
    follow(again, alarm)
    assert same_for_all(again.get(PAGE)) == same_for_all(stranger.get(PAGE))
    assert (Hold.objects.count(), Flag.objects.count()) == (1, 1)


def test_so_does_the_link_of_another_mail(
    alarm: Alarm, customer: Customer, owner: User, stranger: Client
) -> None:
    ResetRequest.start(customer, by=None).redeem("Espresso-am-Abend-4")
    Alarm.objects.latest("pk").sound()
    follow(stranger, alarm)
    assert "Your account is on hold" in stranger.get(PAGE).text
    lift(owner)
    page = stranger.get(PAGE)
    assert (page.status_code, page.context["state"]) == (410, "withdrawn")


def expire(_alarm: Alarm, _owner: User) -> None:
    Alarm.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def use(alarm: Alarm, owner: User) -> None:
    alarm.sound()
    lift(owner)


@pytest.mark.parametrize(
    ("end", "says"), [(expire, "This link has expired"), (use, "You have told us already")]
)
def test_one_that_is_over_says_why_and_what_helps(
    alarm: Alarm, owner: User, stranger: Client, end: Any, says: str
) -> None:
    Shop.objects.update(phone="040 123456", email="hallo@shop.example")
    follow(stranger, alarm)
    end(alarm, owner)
    holds = Hold.objects.count()
    assert stranger.post(PAGE).url == PAGE
    page = stranger.get(PAGE)
    assert (page.status_code, says in page.text) == (410, True)
    for help_is in ('href="/account/recover/"', 'href="tel:040123456"', "hallo@shop.example"):
        assert help_is in page.text
    assert (Hold.objects.count(), Hold.objects.open().count()) == (holds, 0)


def test_an_expired_one_does_not_say_that_the_account_is_on_hold(
    alarm: Alarm, agent: User, stranger: Client
) -> None:
    follow(stranger, alarm)
    expire(alarm, agent)
    before = same_for_all(stranger.get(PAGE))
    Hold.put_on(alarm.customer, by=agent, reason=HoldReason.STAFF)
    assert same_for_all(stranger.get(PAGE)) == before


def test_every_token_that_never_was_one_gets_one_page(alarm: Alarm, customer: Customer) -> None:
    token = token_for(alarm)
    reset = token_for(ResetRequest.start(customer, by=None))
    pages = {
        (page.status_code, same_for_all(page))
        for one in [*JUNK, token[:-1], token.swapcase(), reset]
        for page in [Client().get(f"{PAGE}{one}/")]
    }
    assert (len(pages), {status for status, _html in pages}) == (1, {404})
    assert Client().get(f"/account/reset/{token}/").status_code == 404


def test_without_a_link_there_is_nothing_to_press(db: None, stranger: Client) -> None:
    assert [stranger.get(PAGE).status_code, stranger.post(PAGE).status_code] == [404, 404]
    assert stranger.put(PAGE).status_code == 405
    assert not Hold.objects.exists()


def test_a_link_of_another_kind_raises_no_alarm(customer: Customer, stranger: Client) -> None:
    reset = ResetRequest.start(customer, by=None)
    stranger.get(f"/account/reset/{token_for(reset)}/")
    assert stranger.post(PAGE).status_code == 404


def test_whoever_was_signed_in_here_is_signed_out_first(alarm: Alarm) -> None:
    other = CustomerFactory(email="other@example.de", account=True)
    browser = sign_in(other.user)
    follow(browser, alarm)
    assert browser.get("/account/").status_code == 302
    browser.post(PAGE)
    assert not Session.objects.of(other.user).exists()
    other.refresh_from_db()
    assert (other.is_held, Flag.objects.get().customer) == (False, alarm.customer)


@pytest.mark.parametrize("name", ["link from ip", "redeem from ip"])
def test_guesses_are_limited(alarm: Alarm, stranger: Client, name: str) -> None:
    follow(stranger, alarm)
    hit(name, "127.0.0.1")
    Throttle.objects.filter(name=name).update(count=LIMITS[name].tries)
    by_get = name == "link from ip"
    refused = stranger.get(f"{PAGE}junk/") if by_get else stranger.post(PAGE)
    assert (refused.status_code, "Retry-After" in refused) == (429, True)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader"])
def test_the_desk_sees_it_first_of_all(alarm: Alarm, cast: dict[str, User], who: str) -> None:
    other = CustomerFactory()
    Hold.put_on(other, by=cast["agent"], reason=HoldReason.STAFF)
    assert 'id="alarms"' not in sign_in(cast[who]).get("/admin/").text
    alarm.sound()
    page = sign_in(cast[who]).get("/admin/").text
    cards = re.findall(r'<section class="card" id="(\w+)"', page)
    assert cards[:2] == ["alarms", "holds_open"]
    assert "flags" not in cards
    card = page.partition('id="alarms"')[2].partition("</section>")[0]
    assert f'href="/admin/customers/{alarm.customer.pk}/">Jana Müller<' in card


def test_the_customers_page_says_who_said_it_and_what_to_do(alarm: Alarm, agent: User) -> None:
    alarm.sound()
    page = sign_in(agent).get(f"/admin/customers/{alarm.customer.pk}/").text
    hold, _, flags = page.partition('id="hold_notice"')[2].partition('class="notice bad"')
    assert "“That wasn&#x27;t me”, said by the customer" in hold
    assert "Call them on a number that you know" in flags
    Flag.objects.get().settle(by=agent)
    assert 'id="alarms"' not in sign_in(agent).get("/admin/").text


@pytest.mark.parametrize("rows", [1, 3])
def test_homes_card_asks_as_often_for_one_as_for_three(
    rows: int, customer: Customer, django_assert_num_queries: Any, agent: User
) -> None:
    for one in [customer, CustomerFactory(), CustomerFactory()][:rows]:
        Flag.objects.create(customer=one, kind=FlagKind.NOT_ME)
    Flag.objects.filter(customer=customer).update(raised_at=F("raised_at") - timedelta(hours=1))
    asked = request_of(agent)
    with django_assert_num_queries(2):
        context = flags_panels.alarms_on_home(asked)
        html = render_to_string("accounts/_alarms.html", context)
    assert html.count("<li>") == rows
    assert html.index("Jana Müller") < html.index("</li>")


WORDS = {
    "en": ["It was not you?", "Your account is on hold"],
    "de": ["Das waren nicht Sie?", "Ihr Konto steht unter Schutzsperre"],
    "de-informal": ["Das warst nicht du?", "Dein Konto steht unter Schutzsperre"],
}


@pytest.mark.parametrize("language", WORDS)
def test_it_speaks_as_the_shop_does(alarm: Alarm, language: str) -> None:
    Shop.objects.update(form_of_address="informal" if "informal" in language else "formal")
    browser = Client(headers={"Accept-Language": language[:2]})
    follow(browser, alarm)
    asked = browser.get(PAGE)
    browser.post(PAGE)
    pages = [asked, browser.get(PAGE)]
    assert [page.context["page_title"] for page in pages] == WORDS[language]
