"""Recording: once, in the transaction of what it tells of, on the right timelines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from events import actors, timeline
from events.log import Happened, OutsideTransaction, record, record_many, replaying
from events.models import Delivery, Event
from tests.events.conftest import Listener

if TYPE_CHECKING:
    from pytest_django.fixtures import DjangoAssertNumQueries

    from accounts.models import User
    from customers.models import Customer
    from shop.models import Shop


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(shop: Shop) -> None:
    with pytest.raises(OutsideTransaction):
        record("shop.tested", shop)

    with pytest.raises(OutsideTransaction):
        record_many("shop.tested", [Happened(shop)])

    assert not Event.objects.exists()


@pytest.mark.django_db
class TestRecording:
    def test_it_says_what_happened_to_what_and_who_did_it(self, shop: Shop, agent: User) -> None:
        event = record("shop.tested", shop, by=agent, times=3)

        kept = Event.objects.get(pk=event.pk)
        assert (kept.name, kept.subject_type, kept.subject_id) == ("shop.tested", "shop.shop", 1)
        assert (kept.actor_type, kept.actor_id) == ("accounts.user", agent.pk)
        assert kept.plain == {"times": 3}

    def test_it_stands_on_the_timelines_it_is_about(self, shop: Shop, customer: Customer) -> None:
        event = record("shop.tested", shop, about=[customer, customer])
        later = record("shop.tested", shop, following=event, about=[shop])

        assert list(Event.objects.about(customer).newest_first()[:2]) == [later, event]
        assert list(Event.objects.about(shop)) == [later]

    def test_each_handler_gets_one_delivery(self, shop: Shop, listener: Listener) -> None:
        event = record("shop.tested", shop)
        record("shop.ignored", shop)

        delivery = Delivery.objects.get(handler="tests.listener")
        assert (delivery.event, delivery.queue_name) == (event, "default")

    def test_history_brought_in_has_its_own_time_and_nobody_acts_on_it(
        self, shop: Shop, listener: Listener
    ) -> None:
        then = datetime(2019, 5, 4, 12, tzinfo=UTC)
        with replaying(at=then):
            event = record("shop.tested", shop)
        now = record("shop.tested", shop)

        assert event.at == then
        assert [delivery.event for delivery in Delivery.objects.all()] == [now]

    def test_a_rollback_takes_the_event_and_its_deliveries_along(
        self, shop: Shop, listener: Listener
    ) -> None:
        with transaction.atomic():
            record("shop.tested", shop)
            transaction.set_rollback(True)

        assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
class TestRecordingMany:
    def test_each_has_its_subject_its_timelines_and_its_values(
        self, shop: Shop, agent: User, lead: User, reader: User
    ) -> None:
        cause = record("shop.caused", shop, about=[shop])
        first, second = record_many(
            "shop.tested",
            [
                Happened(lead, about=[lead], plain={"number": 1}),
                Happened(reader, about=[reader], following=cause, plain={"number": 2}),
            ],
            by=agent,
        )

        kept = Event.objects.filter(name="shop.tested").order_by("pk")
        assert [(one.pk, one.subject_id, one.actor_id, one.plain) for one in kept] == [
            (first.pk, lead.pk, agent.pk, {"number": 1}),
            (second.pk, reader.pk, agent.pk, {"number": 2}),
        ]
        assert list(Event.objects.about(lead)) == [first]
        assert list(Event.objects.about(reader)) == [second]
        assert list(Event.objects.about(shop).newest_first()) == [second, cause]

    def test_each_handler_gets_one_delivery_per_event(
        self, cast: dict[str, User], listener: Listener
    ) -> None:
        events = record_many("shop.tested", [Happened(user) for user in cast.values()])

        assert [one.event for one in Delivery.objects.order_by("pk")] == events

    @pytest.mark.parametrize("rows", [1, 3])
    def test_many_cost_as_many_statements_as_one(
        self,
        rows: int,
        shop: Shop,
        cast: dict[str, User],
        listener: Listener,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        causes = [record("shop.caused", shop, about=[shop]) for _ in range(rows)]
        happened = [
            Happened(user, about=[user], following=cause)
            for user, cause in zip(list(cast.values())[:rows], causes, strict=True)
        ]
        # What they follow; the events, their timelines and their deliveries.
        with django_assert_num_queries(4):
            record_many("shop.tested", happened)

    def test_nothing_happened_to_nobody(self) -> None:
        assert record_many("shop.tested", []) == []


@pytest.mark.django_db
class TestTimelines:
    def test_words_are_made_from_the_event_who_acted_and_what_it_happened_to(
        self, shop: Shop, agent: User
    ) -> None:
        by_agent, by_nobody = record("shop.tested", shop, by=agent), record("shop.tested", shop)

        found = timeline.told([by_agent, by_nobody])

        assert [(one.event, one.who, one.subject) for one in found] == [
            (by_agent, f"<b>{agent.name}</b>", shop),
            (by_nobody, "<b>ShopDesk</b>", shop),
        ]

    def test_a_name_is_shown_as_it_is_written(self, shop: Shop, agent: User) -> None:
        agent.name = "<i>Anna</i>"
        agent.save(update_fields=["name"])

        (found,) = timeline.told([record("shop.tested", shop, by=agent)])

        assert found.who == "<b>&lt;i&gt;Anna&lt;/i&gt;</b>"

    def test_an_actor_nobody_knows_is_somebody(self, shop: Shop, customer: Customer) -> None:
        event = record("shop.tested", shop, by=customer)
        event.actor_type = "nobody.knows"

        assert actors.Actors([event]).name_of(event) == "Somebody"

    @pytest.mark.parametrize("rows", [1, 3])
    def test_names_are_looked_up_once_for_all(
        self, rows: int, shop: Shop, cast: dict[str, User], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[set[int]] = []

        def look_up(ids: set[int]) -> dict[int, str]:
            asked.append(ids)
            return dict.fromkeys(ids, "Somebody known")

        monkeypatch.setitem(actors._look_ups, "accounts.user", look_up)
        people = list(cast.values())[:rows]
        timeline.told([record("shop.tested", shop, by=user) for user in people])

        assert asked == [{user.pk for user in people}]
