"""What strangers use up together does not stand in the way of whoever holds a genuine link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import (
    AddressUndo,
    Alarm,
    Hold,
    HoldReason,
    ResetRequest,
    StaffLink,
    Throttle,
)
from accounts.moving import start_move
from accounts.throttling import LIMITS, hit
from accounts.tokens import link_url
from tests.accounts.resets import NEW, asked
from tests.factories.accounts import PASSWORD
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User
    from accounts.models.links import SecretLink
    from customers.models import Customer

pytestmark = pytest.mark.django_db
SHOP, DESK = "192.0.2.1", "192.0.2.2"


def use_up(name: str) -> None:
    assert Throttle.objects.filter(name=name).update(count=LIMITS[name].tries)


def counts(name: str) -> list[int]:
    return list(Throttle.objects.filter(name=name).order_by("pk").values_list("count", flat=True))


def follow(name: str, link: SecretLink) -> Any:
    return Client().get(link_url(name, link), REMOTE_ADDR="198.51.100.7")


@pytest.mark.usefixtures("shop_asks")
def test_made_up_links_keep_nobody_from_following_a_genuine_one(
    signed_in: ResetRequest, agent: User
) -> None:
    customer = signed_in.customer
    genuine: dict[str, SecretLink] = {
        "account_reset": signed_in,
        "account_alarm": Alarm.objects.get(),
        "account_undo": AddressUndo.offer(customer, "former@example.de"),
        "account_feedback": asked(signed_in),
        "desk_link": StaffLink.start(agent, by=None),
    }
    for page, address in (("/account/reset/1.x/", SHOP), ("/admin/link/1.x/", DESK)):
        Client(REMOTE_ADDR=address).get(page)
    use_up("links of everybody")
    assert Client().get("/account/reset/1.x/").status_code == 429
    assert Client().get("/admin/link/1.x/").status_code == 429
    before = counts("links of everybody")
    statuses = {name: follow(name, link).status_code for name, link in genuine.items()}
    assert statuses == dict.fromkeys(genuine, 302)
    assert counts("links of everybody") == before


def test_genuine_ones_are_counted_for_their_place(customer: Customer) -> None:
    link = ResetRequest.start(customer, by=None)
    assert follow("account_reset", link).status_code == 302
    assert dict(Throttle.objects.values_list("name", "count")) == {"link from ip": 1}
    use_up("link from ip")
    assert follow("account_reset", link).status_code == 429


@pytest.fixture
def no_more_redeems(db: None) -> None:
    hit("redeems of everybody", "shop")
    use_up("redeems of everybody")


@pytest.mark.usefixtures("no_more_redeems")
def test_passwords_that_strangers_choose_silence_no_alarm(
    customer: Customer, agent: User, stranger: Client
) -> None:
    ResetRequest.start(customer, by=agent).redeem(NEW)
    stranger.get(link_url("account_alarm", Alarm.objects.get()))
    assert stranger.post("/account/alarm/").url == "/account/alarm/"
    assert Hold.objects.get().reason == HoldReason.NOT_ME


def test_an_alarm_that_was_raised_is_counted_no_more(
    customer: Customer, agent: User, stranger: Client
) -> None:
    ResetRequest.start(customer, by=agent).redeem(NEW)
    stranger.get(link_url("account_alarm", Alarm.objects.get()))
    for _ in range(3):
        assert stranger.post("/account/alarm/").status_code == 302
    assert (counts("redeem from ip"), counts("redeems of everybody")) == ([1], [])


@pytest.mark.usefixtures("no_more_redeems")
def test_nor_do_they_keep_anybody_from_choosing_one_that_is_due(
    customer: Customer, stranger: Client
) -> None:
    customer.user.password_due_at = timezone.now()
    customer.user.save(update_fields=["password_due_at"])
    before = counts("redeems of everybody")
    stranger.post("/account/login/", {"email": customer.user.email, "password": PASSWORD})
    due = "/account/login/password/"
    assert stranger.post(due, {"password": PASSWORD}).status_code == 422
    assert stranger.post(due, {"password": NEW}).url == "/account/"
    assert (counts("redeem from ip"), counts("redeems of everybody")) == ([2], before)


@pytest.mark.usefixtures("no_more_redeems")
def test_a_move_to_an_address_that_is_taken_counts_for_its_place_alone(
    customer: Customer, agent: User, stranger: Client
) -> None:
    """The link stays as good as before, and can be tried again."""
    passed_check(customer, by=agent)
    link = start_move(customer, "jana@neu.example", by=agent)
    CustomerFactory(email="jana@neu.example")
    before = counts("redeems of everybody")
    stranger.get(link_url("account_move", link))
    for _ in range(3):
        assert stranger.post("/account/move/", {"password": NEW}).status_code == 409
    assert (counts("redeem from ip"), counts("redeems of everybody")) == ([3], before)
