"""Staff pages of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from events.log import record
from events.models import Delivery
from tests.events.conftest import Listener

if TYPE_CHECKING:
    from accounts.models import User
    from shop.models import Shop

pytestmark = pytest.mark.django_db
LIST = "/admin/deliveries/"


@pytest.fixture
def given_up(shop: Shop, listener: Listener) -> Delivery:
    return give_up(shop)


def give_up(shop: Shop) -> Delivery:
    event = record("shop.tested", shop)
    event.deliveries.update(given_up_at=timezone.now(), attempts=12, last_error="KeyError")
    return event.deliveries.get()


def attempts_url(delivery: Delivery) -> str:
    return reverse("delivery_attempts", args=[delivery.pk])


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader"])
def test_all_staff_see_what_was_given_up(
    who: str, given_up: Delivery, cast: dict[str, User], desk_client: Any
) -> None:
    page = desk_client(cast[who]).get(LIST).content.decode()

    assert "A task of ShopDesk" in page
    assert "12 tries" in page
    assert "For the technician: <code>shop.tested</code> KeyError" in page


def test_customers_and_strangers_do_not(
    given_up: Delivery, customer: Any, stranger: Any, shop_client: Any
) -> None:
    assert stranger.get(LIST).status_code == 302
    assert shop_client(customer.user).get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("who", "status", "is_open"),
    [("owner", 302, True), ("lead", 302, True), ("agent", 403, False), ("reader", 403, False)],
)
def test_leads_and_owners_try_again(
    who: str,
    status: int,
    is_open: bool,
    given_up: Delivery,
    cast: dict[str, User],
    desk_client: Any,
) -> None:
    answer = desk_client(cast[who]).post(attempts_url(given_up))

    assert answer.status_code == status
    assert Delivery.objects.open().filter(pk=given_up.pk).exists() is is_open


@pytest.mark.parametrize(
    ("who", "status", "is_shown"),
    [("owner", 302, False), ("lead", 302, False), ("agent", 403, True), ("reader", 403, True)],
)
def test_leads_and_owners_let_it_rest(
    who: str,
    status: int,
    is_shown: bool,
    given_up: Delivery,
    cast: dict[str, User],
    desk_client: Any,
) -> None:
    answer = desk_client(cast[who]).post(reverse("delivery_dismissal", args=[given_up.pk]))

    assert answer.status_code == status
    assert ("shop.tested" in desk_client(cast["agent"]).get(LIST).content.decode()) is is_shown


def test_htmx_gets_the_card(given_up: Delivery, lead: User, desk_client: Any) -> None:
    answer = desk_client(lead).post(attempts_url(given_up), headers={"HX-Request": "true"})
    card = answer.content.decode()

    assert card.lstrip().startswith('<section class="card" id="queue_card">')
    assert "shop.tested" not in card


def test_a_get_tries_nothing_again(given_up: Delivery, lead: User, desk_client: Any) -> None:
    assert desk_client(lead).get(attempts_url(given_up)).status_code == 405
    assert desk_client(lead).get(f"{LIST}{given_up.pk}/dismissal/").status_code == 405
    assert list(Delivery.objects.needing_a_look()) == [given_up]


@pytest.mark.parametrize("cursor", ["x", "W10", "a" * 10_000])
def test_a_bad_cursor_leads_to_the_first_page(
    cursor: str, given_up: Delivery, lead: User, desk_client: Any
) -> None:
    assert "shop.tested" in desk_client(lead).get(f"{LIST}?cursor={cursor}").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(
    rows: int, shop: Shop, listener: Listener, lead: User, desk_client: Any,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    for _number in range(rows):
        give_up(shop)
    client = desk_client(lead)
    client.get(LIST)
    with django_assert_num_queries(4):
        client.get(LIST)


class TestHome:
    def test_it_says_that_nothing_waits(self, agent: User, desk_client: Any) -> None:
        Delivery.objects.all().delete()

        assert "Nothing waits." in desk_client(agent).get("/admin/").content.decode()

    def test_it_shows_what_was_given_up_with_a_button_for_leads(
        self, given_up: Delivery, agent: User, lead: User, desk_client: Any
    ) -> None:
        for_agent = desk_client(agent).get("/admin/").content.decode()
        for_lead = desk_client(lead).get("/admin/").content.decode()

        assert "1 task was given up" in for_agent
        assert (attempts_url(given_up) in for_agent, attempts_url(given_up) in for_lead) == (
            False, True,
        )  # fmt: skip
