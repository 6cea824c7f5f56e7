"""Comparing all customers: asked for, watched, one at a time, and in nobody's way."""

from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction

from customers.duplicates.finding import find_pairs
from customers.duplicates.models import LikelyPair, ToldApart
from customers.duplicates.searching import DuplicateSearch
from customers.duplicates.tasks import find_likely_pairs, work_on_duplicate_search
from customers.tasks import sweep
from events.models import Event
from tests.factories.customers import CustomerFactory
from tests.threads import all_at_once

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/customers/duplicates/"
PHONE = "+4940555012"
PROGRESS = '<progress aria-label="All customers are being compared">'


@pytest.fixture
def desk(lead: User, desk_client: Any) -> Client:
    client: Client = desk_client(lead)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What workers were told, and nobody works."""
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(
        "customers.turns.tell_worker",
        lambda *words, queue, after: sent.append((*words, queue)) or True,
    )
    return sent


def test_it_is_asked_for_watched_and_its_end_is_told(
    desk: Client, lead: User, told: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    assert '<div id="duplicate_search" hidden>' in desk.get(LIST).text
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(f"{LIST}search/", follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert PROGRESS in answer.text
    assert "Compare all now" not in answer.text
    assert told == [("customers.tasks.work_on_duplicate_search", 1, 0, "bulk")]
    event = Event.objects.get(name="duplicate_search.asked")
    assert event.actor_id == lead.pk

    watched = desk.get(LIST, headers={"HX-Request": "true"}).text
    assert watched.startswith('<div id="duplicate_search"')
    assert 'hx-trigger="every 2s"' in watched
    work_on_duplicate_search(1, 0)
    ended = desk.get(LIST, headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in ended
    assert f'<a href="{LIST}">Show the result</a>' in ended
    whole = desk.get(LIST).text
    assert "Last compared: " in whole
    assert "Compare all now" in whole
    assert f"{LIST}{one.pk}/{other.pk}/dismissal/" in whole


def test_while_one_is_under_way_no_other_is_asked_for(
    desk: Client, agent: User, told: list[Any]
) -> None:
    assert DuplicateSearch.ask(by=agent)
    assert not DuplicateSearch.ask(by=agent)
    assert not find_likely_pairs()
    answer = desk.post(f"{LIST}search/", follow=True)
    assert "All customers are being compared already." in answer.text
    assert Event.objects.filter(name="duplicate_search.asked").count() == 1
    work_on_duplicate_search(1)
    assert find_likely_pairs()


def test_a_message_too_many_compares_nobody(told: list[Any]) -> None:
    CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    work_on_duplicate_search(1)
    assert DuplicateSearch.ask(by=None)
    assert LikelyPair.objects.count() == 0
    assert (sweep(), told) == (1, [("customers.tasks.work_on_duplicate_search", 1, 0, "bulk")])
    work_on_duplicate_search(1, 0)
    assert (LikelyPair.objects.count(), sweep()) == (1, 0)
    LikelyPair.objects.all().delete()
    for turn in (0, 1, None):
        work_on_duplicate_search(1, turn)
    assert LikelyPair.objects.count() == 0


def test_what_fails_again_and_again_stops_is_told_and_can_be_asked_for_anew(
    desk: Client, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    find_pairs()
    assert DuplicateSearch.ask(by=None)
    with monkeypatch.context() as broken:
        broken.setattr("customers.duplicates.finding._AMONG_ALL", "SELECT 1/0")
        for _ in range(DuplicateSearch.MAX_ATTEMPTS + 1):
            work_on_duplicate_search(1)
    assert "The comparison stopped." in desk.get(LIST).text
    assert "The comparison stopped." in desk.get("/admin/").text
    assert LikelyPair.objects.count() == 1
    assert Event.objects.filter(name="duplicate_search.failed").count() == 1
    desk.post(f"{LIST}search/")
    work_on_duplicate_search(1)
    assert "The comparison stopped." not in desk.get(LIST).text
    assert "The comparison stopped." not in desk.get("/admin/").text


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_is_heard(agent: User, told: list[Any]) -> None:
    heard = all_at_once(lambda _number: DuplicateSearch.ask(by=agent))
    assert sorted(heard) == [False] * 7 + [True]
    assert len(told) == 1


@pytest.mark.django_db(transaction=True)
def test_who_tells_two_apart_waits_for_no_search_and_is_heard_by_it(agent: User) -> None:
    one, other = CustomerFactory(phone=PHONE), CustomerFactory(phone=PHONE)
    find_pairs()
    searching = Thread(target=_search)
    with transaction.atomic(), connection.cursor() as cursor:
        # The search gets no further than to the addresses.
        cursor.execute("LOCK TABLE customers_address IN ACCESS EXCLUSIVE MODE")
        searching.start()
        _wait_until_it_is_held_up()
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        assert ToldApart.say(one, other, by=agent)
    searching.join(timeout=30)
    assert (searching.is_alive(), LikelyPair.objects.count()) == (False, 0)


def _search() -> None:
    try:
        find_pairs()
    finally:
        connection.close()


def _wait_until_it_is_held_up() -> None:
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError
