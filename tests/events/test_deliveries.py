"""Deliveries: each handler acts, at least once, whatever happens to workers meanwhile."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.log import record
from events.models import Delivery, Event
from events.second_looks import dismiss, try_again
from events.tasks import deliver, sweep
from tests.events.conftest import Listener
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User
    from shop.models import Shop

MINUTE = timedelta(minutes=1)


@pytest.fixture
def delivery(shop: Shop, listener: Listener) -> Delivery:
    with transaction.atomic():
        event = record("shop.tested", shop)
    return event.deliveries.get()


def make_due() -> None:
    """As if the back-off, and the lease of a dead worker, had run out."""
    past = timezone.now() - MINUTE
    Delivery.objects.update(due_at=past)
    Delivery.objects.exclude(leased_until=None).update(leased_until=past)


@pytest.mark.django_db
class TestDelivering:
    def test_the_handler_is_called_with_the_event(
        self, delivery: Delivery, listener: Listener
    ) -> None:
        deliver(delivery.pk)
        delivery.refresh_from_db()

        assert listener.heard == [delivery.event]
        assert delivery.done_at is not None
        assert delivery.lease is None

    def test_a_second_call_does_nothing(self, delivery: Delivery, listener: Listener) -> None:
        deliver(delivery.pk)
        deliver(delivery.pk)

        assert len(listener.heard) == 1

    def test_a_failing_handler_is_called_again_later(
        self, delivery: Delivery, listener: Listener
    ) -> None:
        listener.fails = 1
        deliver(delivery.pk)
        deliver(delivery.pk)
        delivery.refresh_from_db()
        assert (listener.heard, delivery.attempts) == ([], 1)
        assert timezone.now() < delivery.due_at <= timezone.now() + timedelta(seconds=10)

        make_due()
        deliver(delivery.pk)
        assert listener.heard == [delivery.event]

    def test_of_an_error_only_its_class_is_kept(
        self, delivery: Delivery, listener: Listener, caplog: pytest.LogCaptureFixture
    ) -> None:
        listener.fails = 1
        deliver(delivery.pk)
        delivery.refresh_from_db()

        assert delivery.last_error == "ConnectionError"
        assert "delivery.failed" in caplog.text
        assert "jana@example.de" not in caplog.text

    def test_pauses_double_up_to_an_hour_and_after_twelve_tries_it_is_given_up(
        self, delivery: Delivery, listener: Listener
    ) -> None:
        listener.fails = 99
        pauses = []
        for _try in range(12):
            began = timezone.now()
            deliver(delivery.pk)
            delivery.refresh_from_db()
            pauses.append((delivery.due_at - began).total_seconds())
            make_due()

        longest = [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
        for pause, most in zip(pauses, longest, strict=False):
            assert most * 0.75 <= pause < most + 5
        assert delivery.given_up_at is not None
        deliver(delivery.pk)
        assert listener.fails == 99 - 12

    def test_what_a_failing_handler_wrote_is_undone(
        self, delivery: Delivery, listener: Listener, shop: Shop
    ) -> None:
        listener.fails = 1
        listener.before = lambda: record("shop.half_done", shop) and None
        deliver(delivery.pk)

        assert not Event.objects.filter(name="shop.half_done").exists()

    def test_a_handler_of_another_release_is_left_alone(self, delivery: Delivery) -> None:
        Delivery.objects.update(handler="app.of_tomorrow")
        deliver(delivery.pk)
        delivery.refresh_from_db()

        assert (delivery.attempts, delivery.done_at, delivery.given_up_at) == (0, None, None)

    def test_what_no_release_knows_is_shown_to_a_person_after_a_day(
        self, delivery: Delivery, lead: User
    ) -> None:
        Delivery.objects.update(handler="app.of_yesterday")
        Event.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
        deliver(delivery.pk)
        delivery.refresh_from_db()
        assert (delivery.last_error, delivery.attempts) == ("UnknownHandler", 0)
        assert list(Delivery.objects.needing_a_look()) == [delivery]
        assert sweep(everything=True) == 0

    def test_tries_that_fail_together_do_not_come_back_together(
        self, shop: Shop, listener: Listener
    ) -> None:
        listener.fails = 8
        for _number in range(8):
            deliver(record("shop.tested", shop).deliveries.get().pk)
        began = Delivery.objects.order_by("due_at").values_list("due_at", flat=True)
        assert began[7] - began[0] > timedelta(milliseconds=200)

    def test_a_delivery_that_is_gone_is_no_error(self) -> None:
        deliver(404)


@pytest.mark.django_db
class TestLeases:
    def test_a_delivery_that_kills_its_workers_is_put_aside(
        self, delivery: Delivery, listener: Listener
    ) -> None:
        for _worker in range(3):
            assert delivery.take()
            make_due()
        deliver(delivery.pk)
        delivery.refresh_from_db()

        assert (listener.heard, delivery.last_error) == ([], "WorkerLost")
        assert delivery.given_up_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_overtaken_changes_nothing(
    delivery: Delivery, listener: Listener, shop: Shop
) -> None:
    def overtake() -> None:
        listener.before = None
        record("shop.half_done", shop)
        successor = threading.Thread(target=take_over)
        successor.start()
        successor.join()

    def take_over() -> None:
        make_due()
        assert Delivery.objects.get().take()
        connection.close()

    listener.before = overtake
    deliver(delivery.pk)
    delivery.refresh_from_db()

    assert delivery.done_at is None
    assert delivery.lease is not None
    assert not Event.objects.filter(name="shop.half_done").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_one_delivery_act_once(delivery: Delivery, listener: Listener) -> None:
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        deliver(delivery.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert listener.heard == [delivery.event]


@pytest.mark.django_db
class TestTryingAgain:
    def test_a_person_gives_it_another_round(
        self, delivery: Delivery, listener: Listener, lead: User
    ) -> None:
        Delivery.objects.update(given_up_at=timezone.now(), attempts=12, lost_workers=3)
        try_again(delivery, by=lead)
        try_again(delivery, by=lead)
        deliver(delivery.pk)

        assert listener.heard == [delivery.event]
        tried = happened_to(delivery).get()
        assert (tried.name, tried.actor_id) == ("delivery.tried_again", lead.pk)

    def test_what_was_not_given_up_stays_as_it_is(self, delivery: Delivery, lead: User) -> None:
        try_again(delivery, by=lead)

        assert not happened_to(delivery).exists()


@pytest.mark.django_db
class TestDismissing:
    def test_what_may_rest_is_no_longer_shown(self, delivery: Delivery, lead: User) -> None:
        Delivery.objects.update(given_up_at=timezone.now())
        dismiss(delivery, by=lead)
        dismiss(delivery, by=lead)

        assert not Delivery.objects.needing_a_look().exists()
        assert list(Delivery.objects.given_up()) == [delivery]
        dismissed = happened_to(delivery).get()
        assert (dismissed.name, dismissed.actor_id) == ("delivery.dismissed", lead.pk)

    def test_what_waits_cannot_be_dismissed(self, delivery: Delivery, lead: User) -> None:
        dismiss(delivery, by=lead)

        assert list(Delivery.objects.open().filter(dismissed_at=None)) == [delivery]
        assert not happened_to(delivery).exists()

    def test_what_was_given_up_long_ago_rests_by_itself(self, delivery: Delivery) -> None:
        for days, shown in ((29, 1), (31, 0)):
            Delivery.objects.update(given_up_at=timezone.now() - timedelta(days=days))
            assert Delivery.objects.needing_a_look().count() == shown

    def test_what_fails_again_after_another_round_is_shown_again(
        self, delivery: Delivery, lead: User
    ) -> None:
        Delivery.objects.update(given_up_at=timezone.now())
        dismiss(delivery, by=lead)
        try_again(delivery, by=lead)
        Delivery.objects.update(given_up_at=timezone.now())

        assert list(Delivery.objects.needing_a_look()) == [delivery]
