"""Can a stopwatch tell who has an account? `python -m benchmarks.enumeration --rounds 200`.

Each page that takes an address is asked in turn with one that somebody has and with one that
nobody has, through the whole application. Of each pair the slower one is guessed to be the known
one; a share of 50 % right guesses is a coin. The baseline is the same with two unknown addresses:
what noise alone amounts to. The last line is the naive sign-in, which hashes for known people only.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

from django.utils import timezone

from benchmarks.database import a_server, use_own_database
from benchmarks.harness import Measurement, Spread, alternate, compare, report, say

if TYPE_CHECKING:
    from django.test import Client

NAME = "shopdesk_benchmark_enumeration"
PASSWORD = "eine-lange-Röstung-77"  # noqa: S105 -- of accounts that live for this run
# "throttled": mailed as often as one mailbox may be.
CUSTOMERS = ["known", "disabled", "held", "invited", "no account", "throttled"]
PAGES = {
    "/account/login/": ["known", "disabled", "held", "invited", "no account"],
    "/account/recover/": [*CUSTOMERS],
    "/account/register/": [*CUSTOMERS],
    "/admin/login/": ["colleague", "deactivated", "new colleague"],
    "/admin/recover/": ["colleague", "deactivated", "new colleague"],
}
# Right guesses, beside those that noise alone gives.
GOAL = 1.2
Ask = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    parser.add_argument("--database", default=NAME)
    asked = parser.parse_args()
    with a_server(), no_limit_on_everybody():
        use_own_database(asked.database)
        found = measure(asked.rounds)
    report(f"Known and unknown addresses, {asked.rounds} pairs each", found, json_to=asked.json)


@contextmanager
def no_limit_on_everybody() -> Iterator[None]:
    """A run asks for more than everybody together may within a minute."""
    from accounts.throttling import LIMITS, Limit

    before = dict(LIMITS)
    LIMITS.update({name: Limit(10**9, 60) for name in LIMITS if name.endswith("of everybody")})
    try:
        yield
    finally:
        LIMITS.update(before)


def measure(rounds: int) -> list[Measurement]:
    """Two lines for each page and kind of person, and one of the naive sign-in."""
    people = bring_in()
    strangers = (f"nobody{number}@example.de" for number in count())
    found = []
    for page, kinds in PAGES.items():
        say(page)
        noise = _told_apart(*_pairs(page, lambda: next(strangers), strangers, rounds))
        for kind in kinds:
            known, unknown = _pairs(page, lambda kind=kind: people[kind], strangers, rounds)
            label = f"{page} {kind}"
            found.append(compare(f"{label}, median", known.median * 1000, unknown.median * 1000))
            right = _told_apart(known, unknown)
            found.append(compare(f"{label}, right guesses", right, noise, unit="%", goal=GOAL))
    naive = alternate(lambda: _naive(people["known"]), lambda: _naive("x@y.example"), rounds=rounds)
    found.append(compare("naive sign-in, right guesses", _told_apart(*naive), 50.0, unit="%"))
    return found


def bring_in() -> dict[str, str]:
    """Somebody of each kind, by the app's own verbs; found again by a second run."""
    from accounts.models import User
    from core.permissions import Role
    from customers.models import Identity

    addresses = {kind: f"{kind.replace(' ', '-')}@customers.example" for kind in CUSTOMERS}
    colleagues = ["colleague", "deactivated", "new colleague"]
    addresses |= {kind: f"{kind.replace(' ', '-')}@desk.example" for kind in colleagues}
    if Identity.objects.filter(key=addresses["known"]).exists():
        return addresses
    _bring_in_customers(addresses)
    _join(User.invite(addresses["colleague"], role=Role.AGENT, by=None, mailed=False))
    leaver = User.invite(addresses["deactivated"], role=Role.AGENT, by=None, mailed=False)
    _join(leaver)
    leaver.deactivate(by=None)
    User.invite(addresses["new colleague"], role=Role.AGENT, by=None, mailed=False)
    return addresses


def _bring_in_customers(addresses: dict[str, str]) -> None:
    from accounts.models import Hold, HoldReason, MailBudget, ResetRequest, Share
    from customers.models import Customer

    people = {kind: Customer.create(by=None, email=addresses[kind]) for kind in CUSTOMERS}
    ResetRequest.start(people["throttled"], by=None).redeem(PASSWORD)
    # So far theirs is the only budget: used up, and none of it an hour old during this run.
    MailBudget.objects.update(taken_at=[timezone.now()] * max(Share))
    for kind in ("known", "disabled", "held"):
        ResetRequest.start(people[kind], by=None).redeem(PASSWORD)
    people["disabled"].disable(by=None)
    Hold.put_on(people["held"], by=None, reason=HoldReason.RULE)
    ResetRequest.start(people["invited"], by=None)


def _join(colleague: object) -> None:
    from accounts.models import StaffLink

    StaffLink.objects.open().get(user=colleague).redeem(PASSWORD)


def _pairs(
    page: str, known: Callable[[], str], strangers: Iterator[str], rounds: int
) -> tuple[Spread, Spread]:
    from django.conf import settings
    from django.test import Client

    # A limit on one account is no difference to measure, and neither is a network's.
    networks = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in count())
    browser = Client(headers={"Accept-Language": "en", "Host": settings.ALLOWED_HOSTS[0]})

    def ask(email: str) -> None:
        _ask(browser, page, email, next(networks))

    _forget()
    return alternate(lambda: ask(known()), lambda: ask(next(strangers)), rounds=rounds)


def _ask(browser: Client, page: str, email: str, network: str) -> None:
    typed = {"email": email, "password": "Milch-und-Zucker-1"}
    answer = browser.post(page, typed, REMOTE_ADDR=network)
    assert answer.status_code in {200, 422, 429}, answer.status_code


def _forget() -> None:
    from accounts.models import RecoveryAsk, Throttle

    Throttle.objects.all().delete()
    RecoveryAsk.objects.all().delete()


def _told_apart(known: Spread, unknown: Spread) -> float:
    """Per cent of right guesses: how often one side is the slower one of a pair."""
    pairs = zip(known.seconds, unknown.seconds, strict=True)
    slower = sum(a > b for a, b in pairs) / len(known.seconds) * 100
    return max(slower, 100 - slower)


def _naive(email: str) -> bool:
    """As one writes it first: no user, no hashing."""
    from accounts.models import User

    user = User.objects.customers().with_email(email).first()
    return user is not None and user.check_password("Milch-und-Zucker-1")


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
