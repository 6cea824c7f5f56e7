"""“That wasn't me”: its pages at the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

from tests.browser.scenes import DOOR, Scene

if TYPE_CHECKING:
    from tests.browser.world import World


def sound(page: Page, world: World) -> None:
    """Press the one button; in the second language it has been pressed already."""
    if page.locator("main form button").count():
        page.locator("main form button").click()
    expect(page.locator("main .panel > .icon")).to_be_visible()


ALARM_SCENES = [
    Scene("alarm", DOOR, "account_alarm_form", "{alarm}"),
    Scene("alarm-no-link", DOOR, "account_alarm", "/account/alarm/1a.garbage/", status=404),
    Scene("alarm-sounded", DOOR, "account_alarm_form", "{sounded}", sound, both=True),
]
