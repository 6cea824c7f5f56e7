"""What stands around a reset: doubts about an address, help on the phone, a question afterwards."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes import DOOR, Scene
from tests.browser.world import World


def call_about(page: Page, world: World) -> None:
    page.locator("header.head a[href$='/phone-help/']").click()
    expect(page.locator("#phone_help .said li").first).to_be_visible()


RESET_SCENES = [
    Scene("customer-link", "owner", "reset_request_detail", "{link}"),
    Scene("customer-asks-first", "agent", "reset_request_confirmation",
          "{jana}reset-requests/confirmation/"),
    Scene("customer-on-the-phone", "agent", "customer_detail", "{jana}", call_about, both=True),
    Scene("phone-help", "agent", "phone_help", "{jana}phone-help/"),
    Scene("feedback-no-link", DOOR, "account_feedback", "/account/feedback/1a.bad/", status=404),
    Scene("feedback-without-link", DOOR, "account_feedback_form", "/account/feedback/",
          status=404),
    Scene("bulk-undo-asks", "owner", "bulk_change_undoing", "{tagged}undoing/"),
]  # fmt: skip
