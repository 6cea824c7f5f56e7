"""What strangers use up together does not stand in the way of whoever holds a genuine link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from accounts.models import AddressUndo, Alarm, ResetRequest, StaffLink, Throttle
from accounts.throttling import LIMITS
from accounts.tokens import link_url
from tests.accounts.resets import asked

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
