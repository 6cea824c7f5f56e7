"""No mail of any kind is lost, and none is doubled but where SMTP cannot rule it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from accounts.mails import NOTICES, SECRET
from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.each_kind import KINDS
from tests.faults.extra_workers import add_worker
from tests.faults.installation import Installation
from tests.faults.reckoning import each_once, is_at_rest, perhaps_twice
from tests.faults.resets import not_sent
from tests.faults.sink import text_of
from tests.faults.visitor import Visitor
from tests.waiting import wait_until

ASK = "from tests.faults.each_kind import ask_for_all; ask_for_all({mailboxes!r})"
KINDS_MAILED = """
SELECT "to", CASE WHEN queue_name = 'bulk' AND kind <> 'feedback' THEN 'one_of_many' ELSE kind END
FROM notifications_mail
"""
REFUSED = """
SELECT "to" FROM notifications_mail
WHERE failed_at IS NOT NULL AND failure = 'refused' AND attempts = 1
"""
Meanwhile = Callable[[], bool]
WORKERS = ["The mail worker", "The worker"]


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A server that says nothing is given up sooner than a mail that somebody holds."""
    intervals = {"EMAIL_TIMEOUT": "8", "MAIL_LEASE_SECONDS": "9"}
    with throw_away_directory(in_memory=True) as directory:
        made = Installation(directory, intervals=intervals)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def away(installation: Installation) -> Iterator[Meanwhile]:
    installation.sink.close()
    yield lambda: not_sent(installation, "connection") > 0
    assert Visitor(installation.url).get("/account/login/").status == 200
    installation.sink.open()


@contextmanager
def says_nothing(installation: Installation) -> Iterator[Meanwhile]:
    installation.sink.freeze()
    yield lambda: not_sent(installation, "connection") > 0
    installation.sink.go_on()


def says(words: str) -> Callable[[Installation], AbstractContextManager[Meanwhile]]:
    @contextmanager
    def refusing(installation: Installation) -> Iterator[Meanwhile]:
        sink, refused = installation.sink, installation.sink.refused
        sink.refusal = words
        yield lambda: sink.refused >= refused + len(KINDS)
        sink.refusal = ""

    return refusing


@contextmanager
def hangs_up_after_the_text(installation: Installation) -> Iterator[Meanwhile]:
    sink, before = installation.sink, len(installation.sink.mails)
    sink.hangs_up_first = True
    yield lambda: len(sink.mails) >= before + 2 * len(KINDS)
    sink.hangs_up_first = False


@contextmanager
def worker_dies_before_it_hears(installation: Installation) -> Iterator[Meanwhile]:
    """One with a hand for each mail, so that each of them is on the line when it is killed."""
    sink, before = installation.sink, len(installation.sink.mails)
    for name in WORKERS:
        installation.kill_part(name)
    sink.stall()
    every = ["mail-now", "default", "bulk"]
    add_worker(installation, "crowd", queues=every, hands=len(KINDS) + 2)
    yield lambda: len(sink.mails) >= before + len(KINDS)
    installation.kill_part("crowd")
    sink.go_on()
    for name in WORKERS:
        installation.start_part(name)


# What happens to each mail, and how often its reader finds it in the end.
FAULTS = {
    "away": (away, 1),
    "says nothing": (says_nothing, 1),
    "says 451": (says("451 Try again later"), 1),
    "says 421": (says("421 Too many of you"), 1),
    "hangs up after the text": (hangs_up_after_the_text, 2),
    "worker dies before it hears": (worker_dies_before_it_hears, 2),
}


def each_kind(installation: Installation, turn: str) -> dict[str, str]:
    """One mail of each kind is asked for: its mailbox, and its kind."""
    mailboxes = {kind: f"{kind}.{turn}@customers.example" for kind in KINDS}
    installation.manage("shell", "--no-imports", "-c", ASK.format(mailboxes=mailboxes))
    return {mailbox: kind for kind, mailbox in mailboxes.items()}


def test_no_kind_is_forgotten() -> None:
    assert {*KINDS} == {*SECRET, *NOTICES, "feedback", "one_of_many"}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_kind_arrives(installation: Installation, fault: str) -> None:
    happens, times = FAULTS[fault]
    with happens(installation) as is_felt:
        asked = each_kind(installation, fault.replace(" ", "-"))
        wait_until(is_felt, seconds=60, what=fault)
    assert each_once(installation, [*asked])
    mails = {mailbox: installation.sink.to(mailbox) for mailbox in asked}
    assert {mailbox: len(found) for mailbox, found in mails.items()} == dict.fromkeys(asked, times)
    # The copy is the same mail, link and code included.
    assert {len({text_of(mail) for mail in found}) for found in mails.values()} == {1}
    assert {*asked} & perhaps_twice(installation) == ({*asked} if times == 2 else set())
    assert asked.items() <= dict(installation.query(KINDS_MAILED)).items()


def test_what_is_refused_for_good_is_not_tried_again(installation: Installation) -> None:
    refused = installation.sink.refused
    with says("550 No such mailbox")(installation) as is_felt:
        asked = each_kind(installation, "refused")
        wait_until(is_felt, seconds=60, what="a refusal of each")
        wait_until(lambda: is_at_rest(installation), what="the end of all work")
    assert installation.sink.refused == refused + len(asked)
    assert {mailbox for (mailbox,) in installation.query(REFUSED)} == {*asked}
    assert not any(installation.sink.to(mailbox) for mailbox in asked)
