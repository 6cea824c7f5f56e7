"""What is asked for when something has run out is refused in plain words, or kept."""

from __future__ import annotations

import pytest
import redis

from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, is_at_rest
from tests.faults.resets import ask
from tests.faults.shortages import full_broker, full_disk, no_free_connection
from tests.faults.visitor import Visitor
from tests.waiting import wait_until

RECOVER = "/account/recover/"
NOT_NOW = "The database is not answering just now."


def status(installation: Installation) -> int:
    return Visitor(installation.url).get(RECOVER).status


def test_what_is_asked_while_the_broker_is_full_is_done_when_it_has_room(
    installation: Installation, addresses: list[str]
) -> None:
    with full_broker(installation), redis.from_url(installation.redis.url) as broker:
        with pytest.raises(redis.exceptions.OutOfMemoryError):
            broker.set("anything", "at all")
        ask(installation, *addresses)
        assert status(installation) == 200
        assert not is_at_rest(installation)
    assert each_once(installation, addresses)


def test_without_a_free_connection_a_page_says_so_and_nothing_is_lost(
    installation: Installation, addresses: list[str]
) -> None:
    ask(installation, addresses[0])
    visitor = Visitor(installation.url)
    form = visitor.form_on(RECOVER)
    with no_free_connection(installation):
        wait_until(lambda: status(installation) == 503, what="a page without a connection")
        refused = visitor.post(RECOVER, form, email=addresses[1])
    assert (refused.status, NOT_NOW in refused.text) == (503, True), refused.text
    wait_until(lambda: status(installation) == 200, what="the page")
    ask(installation, *addresses[1:])
    assert each_once(installation, addresses)


def test_a_full_disk_ends_the_database_and_loses_nothing(
    installation: Installation, addresses: list[str]
) -> None:
    ask(installation, addresses[0])
    visitor = Visitor(installation.url)
    form = visitor.form_on(RECOVER)
    with full_disk(installation):
        refused = visitor.post(RECOVER, form, email=addresses[1])
    assert (refused.status, NOT_NOW in refused.text) == (503, True), refused.text
    wait_until(lambda: status(installation) == 200, what="the page")
    ask(installation, *addresses[1:])
    assert each_once(installation, addresses)
