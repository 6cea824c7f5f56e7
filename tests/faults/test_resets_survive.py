"""No reset is lost and none is doubled, whatever breaks between the click and the mailbox."""

from __future__ import annotations

import time
from itertools import count

import pytest

from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, is_at_rest
from tests.faults.sink import link_in
from tests.faults.visitor import Visitor
from tests.waiting import wait_until

PASSWORD = "eine-lange-Röstung-77"
_numbers = count(1)


@pytest.fixture
def addresses(installation: Installation) -> list[str]:
    """Three customers nobody has written to."""
    made = [f"person{next(_numbers)}@customers.example" for _ in range(3)]
    installation.bring_in(*made)
    return made


def ask(installation: Installation, *addresses: str) -> None:
    for address in addresses:
        answer = Visitor(installation.url).send("/account/recover/", email=address)
        assert answer.status == 200


def not_sent(installation: Installation, failure: str) -> int:
    """How many mails a worker has tried in vain for this reason, and will try again."""
    ((count,),) = installation.query(
        f"SELECT count(*) FROM notifications_mail WHERE failure = '{failure}'"
        " AND handed_over_at IS NULL"
    )
    return int(count)


def set_password(installation: Installation, address: str) -> int:
    link = link_in(installation.sink.wait_for(address)[-1])
    visitor = Visitor(installation.url)
    return visitor.send(link, password=PASSWORD, password_again=PASSWORD).status


def test_with_nothing_broken_a_customer_gets_in(
    installation: Installation, addresses: list[str]
) -> None:
    ask(installation, addresses[0])
    assert set_password(installation, addresses[0]) == 200
    answer = Visitor(installation.url).send(
        "/account/login/", email=addresses[0], password=PASSWORD
    )
    assert answer.url == f"{installation.url}/account/"


def test_a_worker_killed_in_the_middle_of_a_mail_loses_nothing(
    installation: Installation, addresses: list[str]
) -> None:
    sink = installation.sink
    sink.stall()
    ask(installation, addresses[0])
    sink.wait_for(addresses[0])
    installation.kill_part("The mail worker")
    sink.go_on()
    installation.start_part("The mail worker")
    # The one repeat that SMTP cannot rule out: accepted, but nobody was left to hear of it.
    mails = sink.wait_for(addresses[0], 2)
    assert each_once(installation, addresses[:1])
    assert link_in(mails[0]) == link_in(mails[1])
    assert set_password(installation, addresses[0]) == 200


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


def test_a_worker_that_ends_by_itself_is_started_again(
    installation: Installation, addresses: list[str]
) -> None:
    child = installation.parts["The mail worker"].child
    assert child is not None
    child.kill()
    ask(installation, *addresses)
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


def test_a_mail_server_that_is_away_delays_and_loses_nothing(
    installation: Installation, addresses: list[str]
) -> None:
    installation.sink.close()
    ask(installation, *addresses)
    assert Visitor(installation.url).get("/account/login/").status == 200
    wait_until(lambda: not_sent(installation, "connection"), what="a try in vain")
    installation.sink.open()
    assert each_once(installation, addresses)


def test_a_mail_server_that_says_later_is_asked_again(
    installation: Installation, addresses: list[str]
) -> None:
    sink, refused = installation.sink, installation.sink.refused
    sink.refusal = "451 Try again later"
    ask(installation, *addresses)
    wait_until(lambda: sink.refused >= refused + len(addresses), what='a "later" for each')
    sink.refusal = ""
    assert each_once(installation, addresses)


def test_a_line_that_breaks_after_the_text_makes_one_duplicate_and_no_more(
    installation: Installation, addresses: list[str]
) -> None:
    sink = installation.sink
    sink.hanging_up_on = addresses[0]
    ask(installation, *addresses)
    first, second = sink.wait_for(addresses[0], 2)
    assert link_in(first) == link_in(second)
    assert each_once(installation, addresses)
    assert [len(sink.to(address)) for address in addresses] == [2, 1, 1]


def test_a_stalled_dialogue_does_not_hold_up_the_next_reset(
    installation: Installation, addresses: list[str]
) -> None:
    sink = installation.sink
    sink.stall(addresses[0])
    ask(installation, addresses[0])
    sink.wait_for(addresses[0])
    ask(installation, *addresses[1:])
    sink.wait_for(addresses[1], seconds=5)
    sink.wait_for(addresses[2], seconds=5)
    sink.go_on()
    assert each_once(installation, addresses)


def test_a_reset_never_waits_behind_other_work(
    installation: Installation, addresses: list[str]
) -> None:
    installation.kill_part("The worker")
    ask(installation, *addresses)
    assert each_once(installation, addresses)
    installation.start_part("The worker")


LETTERS = """
from accounts.models import User
from customers.models import Customer, Letter
jana = Customer.objects.get(identities__key="{address}")
for number in range({count}):
    Letter.write(jana, by=User.objects.get(email="{staff}"), subject=str(number), text="Thank you.")
"""


def test_a_reset_passes_many_letters_that_wait(
    installation: Installation, addresses: list[str]
) -> None:
    sink, staff, count = installation.sink, "olivia@desk.example", 40
    installation.manage("create_owner", staff)
    sink.stall(addresses[0])
    code = LETTERS.format(address=addresses[0], staff=staff, count=count)
    installation.manage("shell", "--no-imports", "-c", code)
    sink.wait_for(addresses[0])

    ask(installation, *addresses[1:])
    for address in addresses[1:]:
        sink.wait_for(address, seconds=5)
    assert len(sink.to(addresses[0])) < count / 2
    sink.go_on()
    wait_until(lambda: is_at_rest(installation), seconds=120, what="the last letter")


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
