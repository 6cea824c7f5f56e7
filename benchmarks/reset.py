"""From the click to the mail server: `python -m benchmarks.reset --clicks 30`.

A whole installation is started (database, broker, web, workers, a mail server on loopback). Ours
is the time from sending the form to the mail server's "250", through web, event log, broker and
worker: of a colleague who clicks, and of a customer who asks at the storefront. The baseline is
Django's own PasswordResetView on the same servers (`benchmarks.in_the_request`), which does all of
it inside the request. Nobody follows a redirect that answers. Then colleagues click again while
tens of thousands of mails wait in the bulk queue, which are counted before and after.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import psycopg

from benchmarks.harness import Measurement, Spread, compare, report, within
from shopdesk.launcher.embedded import throw_away_directory
from shopdesk.launcher.supervisor import Program
from tests.faults.installation import Installation
from tests.faults.sink import Sink, free_port, link_in, text_of
from tests.faults.visitor import Visitor
from tests.waiting import wait_until

PASSWORD = "eine-lange-Röstung-77"  # noqa: S105 -- of accounts that live for this run
OWNER = "owner@desk.example"
LIMIT_MS, BEHIND_LIMIT_MS = 1000.0, 2000.0
# A click whose mail has not come by then brings none.
LONGEST_SECONDS = 120
ROW = re.compile(r'href="(/admin/customers/\d+/)"')
WAITING = """
SELECT count(*) FROM notifications_mail
WHERE kind = 'message_from_staff' AND handed_over_at IS NULL AND failed_at IS NULL
"""
FILL = """
from accounts.models import User
from customers.models import Customer, Letter
from django.db import transaction
from events.models import Event
from notifications.queueing import Addressed, queue_many
customer, author = Customer.objects.with_contact().first(), User.objects.get(email={owner!r})
letter = Letter.objects.create(
    customer=customer, author=author, to=customer.primary_email, subject="Hello", text="Bye. " * 100
)
people = (f"reader{{number}}@customers.example" for number in range({count}))
with transaction.atomic():
    queue_many(
        (Addressed("message_from_staff", one, "en", letter, None) for one in people),
        cause=Event.objects.latest("pk"),
    )
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--backlog", type=int, default=50_000, help="mails that wait meanwhile")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    with throw_away_directory() as directory:
        installation = Installation(directory)
        try:
            installation.start()
            found = measure(installation, asked.clicks, asked.backlog, say=_say)
        finally:
            installation.stop()
    report("Reset: click to the mail server's 250", found, json_to=asked.json)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def measure(
    installation: Installation, clicks: int, backlog: int, *, say: Callable[[str], object] = print
) -> list[Measurement]:
    addresses = [f"person{number}@customers.example" for number in range(3 * clicks)]
    installation.bring_in(*addresses)
    staff = _owner(installation)
    for address in addresses:
        _open_account(installation, address)
    idle, asked, django = _idle(installation, staff, addresses[: 2 * clicks])
    behind = _Clicks()
    pages = {address: _page_of(staff, address) for address in addresses[2 * clicks :]}
    _fill_the_bulk_queue(installation, backlog)
    before = _waiting(installation)
    for address, page in pages.items():
        behind.add(_click(installation.sink, staff, page, address))
    after = _waiting(installation)
    say(f"Mails waiting: {before:,} before the clicks, {after:,} after them")
    return [*_idle_lines(idle, asked, django), *_behind_lines(behind, idle, before, after)]


def _idle(
    installation: Installation, staff: Visitor, addresses: list[str]
) -> tuple[_Clicks, _Clicks, _Clicks]:
    """Of a colleague, of a customer and of Django's own view, in turn."""
    idle, asked, django = _Clicks(), _Clicks(), _Clicks()
    naive = Visitor(_in_the_request(installation))
    for clicked, asking in zip(addresses[::2], addresses[1::2], strict=True):
        idle.add(_click(installation.sink, staff, _page_of(staff, clicked), clicked))
        asked.add(_ask(installation.sink, Visitor(installation.url), "/account/recover/", asking))
        django.add(_ask(installation.sink, naive, "/reset/", asking))
    return idle, asked, django


class _Clicks:
    """What each click took until the answer, and until the mail server's 250."""

    def __init__(self) -> None:
        self.answers: list[float] = []
        self.mails: list[float] = []

    def add(self, times: tuple[float, float]) -> None:
        self.answers.append(times[0] * 1000)
        self.mails.append(times[1] * 1000)

    @property
    def mail(self) -> Spread:
        return Spread(tuple(self.mails))

    @property
    def answer(self) -> Spread:
        return Spread(tuple(self.answers))


def _idle_lines(ours: _Clicks, asked: _Clicks, django: _Clicks) -> list[Measurement]:
    beside = "(baseline: Django's PasswordResetView)"
    return [
        compare(f"click, idle worker, p50 {beside}", ours.mail.median, django.mail.median),
        compare(f"click, idle worker, p95 {beside}", ours.mail.p95, django.mail.p95),
        within("click, idle worker, p95, within a second", ours.mail.p95, LIMIT_MS),
        compare(f"customer asks, p50 {beside}", asked.mail.median, django.mail.median),
        compare(f"customer asks, p95 {beside}", asked.mail.p95, django.mail.p95),
        compare(f"answer to the click, p95 {beside}", ours.answer.p95, django.answer.p95, goal=1),
        compare(f"answer to the ask, p50 {beside}", asked.answer.median, django.answer.median),
        compare(f"answer to the ask, p95 {beside}", asked.answer.p95, django.answer.p95, goal=1),
    ]


def _behind_lines(behind: _Clicks, idle: _Clicks, before: int, after: int) -> list[Measurement]:
    """A queue that ran empty meanwhile proves nothing, and is reported as missed."""
    name = f"click behind {before:,} to {after:,} mails"
    lines = [
        compare(f"{name}, p50 (baseline: idle)", behind.mail.median, idle.mail.median),
        compare(f"{name}, p95 (baseline: idle)", behind.mail.p95, idle.mail.p95),
        within(f"{name}, p95, within two seconds", behind.mail.p95, BEHIND_LIMIT_MS),
    ]
    return lines if after else [replace(line, met=False) for line in lines]


def _owner(installation: Installation) -> Visitor:
    """An owner, signed in at the desk, by the command and pages that owners use."""
    link = installation.manage("create_owner", OWNER).strip()
    staff = Visitor(installation.url)
    staff.send(link, name="Olivia Owner", password=PASSWORD)
    answer = staff.send("/admin/login/", email=OWNER, password=PASSWORD)
    assert answer.url == f"{installation.url}/admin/", answer.url
    return staff


def _page_of(staff: Visitor, address: str) -> str:
    found = ROW.search(staff.get(f"/admin/customers/?q={address}").text)
    assert found, address
    return found.group(1)


def _open_account(installation: Installation, address: str) -> None:
    Visitor(installation.url).send("/account/recover/", email=address)
    link = link_in(installation.sink.wait_for(address)[-1])
    Visitor(installation.url).send(link, password=PASSWORD)


def _in_the_request(installation: Installation) -> str:
    """The address of the baseline's web server, which answers."""
    port = str(free_port())
    uvicorn = [sys.executable, "-m", "uvicorn", "benchmarks.in_the_request:application"]
    command = [*uvicorn, "--port", port, "--lifespan", "off", "--no-access-log"]
    log = installation.directory / "log" / "baseline.log"
    env = installation.environment
    installation.add_part(Program(name="The baseline", command=command, log=log, env=env))
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: Visitor(url).get("/").status == 404, seconds=60, what="the baseline")
    return url


def _click(sink: Sink, staff: Visitor, page: str, address: str) -> tuple[float, float]:
    form = staff.form_on(page)
    return _timed(sink, address, lambda: staff.send_off(f"{page}reset-requests/", form).status)


def _ask(sink: Sink, visitor: Visitor, page: str, address: str) -> tuple[float, float]:
    form = visitor.form_on(page)
    return _timed(sink, address, lambda: visitor.send_off(page, form, email=address).status)


def _timed(sink: Sink, address: str, click: Callable[[], int]) -> tuple[float, float]:
    mails = _Arrivals(sink, len(sink.mails))
    started = time.perf_counter()
    status = click()
    answered = time.perf_counter() - started
    assert status in {200, 302}, status
    while not mails.bring_reset_to(address):
        if time.perf_counter() - started > LONGEST_SECONDS:
            raise SystemExit(f"No mail has come to {address}.")
        time.sleep(0.001)
    return answered, time.perf_counter() - started


@dataclass
class _Arrivals:
    """Reads each new mail once, however often it is asked."""

    sink: Sink
    read: int

    def bring_reset_to(self, address: str) -> bool:
        new = self.sink.mails[self.read :]
        self.read += len(new)
        return any(address in mail["To"] and "/account/reset/" in text_of(mail) for mail in new)


def _fill_the_bulk_queue(installation: Installation, count: int) -> None:
    """While nobody empties it; then its worker begins."""
    installation.kill_part("The worker")
    installation.manage("shell", "--no-imports", "-c", FILL.format(owner=OWNER, count=count))
    installation.start_part("The worker")
    wait_until(lambda: _waiting(installation) < count, seconds=60, what="the first mail to leave")


def _waiting(installation: Installation) -> int:
    with psycopg.connect(installation.postgres.url) as connection:
        found = connection.execute(WAITING).fetchone()
        assert found is not None
        return int(found[0])


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
