"""Invites to many: whichever of our own parts breaks, none is lost and none is doubled."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, perhaps_twice
from tests.faults.resets import ask
from tests.faults.sink import link_in
from tests.waiting import wait_until

START = """
from accounts.models import AccountRules
from customers.bulk.models import BulkChange
from customers.bulk.working import work
from customers.models import Customer
AccountRules.objects.update(bulk_per_minute=10)
chosen = Customer.objects.filter(identities__key__in={addresses!r})
one = BulkChange.ask("invites", chosen, by=None)
while one.stage != "ready":  # the worker counts as well
    work(one.pk)
    one.refresh_from_db()
assert one.start(by=None)
"""
WORK = "work(one.pk)"


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A minute of the pace takes six seconds, in which ten mails leave one by one."""
    with throw_away_directory(in_memory=True) as directory:
        made = Installation(directory, intervals={"BULK_MINUTE_SECONDS": "6"})
        try:
            made.start()
            yield made
        finally:
            made.stop()


def people(installation: Installation, test: str, count: int = 8) -> list[str]:
    made = [f"{test}{number}@customers.example" for number in range(count)]
    installation.bring_in(*made)
    return made


def invite(installation: Installation, addresses: list[str], *, then: str = "") -> None:
    installation.manage("shell", "--no-imports", "-c", START.format(addresses=addresses) + then)


def reached(installation: Installation, addresses: list[str]) -> int:
    return sum(bool(installation.sink.to(address)) for address in addresses)


def wait_for(installation: Installation, addresses: list[str], count: int) -> None:
    wait_until(
        lambda: reached(installation, addresses) >= count, seconds=60, what=f"{count} invites"
    )


def all_are_through(installation: Installation, addresses: list[str]) -> bool:
    wait_for(installation, addresses, len(addresses))
    return each_once(installation, addresses)


def test_workers_killed_between_steps_are_followed_by_others(installation: Installation) -> None:
    addresses = people(installation, "between")
    invite(installation, addresses)
    for count in (1, 3, 5):
        wait_for(installation, addresses, count)
        installation.kill_part("The worker")
        installation.start_part("The worker")
    assert all_are_through(installation, addresses)


def test_a_worker_killed_in_the_middle_of_a_mail_doubles_that_one_at_most(
    installation: Installation,
) -> None:
    addresses = people(installation, "within", 4)
    installation.sink.stall(addresses[1])
    invite(installation, addresses)
    installation.sink.wait_for(addresses[1])
    installation.kill_part("The worker")
    installation.sink.go_on()
    installation.start_part("The worker")
    assert all_are_through(installation, addresses)
    assert len(installation.sink.to(addresses[1])) == 2


def test_a_worker_asked_to_end_finishes_its_mail_and_leaves_the_rest_to_the_next(
    installation: Installation,
) -> None:
    addresses = people(installation, "asked", 4)
    child = installation.parts["The worker"].child
    assert child is not None
    installation.sink.stall(addresses[1])
    invite(installation, addresses)
    installation.sink.wait_for(addresses[1])
    child.send(signal.SIGTERM)
    log = installation.directory / "log" / "worker.log"
    wait_until(lambda: "Warm shutdown" in log.read_text(), what="a worker about to end")
    installation.sink.go_on()
    assert child.wait(30)
    assert child.process.returncode == 0
    assert all_are_through(installation, addresses)
    assert not {*addresses} & perhaps_twice(installation)


def test_a_broker_that_dies_meanwhile_loses_nothing(installation: Installation) -> None:
    addresses = people(installation, "broker", 5)
    invite(installation, addresses)
    wait_for(installation, addresses, 2)
    installation.redis.kill()
    installation.redis.start()
    assert all_are_through(installation, addresses)


def test_a_database_that_restarts_meanwhile_loses_nothing(installation: Installation) -> None:
    addresses = people(installation, "database", 5)
    invite(installation, addresses)
    wait_for(installation, addresses, 2)
    installation.postgres.kill()
    installation.postgres.start()
    assert all_are_through(installation, addresses)


def test_who_asks_alone_is_not_kept_waiting_by_mails_to_many(installation: Installation) -> None:
    addresses = people(installation, "alone", 1)
    installation.kill_part("The worker")
    invite(installation, addresses, then=WORK)
    assert reached(installation, addresses) == 0
    ask(installation, *addresses)
    assert "/account/activate/" in link_in(installation.sink.wait_for(addresses[0])[0])
    installation.start_part("The worker")
    assert each_once(installation, addresses)
