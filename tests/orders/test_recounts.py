"""The shop changes its currency: everybody's orders are added up anew, some customers at a time."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from customers.models import Customer
from events.models import Delivery, Event
from events.tasks import deliver
from orders import tasks
from orders.handlers import recount_in_the_new_currency
from orders.models import Recount, recounts
from shop.models import Shop
from tests.customers.import_files import imported, table
from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.orders import MILL, place

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db


def change_currency(currency: str) -> None:
    shop = Shop.current()
    shop.change(by=None, expected_version=shop.version, currency=currency)
    for delivery in Delivery.objects.open():
        deliver(delivery.pk)


def figures(customer: Customer) -> tuple[int, Decimal]:
    customer.refresh_from_db()
    return customer.orders_count, customer.amount_spent


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch) -> list[Customer]:
    """Three customers with an order of 25 francs each, counted one by one."""
    monkeypatch.setattr(recounts, "CHUNK", 1)
    people = [CustomerFactory(), CustomerFactory(), CustomerFactory()]
    for person in people:
        place(person, currency="CHF")
    return people


def spent(people: list[Customer]) -> list[int]:
    return [int(figures(person)[1]) for person in people]


def test_money_of_the_new_currency_counts_from_now_on(customer: Customer) -> None:
    place(customer)
    place(customer, currency="CHF", lines=[MILL])
    change_currency("CHF")
    tasks.work_on_recount(1)
    assert figures(customer) == (2, Decimal("178.00"))


def test_what_an_export_said_keeps_its_currency_until_an_order_is_known(
    customer: Customer, agent: User
) -> None:
    imported(table({"Email": "neu@example.de", "Total Spent": "20.00", "Total Orders": "3"}))
    change_currency("CHF")
    tasks.work_on_recount(1)
    neu = Customer.objects.get(identities__key="neu@example.de")
    client = sign_in(agent)
    for page in (f"/admin/customers/{neu.pk}/", "/admin/customers/?q=neu@example.de"):
        shown = client.get(page).content.decode()
        assert ("€20.00" in shown, "CHF" in shown) == (True, False), page
    place(neu, currency="CHF", lines=[MILL])
    neu.refresh_from_db()
    assert (neu.export_currency, neu.figures_from_export) == ("", False)


def test_the_handler_itself_counts_nobody(three: list[Customer]) -> None:
    change_currency("CHF")
    assert spent(three) == [0, 0, 0]
    assert Recount.objects.get().finished_at is None


def test_each_step_is_kept_and_the_next_goes_on_behind_it(three: list[Customer]) -> None:
    change_currency("CHF")
    assert Recount.step()
    assert spent(three) == [25, 0, 0]
    # A worker was killed here; another one is told by the sweep.
    type(three[0]).objects.filter(pk=three[0].pk).update(amount_spent=1)
    tasks.work_on_recount(1)
    assert spent(three) == [1, 25, 25]
    assert Recount.objects.get().finished_at is not None


def test_another_change_meanwhile_begins_anew(three: list[Customer]) -> None:
    change_currency("CHF")
    assert Recount.step()
    assert Recount.step()
    change_currency("EUR")
    tasks.work_on_recount(1)
    assert spent(three) == [0, 0, 0]


def test_a_repeat_changes_nothing(three: list[Customer]) -> None:
    change_currency("CHF")
    for _time in range(2):
        recount_in_the_new_currency(Event.objects.get(name="shop.changed"))
        tasks.work_on_recount(1)
        tasks.work_on_recount(1)
        assert spent(three) == [25, 25, 25]


def test_a_turn_ends_in_time_and_leaves_the_rest(
    three: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)
    change_currency("CHF")
    tasks.work_on_recount(1)
    assert spent(three) == [25, 0, 0]


def test_the_sweep_finds_a_recount_that_was_left_lying(
    three: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    tell = "orders.models.recounts.tell_worker"
    monkeypatch.setattr(tell, lambda task, *_args, **_more: not told.append(task))
    assert (tasks.sweep(), told) == (0, [])
    change_currency("CHF")
    assert (tasks.sweep(), told) == (1, ["orders.tasks.work_on_recount"])
    while Recount.step():
        pass
    assert tasks.sweep() == 0


def test_however_often_workers_are_told_one_message_goes_round(
    three: list[Customer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "SLICE_SECONDS", 0)
    line: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "orders.models.recounts.tell_worker",
        lambda _task, pk, behind, queue: not line.append((pk, behind)),
    )
    change_currency("CHF")
    line.clear()
    assert [tasks.sweep() for _minute in range(3)] == [1, 1, 1]
    for _message in range(3):
        tasks.work_on_recount(*line.pop(0))
    assert (spent(three), line) == ([25, 0, 0], [(1, three[0].pk)])
    while line:
        tasks.work_on_recount(*line.pop(0))
    assert (spent(three), tasks.sweep()) == ([25, 25, 25], 0)


def test_other_changes_of_the_shop_count_nothing(three: list[Customer]) -> None:
    shop = Shop.current()
    shop.change(by=None, expected_version=shop.version, name="Kaffeehaus Nord")
    for delivery in Delivery.objects.open():
        deliver(delivery.pk)
    assert not Recount.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_counts(three: list[Customer]) -> None:
    from django.db import transaction

    from tests.threads import all_at_once

    Recount.begin()
    with transaction.atomic():
        list(Recount.objects.select_for_update())  # a worker is at it
        assert all_at_once(lambda _number: Recount.step(), threads=1) == [False]
    assert Recount.step()
