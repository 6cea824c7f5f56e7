"""No reset is lost and none is doubled, whichever of our own parts breaks on its way.

Workers have tests of their own: test_workers_survive.py.
"""

from __future__ import annotations

import time

import pytest

from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, is_at_rest
from tests.faults.resets import ask
from tests.faults.visitor import Visitor
from tests.waiting import wait_until


def test_what_is_asked_while_the_broker_is_down_is_done_when_it_returns(
    installation: Installation, addresses: list[str]
) -> None:
    installation.redis.kill()
    ask(installation, *addresses)
    assert Visitor(installation.url).get("/account/login/").status == 200
    assert not is_at_rest(installation)
    installation.redis.start()
    assert each_once(installation, addresses)


@pytest.mark.parametrize("moment", range(2))
def test_a_broker_that_dies_under_busy_workers_loses_nothing(
    installation: Installation, addresses: list[str], moment: int
) -> None:
    sink = installation.sink
    sink.stall(addresses[0])
    ask(installation, addresses[0])
    sink.wait_for(addresses[0])
    ask(installation, *addresses[1 : moment + 1])
    installation.redis.kill()
    ask(installation, *addresses[moment + 1 :])
    installation.redis.start()
    sink.go_on()
    assert each_once(installation, addresses)


def test_an_emptied_broker_loses_nothing(installation: Installation, addresses: list[str]) -> None:
    installation.kill_part("The mail worker")
    installation.kill_part("The worker")
    ask(installation, *addresses)
    installation.redis.kill()
    assert not is_at_rest(installation)
    installation.redis.start()
    installation.start_part("The mail worker")
    installation.start_part("The worker")
    assert each_once(installation, addresses)


def test_a_restarted_database_costs_a_moment_and_nothing_else(
    installation: Installation, addresses: list[str]
) -> None:
    ask(installation, addresses[0])
    installation.postgres.kill()
    away = Visitor(installation.url).get("/account/login/")
    assert away.status == 503
    started = time.monotonic()
    assert Visitor(installation.url).get("/readyz/").status == 503
    assert time.monotonic() - started < 4
    installation.postgres.start()
    wait_until(
        lambda: Visitor(installation.url).get("/account/login/").status == 200,
        what="the sign-in page",
    )
    ask(installation, *addresses[1:])
    assert each_once(installation, addresses)


def test_a_reset_never_waits_behind_other_work(
    installation: Installation, addresses: list[str]
) -> None:
    installation.kill_part("The worker")
    ask(installation, *addresses)
    assert each_once(installation, addresses)
    installation.start_part("The worker")


def test_a_broker_that_stalls_keeps_no_page_waiting(
    installation: Installation, addresses: list[str]
) -> None:
    installation.redis.pause()
    started = time.monotonic()
    ask(installation, *addresses)
    assert time.monotonic() - started < 10
    installation.redis.resume()
    assert each_once(installation, addresses)


def test_a_broker_that_does_not_hear_what_is_done_costs_no_worker_its_place(
    installation: Installation, addresses: list[str]
) -> None:
    sink, log = installation.sink, installation.directory / "log" / "mail-worker.log"
    unheard = log.read_text().count("Couldn't ack")
    sink.stall()
    ask(installation, *addresses[:2])  # one for each process of the worker
    sink.wait_for(addresses[0])
    sink.wait_for(addresses[1])
    installation.redis.pause()
    sink.go_on()
    wait_until(
        lambda: log.read_text().count("Couldn't ack") == unheard + 2,
        seconds=30,
        what="two messages that the broker has not heard of",
    )
    installation.redis.resume()
    ask(installation, addresses[2])
    sink.wait_for(addresses[2])
    assert each_once(installation, addresses)


TELL_THRICE = """
from events.broker import tell_worker
from notifications.models import Mail
for mail in [*Mail.objects.order_by("-pk")[:3]] * 3:
    assert tell_worker("notifications.tasks.send_mail", mail.pk, queue=mail.queue_name)
"""


def test_two_clocks_and_two_mail_workers_double_nothing(
    installation: Installation, addresses: list[str]
) -> None:
    twins = [installation.start_beside(name) for name in ("The clock", "The mail worker")]
    ask(installation, *addresses[:2])
    assert each_once(installation, addresses[:2])
    installation.manage("shell", "--no-imports", "-c", TELL_THRICE)
    # By the time of a later one, whatever was told twice has been looked at twice.
    ask(installation, addresses[2])
    assert each_once(installation, addresses)
    for twin in twins:
        twin.kill()
