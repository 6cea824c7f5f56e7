"""From the click to the mail server: `python -m benchmarks.reset --clicks 30`.

A whole installation is started (database, broker, web, workers, a mail server on loopback). Ours
is the time from sending the form to the mail server's "250", through web, event log, broker and
worker. The baseline does all of it inside the request (`benchmarks.in_the_request`), on the same
servers. Neither side follows the redirect that answers the click. Then the clicks are made again
while thousands of other letters wait, which are counted before and after.
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
from tests.faults.visitor import Form, Visitor
from tests.waiting import wait_until

PASSWORD = "eine-lange-Röstung-77"  # noqa: S105 -- of accounts that live for this run
OWNER = "owner@desk.example"
LIMIT_MS = 1000.0
# A click whose mail has not come by then brings none.
LONGEST_SECONDS = 120
ROW = re.compile(r'href="(/admin/customers/\d+/)"')
WAITING = """
SELECT (SELECT count(*) FROM customers_letter) - count(*) FROM notifications_mail
WHERE kind = 'message_from_staff' AND handed_over_at IS NOT NULL
"""
WRITE_LETTERS = """
from accounts.models import User
from customers.models import Customer, Letter
staff, people = User.objects.get(email={owner!r}), list(Customer.objects.with_contact())
text = "Thank you. " * 50
for number in range({letters}):
    Letter.write(people[number % len(people)], by=staff, subject=f"Letter {{number}}", text=text)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--backlog", type=int, default=3000, help="letters that wait meanwhile")
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
    addresses = [f"person{number}@customers.example" for number in range(2 * clicks)]
    installation.bring_in(*addresses)
    staff = _owner(installation)
    pages = {address: _page_of(staff, address) for address in addresses}
    for address in addresses:
        _open_account(installation, address)
    naive = Visitor(_in_the_request(installation))
    idle, direct = _Clicks(), _Clicks()
    for address in addresses[:clicks]:
        idle.add(_click(installation.sink, staff, pages[address], address))
        direct.add(_naive_click(installation.sink, naive, address))
    behind = _Clicks()
    _write_letters(installation, backlog)
    before = _waiting(installation)
    for address in addresses[clicks:]:
        behind.add(_click(installation.sink, staff, pages[address], address))
    after = _waiting(installation)
    say(f"Letters waiting: {before:,} before the clicks, {after:,} after them")
    return [*_idle_lines(idle, direct), *_behind_lines(behind, idle, before, after)]


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


def _idle_lines(ours: _Clicks, direct: _Clicks) -> list[Measurement]:
    beside = "(baseline: all in the request)"
    return [
        compare(f"idle worker, p50 {beside}", ours.mail.median, direct.mail.median),
        compare(f"idle worker, p95 {beside}", ours.mail.p95, direct.mail.p95),
        within("idle worker, p95, within a second", ours.mail.p95, LIMIT_MS),
        compare(f"answer to the click, p50 {beside}", ours.answer.median, direct.answer.median),
    ]


def _behind_lines(behind: _Clicks, idle: _Clicks, before: int, after: int) -> list[Measurement]:
    """A queue that ran empty meanwhile proves nothing, and is reported as missed."""
    name = f"behind {before:,} to {after:,} letters"
    lines = [
        compare(f"{name}, p50 (baseline: idle)", behind.mail.median, idle.mail.median),
        compare(f"{name}, p95 (baseline: idle)", behind.mail.p95, idle.mail.p95),
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


def _naive_click(sink: Sink, naive: Visitor, address: str) -> tuple[float, float]:
    form = Form(naive.base, "")
    return _timed(sink, address, lambda: naive.send_off("/reset/", form, email=address).status)


def _timed(sink: Sink, address: str, click: Callable[[], int]) -> tuple[float, float]:
    mails = _Arrivals(sink, len(sink.mails))
    started = time.perf_counter()
    status = click()
    answered = time.perf_counter() - started
    assert status == 302, status
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


def _write_letters(installation: Installation, count: int) -> None:
    """Fill the ordinary queue while nobody empties it, and then let its worker begin."""
    installation.kill_part("The worker")
    script = WRITE_LETTERS.format(owner=OWNER, letters=count)
    installation.manage("shell", "-c", script)
    installation.start_part("The worker")
    # What the letters leave in the log is worked on before them, by the same worker.
    patience = 60 + count // 10
    wait_until(lambda: _waiting(installation) < count, seconds=patience, what="the first letter")


def _waiting(installation: Installation) -> int:
    with psycopg.connect(installation.postgres.url) as connection:
        found = connection.execute(WAITING).fetchone()
        assert found is not None
        return int(found[0])


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
