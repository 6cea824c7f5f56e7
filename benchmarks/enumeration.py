"""Can a stopwatch tell who has an account? `python -m benchmarks.enumeration --rounds 500`.

Each page that takes an address is asked in turn with one that somebody has and with one that
nobody has, through the whole application; /account/verify/ with codes instead. AUC is how often, of
all pairs of a known and an unknown one, the known one took longer: 0.5 is a coin, 0 or 1 tells
everything. The baseline is the same with two unknown ones: what noise alone amounts to. The last
line is the naive sign-in, which hashes for known people only.
"""

from __future__ import annotations

import argparse
import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from django.utils import timezone

from benchmarks.database import a_server, use_own_database
from benchmarks.harness import Measurement, Spread, alternate, between, compare, report, say

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import SpokenCode

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
# What is typed here is a code that a customer was told on the phone.
VERIFY = "/account/verify/"
CODES = ["open code", "withdrawn code", "code of a held customer"]
LEAST, MOST = 0.45, 0.55
Ask = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--only", default="", help="pages with this in their address")
    parser.add_argument("--json", default=None, help="a file, or - for standard output")
    parser.add_argument("--database", default=NAME)
    asked = parser.parse_args()
    with a_server():
        use_own_database(asked.database)
        with no_limit_on_one_run():
            found = measure(asked.rounds, only=asked.only)
    report(f"Known and unknown, {asked.rounds} tries of each", found, json_to=asked.json)


@contextmanager
def no_limit_on_one_run() -> Iterator[None]:
    """A run asks for more than everybody together may, and at one account."""
    from accounts.throttling import LIMITS, Limit

    before = dict(LIMITS)
    met = {name for name in LIMITS if name.startswith("login of") or name.endswith("of everybody")}
    LIMITS.update({name: Limit(10**9, 60) for name in met})
    try:
        yield
    finally:
        LIMITS.update(before)


def measure(rounds: int, only: str = "") -> list[Measurement]:
    """Two lines for each page and kind of person or code, and one of the naive sign-in."""
    people = bring_in()
    strangers = (f"nobody{number}@example.de" for number in count())
    found = []
    for page in (page for page in PAGES if only in page):
        known = {kind: people[kind] for kind in PAGES[page]}
        found += told_of(page, known, strangers, rounds)
    if only in VERIFY:
        wrong = (f"{number:08}" for number in count())
        found += told_of(VERIFY, make_codes(people), wrong, rounds)
    naive = alternate(lambda: _naive(people["known"]), lambda: _naive("x@y.example"), rounds=rounds)
    return [*found, between("naive sign-in, AUC", auc(*naive), LEAST, MOST)]


def told_of(
    page: str, known: dict[str, str], strangers: Iterator[str], rounds: int
) -> Iterator[Measurement]:
    """Two lines for each kind: the medians in ms, and the AUC."""
    say(page)
    noise = auc(*_pairs(page, lambda: next(strangers), strangers, rounds))
    for kind, text in known.items():
        ours, unknown = _pairs(page, lambda text=text: text, strangers, rounds)
        label = f"{page} {kind}"
        yield compare(f"{label}, median", ours.median * 1000, unknown.median * 1000)
        yield between(f"{label}, AUC", auc(ours, unknown), LEAST, MOST, baseline=noise)


def auc(known: Spread, unknown: Spread) -> float:
    ordered = sorted(unknown.seconds)
    # Of equal ones each is the slower one by half.
    twice = sum(bisect_left(ordered, one) + bisect_right(ordered, one) for one in known.seconds)
    return twice / (2 * len(ordered) * len(known.seconds))


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
    from customers.models import Customer, Identity

    phone = "+49 40 555012"
    create = partial(Customer.create, by=None, phone=phone)
    people = {kind: create(email=addresses[kind]) for kind in CUSTOMERS}
    Identity.objects.phones().update(added_at=None)  # known from the start
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


def make_codes(people: dict[str, str]) -> dict[str, str]:
    """One of each kind, good for ten minutes where it is good."""
    from accounts.spoken import code_for

    made = [_tell_a_code(people[kind]) for kind in ("known", "invited", "held")]
    made[1].identity_check.end(by=made[1].made_by)
    return {kind: code_for(code) for kind, code in zip(CODES, made, strict=True)}


def _tell_a_code(address: str) -> SpokenCode:
    """Told at a number that the customer has had from the start."""
    from accounts.models import IdentityCheck, SpokenCode, User
    from accounts.proofs import proof_named
    from customers.models import Customer

    customer = Customer.objects.get(identities__key=address)
    colleague = User.objects.staff().active().earliest("pk")
    number = customer.identities.phones().get()
    check, kind = IdentityCheck.begin(customer, by=colleague), proof_named("call_back")
    assert kind is not None
    _forget()  # a run makes no more codes than a colleague may, and the one before it neither
    return SpokenCode.start(check, kind, number, by=colleague, network="")


def _pairs(
    page: str, known: Callable[[], str], strangers: Iterator[str], rounds: int
) -> tuple[Spread, Spread]:
    from django.conf import settings
    from django.test import Client

    # A network's limit is no difference to measure.
    networks = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in count())
    browser = Client(headers={"Accept-Language": "en", "Host": settings.ALLOWED_HOSTS[0]})

    def ask(text: str) -> None:
        _ask(browser, page, text, next(networks))

    _forget()
    return alternate(lambda: ask(known()), lambda: ask(next(strangers)), rounds=rounds)


def _ask(browser: Client, page: str, text: str, network: str) -> None:
    typed = {"email": text, "code": text, "password": "Milch-und-Zucker-1"}
    answer = browser.post(page, typed, REMOTE_ADDR=network)
    assert answer.status_code in {200, 422}, answer.status_code


def _forget() -> None:
    from accounts.models import RecoveryAsk, Throttle

    Throttle.objects.all().delete()
    RecoveryAsk.objects.all().delete()


def _naive(email: str) -> bool:
    """As one writes it first: no user, no hashing."""
    from accounts.models import User

    user = User.objects.customers().with_email(email).first()
    return user is not None and user.check_password("Milch-und-Zucker-1")


if __name__ == "__main__":
    os.environ.setdefault("TESTING", "1")
    main()
