"""Customers get in by a reset, and no mail that waits or stalls keeps another one waiting.

What a mail server does to mails of each kind: test_each_kind_survives.py.
"""

from __future__ import annotations

import pytest

from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, is_at_rest, perhaps_twice
from tests.faults.resets import PASSWORD, ask, set_password
from tests.faults.visitor import Visitor
from tests.waiting import wait_until


def test_with_nothing_broken_a_customer_gets_in(
    installation: Installation, addresses: list[str]
) -> None:
    ask(installation, addresses[0])
    assert set_password(installation, addresses[0]) == 200
    answer = Visitor(installation.url).send(
        "/account/login/", email=addresses[0], password=PASSWORD
    )
    assert answer.url == f"{installation.url}/account/"


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


@pytest.mark.parametrize("count", [1, 10])
def test_a_server_that_ends_each_line_after_so_many_mails_gets_each_of_them_once(
    installation: Installation, count: int
) -> None:
    sink, people = installation.sink, [f"line{count}.{n}@customers.example" for n in range(12)]
    installation.bring_in(*people)
    sink.mails_a_line = count
    try:
        ask(installation, *people)
        assert each_once(installation, people)
        assert not {*people} & perhaps_twice(installation)
    finally:
        sink.mails_a_line = 0


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
