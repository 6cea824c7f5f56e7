"""A real desk, started as a person would start it, and browsers in front of it.

One demo shop serves the whole session; tests pick customers of their own from it. Nothing here
touches Django: what a test knows, it has read on a page, in a mail or in the sign-ins file.
DESK_URL and DESK_VAR_DIR name a demo that runs already, for quick work on a single test.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.demo import Desk, demo
from tests.browser.looking import is_complaint
from tests.browser.people import (
    Person,
    invite_colleague,
    people_in_list,
    sign_in_as_customer,
    sign_in_at_desk,
    take_seat,
)

# Without its windows Chromium is a third faster. The first that is there.
CHROMIUMS = "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), "")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}
# A busy machine is slow, and no failure.
PATIENCE_MS = 15_000
# Playwright's loop runs in this thread, in which tests also ask Django for rows and pages: one
# after the other, which is all that Django's guard is about.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if "browser" in one.path.parts:
            one.add_marker(pytest.mark.browser)
            if not CHROMIUM:  # the others still run; in CI a skipped test fails (tests/conftest.py)
                one.add_marker(
                    pytest.mark.skip(
                        reason="no Chromium: apt-get install -y chromium-headless-shell"
                    )
                )


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One demo for all test processes: the first to come starts it, and ends it after the last."""
    if os.environ.get("DESK_URL"):
        yield Desk(os.environ["DESK_URL"].rstrip("/"), Path(os.environ["DESK_VAR_DIR"]))
        return
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if os.environ.get("PYTEST_XDIST_WORKER") else shared
    with (shared / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(lock, fcntl.LOCK_SH)  # until it is ready
            yield Desk((shared / "demo.url").read_text(), shared / "demo")
            return
        with demo(shared / "demo") as running:
            (shared / "demo.url").write_text(running.url)
            fcntl.flock(lock, fcntl.LOCK_SH)
            yield running
            fcntl.flock(lock, fcntl.LOCK_EX)  # the others have ended as well


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


class Browsers:
    """Opens browsers of one's own and remembers what their consoles complain about."""

    def __init__(self, browser: Browser, desk: Desk) -> None:
        self.browser = browser
        self.desk = desk
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(
        self,
        *,
        language: str = "en",
        viewport: dict[str, int] = WIDE,
        javascript: bool = True,
        dark: bool = False,
        cookies: list[Any] | None = None,
        proxy: str = "",
    ) -> Page:
        # Chromium goes straight to this machine's own addresses unless it is told not to.
        way: Any = {"server": proxy, "bypass": "<-loopback>"} if proxy else None
        context = self.browser.new_context(
            proxy=way,
            base_url=self.desk.url,
            locale="de-DE" if language == "de" else "en-GB",
            viewport=viewport,  # type: ignore[arg-type]  # a plain dict of width and height
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(cookies or [])
        self.contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda line: self._listen(page, line))
        page.on("requestfailed", self._miss)
        return page

    def _listen(self, page: Page, line: Any) -> None:
        if is_complaint(line):
            self.complaints.append(f"{page.url}: {line.text}")

    def _miss(self, request: Any) -> None:
        """A page without its style still has all its words: nobody else would notice."""
        is_cut_off = request.failure == "net::ERR_ABORTED"  # somebody went on to another page
        if request.resource_type in {"stylesheet", "script", "image"} and not is_cut_off:
            self.complaints.append(f"{request.url}: {request.failure}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@pytest.fixture
def open_page(browser: Browser, desk: Desk) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own: `open_page(language="de", viewport=PHONE, javascript=False)`.

    Errors in the console, CSP reports included, fail the test at its end.
    """
    browsers = Browsers(browser, desk)
    yield browsers.open
    browsers.close()
    assert browsers.complaints == []


class Seats:
    """Whoever has signed in once stays so: each test gets a browser with that session.

    For tests that end no session. All but the "first_owner" were invited by mail, and read the
    desk in the language of their browser.
    """

    def __init__(self, browsers: Browsers) -> None:
        self.browsers = browsers
        self.cookies: dict[str, list[Any]] = {}

    def of(self, who: str) -> list[Any]:
        if who not in self.cookies:
            page = self.browsers.open()
            self._sit_down(page, who)
            self.cookies[who] = list(page.context.cookies())
            page.context.close()
            self.browsers.contexts.remove(page.context)
        return self.cookies[who]

    def _sit_down(self, page: Page, who: str) -> None:
        desk = self.browsers.desk
        if who == "customer":
            sign_in_as_customer(page, *desk.sign_in_of("customer"))
        elif who == "first_owner":
            sign_in_at_desk(page, *desk.sign_in_of("owner"))
        else:
            inviting = self.browsers.open(cookies=self.of("first_owner"))
            colleague = invite_colleague(inviting, desk, role=who)
            sign_in_at_desk(page, *take_seat(page, desk, colleague))


@pytest.fixture(scope="session")
def seats(browser: Browser, desk: Desk) -> Iterator[Seats]:
    browsers = Browsers(browser, desk)
    yield Seats(browsers)
    browsers.close()


@pytest.fixture
def sit_down(open_page: Callable[..., Page], seats: Seats) -> Callable[..., Page]:
    """A browser in which somebody is signed in already: `sit_down("agent", viewport=PHONE)`."""
    return lambda who, **options: open_page(cookies=seats.of(who), **options)


@pytest.fixture(scope="session")
def muellers(desk: Desk, seats: Seats) -> Iterator[Person]:
    """People with an account and orders, each for one test of one process; Müllers come first."""
    page = seats.browsers.open(cookies=seats.of("agent"))
    page.goto("/admin/customers/?q=m%C3%BCller&view=account&orders_min=1")
    found = people_in_list(page)
    page.goto("/admin/customers/?view=account&orders_min=1")
    found += people_in_list(page)
    known = {one["email"] for one in desk.sign_ins()}
    fit = {person.email: person for person in found if person.email not in known}
    worker, workers = _place_among_workers()
    return iter(list(fit.values())[worker::workers])


def _place_among_workers() -> tuple[int, int]:
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return int(name.removeprefix("gw")), int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
