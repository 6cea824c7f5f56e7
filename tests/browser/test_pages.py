"""Every page, in both languages, wide and on a phone, by day and by night: looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import scenes
from tests.browser import world as worlds
from tests.browser.conftest import WIDE, Browsers, Desk, Seats
from tests.browser.looks import LOOKS, defects, look_as
from tests.browser.people import Person
from tests.browser.scenes import Scene
from tests.browser.scenes_of_alarms import ALARM_SCENES
from tests.browser.scenes_of_bulk import BULK_SCENES
from tests.browser.scenes_of_checks import CHECK_SCENES
from tests.browser.scenes_of_devices import DEVICE_SCENES
from tests.browser.scenes_of_lists import LIST_SCENES
from tests.browser.scenes_of_moves import MOVE_SCENES
from tests.browser.scenes_of_resets import RESET_SCENES
from tests.browser.world import World
from tests.test_every_page import pages

SCENES = [
    *scenes.SCENES,
    *LIST_SCENES,
    *MOVE_SCENES,
    *BULK_SCENES,
    *CHECK_SCENES,
    *ALARM_SCENES,
    *DEVICE_SCENES,
    *RESET_SCENES,
]
# Addresses that show no page of their own: they act and lead back, or answer machines.
ACTIONS = {
    # Ask first, by a dialog or as a page: test_rare_imports looks at both.
    "import_cancellation", "import_undoing",
    "bulk_change_attempts", "bulk_change_cancellation",
    "bulk_change_start", "bulk_change_counting", "bulk_change_pause", "bulk_change_resumption",
    "bulk_change_results",
    "duplicate_dismissal", "duplicate_search",
    "account_device_removal", "desk_session_removal", "customer_sign_out", "team_sign_out",
    "account_another_link", "desk_another_link", "account_logout", "customer_address_default",
    "customer_address_removal", "customer_disabling", "customer_enabling",
    "customer_identity_add", "customer_identity_primary", "customer_identity_removal",
    "import_attempts", "import_changes",
    "import_pause", "import_problems", "import_resumption", "import_start",
    "import_mapping", "import_remapping", "customer_letter_state",
    "customer_menu", "customer_note_add", "customer_note_removal",
    "customer_tag_add", "customer_tag_removal",
    "reset_request_settlement",
    "flag_settlement", "identity_check_code", "identity_check_ending", "identity_check_proof",
    "delivery_attempts", "delivery_dismissal", "demo_mail_html", "demo_mail_json", "desk_link",
    "desk_logout", "desk_sessions", "healthz", "held_mail_removal", "held_mail_sending",
    "language_choice", "list_columns", "list_view_query", "list_view_removal",
    "mail_attempts", "mail_dismissal", "mail_reports", "mention_seen", "metrics", "readyz",
    "reset_request_create", "reset_request_withdrawal", "shop_logo", "shop_logo_removal",
    "shop_logo_upload", "team_deactivation", "team_link", "team_reactivation", "team_role",
    "tag_list", "team_second_factor_removal", "theme_css",
}  # fmt: skip


@pytest.fixture(scope="session")
def world(desk: Desk, seats: Seats, muellers: Iterator[Person]) -> World:
    return worlds.build(desk, seats, next(muellers))


def test_no_page_is_forgotten() -> None:
    names = {page.name for page in pages() if page.name != "ui_page"}
    assert names - {scene.shows for scene in SCENES} - ACTIONS == set()


def test_what_the_navigation_leads_to_is_looked_at(sit_down: Callable[..., Page]) -> None:
    page = sit_down("owner")
    links = set()
    for address in ("/admin/", "/admin/settings/"):
        page.goto(address)
        for link in page.locator(".nav a, main nav a, .top .menu a").all():
            links.add((link.get_attribute("href") or "").partition("?")[0])
    assert links - {scene.address for scene in SCENES} == set()


class Window:
    """One browser for all pages in one language: only who is signed in changes."""

    def __init__(self, browsers: Browsers, language: str) -> None:
        self.browsers = browsers
        self.page = browsers.open(language=language)

    def hand_to(self, cookies: list[Any]) -> Page:
        self.page.context.clear_cookies()
        self.page.context.add_cookies(cookies)
        look_as(self.page, WIDE, "light")
        return self.page


@pytest.fixture(scope="session")
def windows(browser: Browser, desk: Desk) -> Iterator[dict[str, Window]]:
    opened = {one: Window(Browsers(browser, desk), one) for one in LOOKS}
    yield opened
    for window in opened.values():
        window.browsers.close()


def each_in_its_languages() -> list[tuple[Scene, str]]:
    return [(scene, language) for scene in SCENES for language in scene.languages]


@pytest.mark.parametrize(
    ("scene", "language"),
    each_in_its_languages(),
    ids=[f"{scene.name}-{language}" for scene, language in each_in_its_languages()],
)
def test_a_page_is_fit_to_be_seen(
    windows: dict[str, Window], seats: Seats, world: World, scene: Scene, language: str
) -> None:
    window = windows[language]
    page = window.hand_to([] if scene.who == "stranger" else seats.of(scene.who))
    answer = page.goto(scene.address.format(**vars(world)))
    assert answer is not None
    assert answer.status == scene.status
    if scene.then:
        scene.then(page, world)
    found = defects(page, scene.name, language, axe=language == scene.languages[0])
    found += window.browsers.complaints
    window.browsers.complaints.clear()
    assert found == []
