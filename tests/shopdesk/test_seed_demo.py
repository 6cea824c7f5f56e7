"""The demo's seed: made by verbs, the same each time, and only in a demo."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ResetRequest, User
from customers.models import Customer
from events.models import Delivery, Event
from notifications.models import Mail
from orders.models import Line, Order, Parcel
from products.models import Product
from shop.models import Shop
from shopdesk.seeding import buying, filling, people, sign_ins
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to
from tests.shopdesk.conftest import SMALL

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django.fixtures import SettingsWrapper

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def empty(db: None, settings: SettingsWrapper, tmp_path: Path) -> None:
    """A demo that nobody has filled. These tests stand before those that look."""
    settings.DEMO, settings.VAR_DIR = True, tmp_path


def seed() -> str:
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def listed() -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(sign_ins.place().read_text(encoding="utf-8"))
    return found


def sold(count: int, *, now: datetime = NOW) -> list[tuple[int, datetime, str, object, int]]:
    chance = random.Random(1)
    cast = people.read_cast()
    everybody = [*cast, *people.crowd(chance, 50, beside=cast)]
    bought = buying.purchases(chance, everybody, count=count, now=now)
    return [
        (order.number, order.placed_at, order.email, order.total, len(order.parcels))
        for order in buying.past_orders(bought, now=now)
    ]


@pytest.mark.usefixtures("empty")
def test_outside_a_demo_it_is_refused(settings: SettingsWrapper) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="This is no demo"):
        seed()
    assert not User.objects.exists()


@pytest.mark.usefixtures("empty")
def test_among_real_people_it_is_refused() -> None:
    CustomerFactory()
    with pytest.raises(CommandError, match="people in this database already"):
        seed()
    assert not User.objects.exists()


@pytest.mark.usefixtures("empty")
def test_what_breaks_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(line: str) -> None:
        if "Opening" in line and "accounts" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filling.fill(stop, SMALL)
    assert not Customer.objects.exists()
    assert not sign_ins.place().exists()


def test_a_shop_of_the_wanted_size_is_open(said: list[str]) -> None:
    assert Shop.current().name == "Kaffeehaus Nord"
    assert (Customer.objects.count(), Order.objects.count()) == (60, 150)
    assert "Importing 37 customers from the shop's export" in said
    assert Customer.objects.disabled().count() == 2
    told = Event.objects.filter(name="customer.disabled").order_by("subject_id")
    shown = Customer.objects.disabled().order_by("pk").values_list("pk", "disabled_at")
    assert list(shown) == list(told.values_list("subject_id", "at"))
    # Several Müllers can sign in, whom staff can be asked about.
    assert Customer.objects.filter(last_name="Müller").with_account().count() >= 4


def test_figures_agree_with_the_orders(said: list[str]) -> None:
    jana = Customer.objects.get(identities__key="jana.mueller@example.de")
    orders = Order.objects.filter(customer=jana, is_test=False)
    earned = [order.kept for order in orders if not order.cancelled_at and order.currency == "EUR"]
    assert (jana.orders_count, jana.amount_spent) == (len(orders), sum(earned))
    first = orders.earliest("placed_at")
    assert jana.first_order_at == first.placed_at
    assert jana.created_at < first.placed_at


def test_nothing_is_sent_but_what_is_asked_for_today(said: list[str]) -> None:
    open_links = ResetRequest.objects.open()
    assert open_links.count() == 4
    asked = Delivery.objects.values_list("event__name", flat=True)
    assert sorted(asked) == [*["feedback.asked"] * 2, *["reset_request.started"] * 3]


def test_the_day_at_the_desk_has_begun(said: list[str]) -> None:
    marie = User.objects.get(kind="staff", email=listed()[0]["email"])
    home = sign_in(marie).get("/admin/").text
    failed, pending = home.index('id="resets_failed"'), home.index('id="resets_pending"')
    assert home.count('action="/admin/mentions/') == 3
    assert home.count("Sabine Müller") == home.count("Noah van Dijk") == 1
    assert failed < home.index("Noah van Dijk") < pending < home.index("Sabine Müller")


def test_a_refused_mail_is_not_tried_again(said: list[str]) -> None:
    refused = Mail.objects.get(to="noah@example.org")
    assert (refused.state, refused.failure, refused.answer) == ("failed", "refused", "550")
    assert [line.name for line in happened_to(refused)] == ["mail.failed"]


def test_some_parcels_are_still_on_their_way(said: list[str]) -> None:
    assert Parcel.objects.filter(delivered_at=None).exists()
    assert Parcel.objects.exclude(delivered_at=None).exists()


def test_the_listed_passwords_open_the_doors(said: list[str]) -> None:
    roles = [one["role"] for one in listed()]
    assert roles == ["owner", "lead", "agent", "agent", "read_only", *["customer"] * 3]
    for one in listed():
        kind = "customer" if one["role"] == "customer" else "staff"
        user = User.objects.get(kind=kind, email=one["email"])
        assert user.check_password(one["password"])
        assert user.is_active
    assert len({one["password"] for one in listed()}) == 8


def test_the_list_of_passwords_is_for_this_user_alone(said: list[str]) -> None:
    assert sign_ins.place().stat().st_mode & 0o777 == 0o600


def test_a_second_time_says_so_and_changes_nothing(said: list[str]) -> None:
    before = sign_ins.place().read_text(encoding="utf-8")
    assert "The demo is filled already." in seed()
    assert (Customer.objects.count(), Order.objects.count()) == (60, 150)
    assert sign_ins.place().read_text(encoding="utf-8") == before


def test_lost_passwords_are_made_anew(
    said: list[str], settings: SettingsWrapper, tmp_path: Path
) -> None:
    before = listed()
    settings.VAR_DIR = tmp_path
    assert "New ones" in seed()
    assert [one["email"] for one in listed()] == [one["email"] for one in before]
    owner = User.objects.get(kind="staff", email=listed()[0]["email"])
    assert owner.check_password(listed()[0]["password"])
    assert not owner.check_password(before[0]["password"])


def test_the_same_seed_sells_the_same_things() -> None:
    assert sold(40) == sold(40)


def test_the_hour_changes_nothing_that_was_sold_before() -> None:
    later = NOW + timedelta(hours=5, minutes=37)
    morning, evening = sold(160), sold(160, now=later)
    settled = sum(one[1] < NOW - timedelta(days=9) for one in morning)
    assert settled > 140
    assert morning[:settled] == evening[:settled]


def test_no_order_knows_the_future() -> None:
    chance = random.Random(2)
    cast = people.read_cast()
    bought = buying.purchases(chance, cast, count=300, now=NOW)
    for order in buying.past_orders(bought, now=NOW):
        times = [
            *[order.placed_at, order.cancelled_at],
            *[at for one in order.parcels for at in (one.shipped_at, one.delivered_at)],
            *[one.refunded_at for one in order.refunds],
        ]
        assert all(at is None or at <= NOW for at in times)
        assert order.placed_at > NOW - timedelta(days=3 * 366)
        assert order.total is not None
        assert sum(one.amount for one in order.refunds) <= order.total


def test_nobody_real_is_written_to_or_called() -> None:
    crowd = people.crowd(random.Random(3), 300, beside=[])
    assert len({person.email for person in crowd}) == 300
    ends = ("example.de", ".example", "example.com", "example.org", "example.net")
    assert all(person.email.isascii() and person.email.endswith(ends) for person in crowd)


@pytest.mark.usefixtures("said")
def test_whatever_was_bought_stands_on_the_shelf() -> None:
    lines = Line.objects.values_list("sku", "title").distinct()
    shelf = {sku: one.title for sku, one in Product.objects.by_sku(s for s, _ in lines).items()}
    assert dict(lines) == shelf
    assert Product.objects.filter(status="active").count() == 24
    assert set(Product.objects.values_list("status", flat=True)) == {"active", "draft", "archived"}
