"""Trying whole addresses, numbers and orders, one after the other, to learn to whom they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import ResetRequest, Throttle
from accounts.throttling import LIMITS
from customers.models import Customer
from tests.factories.accounts import sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory
from tests.masked import EMAIL, NUMBER, PARCEL, PHONE, mask_for, ordered

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST, SEARCH = "/admin/customers/", "/admin/search/"
NAME = "masked look-ups of colleague"


@pytest.fixture
def vera(db: None) -> Customer:
    customer = CustomerFactory(first_name="Vera", last_name="Geheim", email=EMAIL, phone=PHONE)
    ordered(customer)
    return customer


@pytest.fixture
def desk(agent: User, vera: Customer) -> Client:
    del vera
    mask_for("agent")
    return sign_in(agent)


def counted() -> int:
    return sum(Throttle.objects.filter(name=NAME).values_list("count", flat=True))


def use_up() -> None:
    assert Throttle.objects.filter(name=NAME).update(count=LIMITS[NAME].tries)


@pytest.mark.parametrize("text", [EMAIL, PHONE, "+4915112345678", NUMBER, "86173", PARCEL])
@pytest.mark.parametrize("url", [LIST, SEARCH])
def test_each_that_is_looked_up_is_counted(desk: Client, url: str, text: str) -> None:
    assert desk.get(url, {"q": text}).status_code == 200
    assert counted() == 1


def test_a_page_that_is_there_no_more_is_one_look_up(desk: Client) -> None:
    page = desk.get(LIST, {"q": EMAIL, "cursor": "stale"})
    assert page.context["list"].listing.is_bad_cursor
    assert counted() == 1


@pytest.mark.parametrize("text", ["", "Vera", "vera geheim", "Müller & Söhne"])
def test_names_are_not_and_are_found_at_any_time(desk: Client, text: str) -> None:
    desk.get(LIST, {"q": EMAIL})
    use_up()
    assert desk.get(LIST, {"q": text}).status_code == 200
    assert counted() == LIMITS[NAME].tries


@pytest.mark.parametrize("url", [LIST, SEARCH])
@pytest.mark.parametrize("text", [EMAIL, "nobody@nowhere.example", NUMBER])
def test_beyond_the_limit_neither_hit_nor_miss_is_told(desk: Client, url: str, text: str) -> None:
    desk.get(url, {"q": EMAIL})
    use_up()
    page = desk.get(url, {"q": text})
    assert (page.status_code, page["Retry-After"]) == (429, "3600")
    assert "You can go on in 60 minutes" in page.text
    assert "Vera" not in page.text
    short = desk.get(url, {"q": text}, headers={"HX-Request": "true"})
    assert (short.status_code, "in 60 minutes" in short["HX-Trigger"]) == (429, True)


def test_each_colleague_has_their_own(desk: Client, other_agent: User) -> None:
    desk.get(LIST, {"q": EMAIL})
    use_up()
    assert sign_in(other_agent).get(LIST, {"q": EMAIL}).status_code == 200


@pytest.mark.parametrize("who", ["owner", "lead", "reader"])
def test_whoever_sees_everything_is_not_counted(
    cast: dict[str, User], desk: Client, who: str
) -> None:
    del desk
    assert sign_in(cast[who]).get(LIST, {"q": EMAIL}).status_code == 200
    assert not Throttle.objects.filter(name=NAME).exists()


def test_adding_a_customer_tells_whose_an_address_is_as_well(desk: Client) -> None:
    new: dict[str, Any] = {"first_name": "Eve", "email": EMAIL}
    assert desk.post(f"{LIST}new/", new).status_code == 422
    assert counted() == 1
    use_up()
    assert desk.post(f"{LIST}new/", new).status_code == 429
    assert desk.post(f"{LIST}new/", new | {"email": "eve@evil.example"}).status_code == 429
    assert not Customer.objects.filter(first_name="Eve").exists()


@pytest.mark.parametrize(
    ("page", "typed"),
    [("identities/", {"kind": "email", "value": EMAIL}), ("address-move/", {"to": EMAIL})],
)
def test_so_does_the_page_of_somebody_who_has_shown_who_they_are(
    agent: User, desk: Client, customer: Customer, page: str, typed: dict[str, str]
) -> None:
    passed_check(customer, by=agent)
    url = f"{LIST}{customer.pk}/{page}"
    assert "Vera Geheim" in desk.post(url, typed).text
    assert counted() == 1
    use_up()
    assert desk.post(url, typed).status_code == 429


@pytest.mark.parametrize("method", ["get", "post"])
def test_so_does_what_speaks_against_an_address_before_anything_is_sent(
    agent: User, desk: Client, customer: Customer, method: str
) -> None:
    """That a mail did not arrive there tells that the shop knows the address."""
    passed_check(customer, by=agent)
    MailFactory(
        to=EMAIL, failure="refused", answer="550", answer_words="5.1.1 …", failed_at=timezone.now()
    )
    url, ask = f"{LIST}{customer.pk}/address-move/", getattr(desk, method)
    assert "A mail to this address did not arrive on" in ask(url, {"to": EMAIL}).text
    assert counted() == 1
    use_up()
    assert [ask(url, {"to": to}).status_code for to in (EMAIL, "eve@evil.example")] == [429, 429]
    assert desk.get(url).status_code == 200
    assert not ResetRequest.objects.exists()
