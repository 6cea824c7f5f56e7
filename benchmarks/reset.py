"""From the click to the mail server: `python -m benchmarks.reset --clicks 40`.

A whole installation is started (database, broker, web, workers, a mail server on loopback). Ours
is the time from sending the form to the mail server's "250", through web, event log, broker and
worker. The baseline is the first-day design in this very process: render a mail and hand it to
the same mail server inside the request, so that the customer waits as long as the server does.
"""

from __future__ import annotations

import argparse
import os
import re
import smtplib
import time
from email.message import EmailMessage

from benchmarks.harness import Measurement, Spread, compare, report, within
from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installation import Installation
from tests.faults.sink import link_in, text_of
from tests.faults.visitor import Visitor

PASSWORD = "eine-lange-Röstung-77"  # noqa: S105 -- of accounts that live for this run
OWNER = "owner@desk.example"
LIMIT_MS = 1000.0
ROW = re.compile(r'href="(/admin/customers/\d+/)"')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--backlog", type=int, default=100)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    asked = parser.parse_args()
    with throw_away_directory() as directory:
        installation = Installation(directory)
        try:
            installation.start()
            found = measure(installation, asked.clicks, asked.backlog)
        finally:
            installation.stop()
    report("Reset: click to the mail server's 250", found, json_to=asked.json)


def measure(installation: Installation, clicks: int, backlog: int) -> list[Measurement]:
    addresses = [f"person{number}@customers.example" for number in range(2 * clicks)]
    installation.bring_in(*addresses)
    staff = _owner(installation)
    pages = {address: _page_of(staff, address) for address in addresses}
    for address in addresses:
        _open_account(installation, address)
    idle, direct = _clicks(installation, staff, pages, addresses[:clicks])
    _write_letters(staff, pages, addresses, backlog)
    busy, _ = _clicks(installation, staff, pages, addresses[clicks:])
    return [
        compare(
            "idle worker, p50 (baseline: in the request)", _ms(idle.median), _ms(direct.median)
        ),
        compare("idle worker, p95 (baseline: in the request)", _ms(idle.p95), _ms(direct.p95)),
        within("idle worker, p95, within a second", _ms(idle.p95), LIMIT_MS),
        compare(
            f"behind {backlog} letters, p50 (baseline: idle)", _ms(busy.median), _ms(idle.median)
        ),
        compare(f"behind {backlog} letters, p95 (baseline: idle)", _ms(busy.p95), _ms(idle.p95)),
    ]


def _ms(seconds: float) -> float:
    return seconds * 1000


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


def _clicks(
    installation: Installation, staff: Visitor, pages: dict[str, str], addresses: list[str]
) -> tuple[Spread, Spread]:
    ours, direct = [], []
    for address in addresses:
        ours.append(_click(installation, staff, pages[address], address))
        direct.append(_in_the_request(installation, installation.sink.to(address)[-1]))
    return Spread(tuple(ours)), Spread(tuple(direct))


def _click(installation: Installation, staff: Visitor, page: str, address: str) -> float:
    form = staff.form_on(page)
    started = time.perf_counter()
    staff.post(f"{page}reset-requests/", form)
    while not _has_reset(installation, address):
        time.sleep(0.001)
    return time.perf_counter() - started


def _has_reset(installation: Installation, address: str) -> bool:
    return any("/account/reset/" in text_of(mail) for mail in installation.sink.to(address))


def _in_the_request(installation: Installation, like: EmailMessage) -> float:
    """Write a mail like this one and hand it to the same server, one connection for it; wait."""
    html = like.get_body(preferencelist=("html",))
    started = time.perf_counter()
    mail = EmailMessage()
    mail["From"], mail["To"] = "shop@desk.example", "baseline@customers.example"
    mail["Subject"] = str(like["Subject"])
    mail.set_content(text_of(like))
    mail.add_alternative(html.get_content() if html else "", subtype="html")
    with smtplib.SMTP("127.0.0.1", installation.sink.port) as server:
        server.send_message(mail)
    return time.perf_counter() - started


def _write_letters(
    staff: Visitor, pages: dict[str, str], addresses: list[str], backlog: int
) -> None:
    """Fill the ordinary queue, faster than its worker empties it."""
    for number in range(backlog):
        page = pages[addresses[number % len(addresses)]]
        staff.send(f"{page}letters/", subject=f"Letter {number}", text="Thank you. " * 50)


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
