"""Whatever becomes of a worker, no reset is lost, and one is doubled only where SMTP is."""

from __future__ import annotations

import re
import time

import psycopg
import redis

from tests.faults.extra_workers import add_worker, log_of
from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, perhaps_twice
from tests.faults.resets import ask, set_password
from tests.faults.sink import link_in
from tests.waiting import wait_until

MAIL_WORKER = "The mail worker"
HOLD = 'SELECT 1 FROM notifications_mail WHERE "to" = %s FOR UPDATE'
MARKING = """
SELECT 1 FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE "notifications_mail" SET%"handed_over_at" = %'
"""
ASK = """
from accounts.models import AskPurpose, RecoveryAsk
for address in {addresses!r}:
    RecoveryAsk.ask(AskPurpose.RECOVER, address, language="de")
"""


def people(installation: Installation, test: str, count: int) -> list[str]:
    made = [f"{test}{number}@customers.example" for number in range(count)]
    installation.bring_in(*made)
    return made


def shell(installation: Installation, script: str) -> None:
    installation.manage("shell", "--no-imports", "-c", script)


def test_a_worker_killed_in_the_middle_of_a_mail_loses_nothing(
    installation: Installation, addresses: list[str]
) -> None:
    sink = installation.sink
    sink.stall()
    ask(installation, addresses[0])
    sink.wait_for(addresses[0])
    installation.kill_part(MAIL_WORKER)
    sink.go_on()
    installation.start_part(MAIL_WORKER)
    # The one repeat that SMTP cannot rule out: accepted, but nobody was left to hear of it.
    mails = sink.wait_for(addresses[0], 2)
    assert each_once(installation, addresses[:1])
    assert link_in(mails[0]) == link_in(mails[1])
    assert set_password(installation, addresses[0]) == 200


def test_a_worker_killed_between_the_servers_yes_and_its_own_note_doubles_one_mail_and_says_so(
    installation: Installation, addresses: list[str]
) -> None:
    sink, address = installation.sink, addresses[0]
    sink.stall()
    ask(installation, address)
    sink.wait_for(address)
    with psycopg.connect(installation.postgres.url) as holding:
        holding.execute(HOLD, [address])
        sink.go_on()
        wait_until(lambda: installation.query(MARKING), what="a worker that has heard of its 250")
        installation.kill_part(MAIL_WORKER)
    assert address not in perhaps_twice(installation)  # nothing was noted
    installation.start_part(MAIL_WORKER)
    sink.wait_for(address, 2)
    assert each_once(installation, [address])
    assert address in perhaps_twice(installation)
    assert set_password(installation, address) == 200


def test_a_worker_killed_with_many_in_store_takes_none_along(installation: Installation) -> None:
    sink, addresses = installation.sink, people(installation, "stored", 25)
    installation.kill_part(MAIL_WORKER)
    sink.stall()
    add_worker(installation, "hoarder", "--prefetch-multiplier", "100")
    shell(installation, ASK.format(addresses=addresses))
    with redis.from_url(installation.redis.url) as broker:
        wait_until(
            lambda: sink.to(addresses[0]) and broker.hlen("unacked") >= len(addresses),
            seconds=60,
            what="a worker with all mails in store",
        )
    installation.kill_part("hoarder")
    sink.go_on()
    installation.start_part(MAIL_WORKER)
    assert each_once(installation, addresses)
    assert {*addresses} & perhaps_twice(installation) <= {addresses[0]}


def received(installation: Installation, worker: str) -> set[str]:
    return set(re.findall(r"send_mail\[(\S+)\] received", log_of(installation, worker).read_text()))


def test_a_mail_that_takes_longer_than_the_broker_waits_is_not_begun_again(
    installation: Installation, addresses: list[str]
) -> None:
    """The broker gives its message to another worker, which finds the mail held."""
    sink, address = installation.sink, addresses[0]
    installation.kill_part(MAIL_WORKER)
    patient = {"EMAIL_TIMEOUT": "60", "MAIL_LEASE_SECONDS": "90", "BROKER_VISIBILITY_SECONDS": "1"}
    add_worker(installation, "patient", **patient)
    sink.stall(address)
    ask(installation, address)
    sink.wait_for(address)
    with redis.from_url(installation.redis.url) as broker:
        wait_until(
            lambda: broker.zrangebyscore("unacked_index", 0, time.time() - 1), what="impatience"
        )
    # As soon as it starts, it looks for what has been in hand for too long.
    add_worker(installation, "twin", **patient)
    wait_until(
        lambda: received(installation, "patient") & received(installation, "twin"),
        seconds=60,
        what="a message that two workers have",
    )
    ask(installation, addresses[1])  # by the twin, when it is done with that
    sink.wait_for(addresses[1])
    sink.go_on()
    assert each_once(installation, addresses[:2])
    assert len(sink.to(address)) == 1
    for name in ("patient", "twin"):
        installation.kill_part(name)
    installation.start_part(MAIL_WORKER)


FROM_A_NEW_RELEASE = """
from accounts.models import AskPurpose, RecoveryAsk
from events import broker
from events.models import Delivery
known, publish = Delivery.TASK, broker._publish
Delivery.TASK = "events.tasks.deliver_in_a_new_way"
RecoveryAsk.ask(AskPurpose.RECOVER, {0!r}, language="de")
Delivery.TASK = known
broker._publish = lambda task, *numbers, **rest: publish(task, *numbers, 7, **rest)
RecoveryAsk.ask(AskPurpose.RECOVER, {1!r}, language="de")
"""


def test_what_a_new_release_tells_an_old_worker_is_done_by_it_all_the_same(
    installation: Installation, addresses: list[str]
) -> None:
    """A task that it does not know, and one with an argument that it does not know."""
    worker, log = installation.parts[MAIL_WORKER].child, log_of(installation, "mail-worker")
    shell(installation, FROM_A_NEW_RELEASE.format(*addresses))
    for complaint in (
        "unregistered task",
        "deliver() takes 1 positional argument but 2 were given",
    ):
        wait_until(lambda said=complaint: said in log.read_text(), what=complaint)
    assert each_once(installation, addresses[:2])
    ask(installation, addresses[2])
    assert each_once(installation, addresses)
    assert installation.parts[MAIL_WORKER].child is worker


def test_a_worker_that_ends_by_itself_is_started_again(
    installation: Installation, addresses: list[str]
) -> None:
    child = installation.parts[MAIL_WORKER].child
    assert child is not None
    child.kill()
    ask(installation, *addresses)
    assert each_once(installation, addresses)
