"""A real desk, started as a person would start it, and browsers in front of it.

One demo shop serves the whole session; tests pick customers of their own from it. Nothing here
touches Django: what a test knows, it has read on a page, in a mail or in the sign-ins file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
CHROMIUM = next(
    filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), ""
)
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
START_SECONDS = 240


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for one in items:
        if "browser" in one.path.parts:
            one.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                one.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install -y chromium"))


@dataclass(frozen=True)
class Desk:
    """A running installation in demo mode."""

    url: str
    var_dir: Path

    def sign_in_of(self, role: str) -> tuple[str, str]:
        people = json.loads((self.var_dir / "demo-sign-ins.json").read_text(encoding="utf-8"))
        person = next(one for one in people if one["role"] == role)
        return person["email"], person["password"]

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/demo/mail.json", timeout=10) as answer:
            mails: list[dict[str, Any]] = json.load(answer)
        return [mail for mail in mails if address in mail["to"]]

    def next_mail_to(self, address: str, *, known: int) -> dict[str, Any]:
        """The newest mail, once there are more than `known`."""
        wait_until(lambda: len(self.mails_to(address)) > known, what=f"a mail to {address}")
        return self.mails_to(address)[0]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """`manage.py up --demo` in a folder of its own; ended as with Ctrl-C."""
    var_dir = tmp_path_factory.mktemp("demo")
    port = _free_port()
    command = [
        sys.executable,
        "manage.py",
        "up",
        "--demo",
        f"--port={port}",
        f"--var-dir={var_dir}",
    ]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "TESTING", "DJANGO_SETTINGS_MODULE"}
    }
    output = var_dir / "output.txt"
    with output.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    running = Desk(f"http://127.0.0.1:{port}", var_dir)
    try:
        _wait_until_ready(running, process, output)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(desk: Desk, process: subprocess.Popen[bytes], output: Path) -> None:
    def ready() -> bool:
        assert process.poll() is None, f"the demo did not start:\n{output.read_text()[-3000:]}"
        try:
            with urllib.request.urlopen(f"{desk.url}/readyz/", timeout=2):
                return (desk.var_dir / "demo-sign-ins.json").exists()
        except OSError:
            return False

    wait_until(ready, seconds=START_SECONDS, what="the demo's start")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, desk: Desk) -> Iterator[Callable[..., Page]]:
    """Open a browser of one's own: `open_page(language="de", viewport=PHONE, javascript=False)`.

    Errors in the console, CSP reports included, fail the test at its end.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda line: complaints.append(line.text) if _is_complaint(line) else None
        )

    def open_one(
        *,
        language: str = "en",
        viewport: dict[str, int] = WIDE,
        javascript: bool = True,
        dark: bool = False,
    ) -> Page:
        context = browser.new_context(
            base_url=desk.url,
            locale="de-DE" if language == "de" else "en-GB",
            viewport=viewport,  # type: ignore[arg-type]  # a plain dict of width and height
            java_script_enabled=javascript,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        listen(page)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def _is_complaint(line: Any) -> bool:
    """Chromium calls each answer of 400 and above an error; some tests ask for refusals."""
    return line.type == "error" and "Failed to load resource" not in line.text


def sign_in(page: Page, desk: Desk, role: str = "agent") -> None:
    """Sign in at the desk as somebody of this role."""
    email, password = desk.sign_in_of(role)
    page.goto("/admin/login/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("#main")).to_be_visible()
    page.wait_for_url("**/admin/")


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page as it is, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or WIDE)["width"]
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)


def no_serious_violations(page: Page) -> None:
    """axe (WCAG 2.2 A and AA) finds nothing serious or critical on the page."""
    found = Axe().run(page).response["violations"]
    serious = [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    assert serious == [], f"{page.url}: {serious}"
