"""The whole HTML page of a search, beside its query alone and beside Django's own admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from benchmarks.harness import Measurement, Spread, alternate, compare, given_up, say, within
from benchmarks.searching import ours

if TYPE_CHECKING:
    from django.test import Client

ADMIN_GOAL = 1 / 20
PAGE_LIMIT_MS = 100.0
OURS, ADMIN = "/admin/customers/", "/admin/plain/benchmarks/naivecustomer/"
# Some of each kind: the admin takes seconds for each.
CLASSES = [
    *("2 letters, mid", "3 letters, common", "6 letters, rare", "6 letters, none"),
    *(
        "12 letters, common",
        "two words, common",
        "name and place",
        "street",
        "phone, fragment of 6",
    ),
    *("full e-mail", "old rows, one name"),
]


def pages(terms: dict[str, str], rounds: int, *, every: int) -> list[Measurement]:
    """p95 of the page beside the admin's median; of the admin, one round with `every` of ours."""
    from django.conf import settings
    from django.test import override_settings

    installed = [*settings.INSTALLED_APPS, "django.contrib.admin.apps.SimpleAdminConfig"]
    installed.append("benchmarks")
    with override_settings(ROOT_URLCONF="benchmarks.plain_admin", INSTALLED_APPS=installed):
        browser = _signed_in()
        say("Asking for whole pages of a search, ours and the admin's …")
        found = {name: _measure(browser, terms[name], rounds, every) for name in CLASSES}
    return [
        *(_beside_admin(f"search page: {name}", *pairs[1]) for name, pairs in found.items()),
        _worst([pairs[1] for pairs in found.values()]),
        _beyond_query([pairs[0] for pairs in found.values()]),
    ]


def _measure(
    browser: Client, term: str, rounds: int, every: int
) -> tuple[tuple[Spread, Spread], tuple[Spread, Spread]]:
    page = _asking(browser, OURS, term)
    beside_query = alternate(page, ours(text=term), rounds=rounds)
    admin = _asking(browser, ADMIN, term)
    return beside_query, alternate(page, admin, rounds=rounds, every=every)


def _asking(browser: Client, path: str, term: str) -> Callable[[], None]:
    def ask() -> None:
        answer = browser.get(path, {"q": term})
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def _signed_in() -> Client:
    from django.conf import settings

    from accounts.models import User
    from tests.factories.accounts import StaffFactory, sign_in

    email = "agent@desk.example"
    agent = User.objects.filter(email=email).first() or StaffFactory(email=email)
    return sign_in(agent, headers={"Accept-Language": "en", "Host": settings.ALLOWED_HOSTS[0]})


def _beside_admin(name: str, page: Spread, admin: Spread) -> Measurement:
    return compare(f"{name} (baseline: Django admin)", page.p95 * 1000, admin.median * 1000)


def _worst(pairs: list[tuple[Spread, Spread]]) -> Measurement:
    page, admin = max(one.p95 for one, _ in pairs), max(one.median for _, one in pairs)
    name = "search page: worst p95 (baseline: Django admin's worst)"
    return compare(name, page * 1000, admin * 1000, goal=ADMIN_GOAL)


def _beyond_query(pairs: list[tuple[Spread, Spread]]) -> Measurement:
    """What the page takes beyond its query, of the class where that is most."""
    beyond = max(page.p95 - query.p95 for page, query in pairs) * 1000
    line = within("search page: most beyond its query, p95", beyond, PAGE_LIMIT_MS)
    return given_up(line, sum(query.missed for _, query in pairs))
