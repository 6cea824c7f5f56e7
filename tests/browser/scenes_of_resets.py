"""What stands around a reset: doubts about an address, help on the phone, a question afterwards."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes import DOOR, Scene
from tests.browser.world import World


def call_about(page: Page, world: World) -> None:
    page.locator("header.head a[href$='/phone-help/']").click()
    expect(page.locator("#phone_help .said li").first).to_be_visible()


def answer_nothing(page: Page, world: World) -> None:
    """As a browser would that leaves out which button was pressed."""
    page.locator("[name=words]").fill("Es passiert einfach nichts.")
    with page.expect_response(lambda told: told.request.method == "POST") as told:
        page.locator("main form").evaluate("one => one.requestSubmit()")
    assert told.value.status == 422
    expect(page.locator("[name=words]")).to_have_value("Es passiert einfach nichts.")


RESET_SCENES = [
    Scene("customer-link", "owner", "reset_request_detail", "{link}"),
    Scene("customer-asks-first", "agent", "reset_request_confirmation",
          "{jana}reset-requests/confirmation/"),
    Scene("customer-on-the-phone", "agent", "customer_detail", "{jana}", call_about, both=True),
    Scene("phone-help", "agent", "phone_help", "{jana}phone-help/"),
    Scene("customer-doubtful", "agent", "customer_detail", "{doubtful}", call_about, both=True),
    Scene("customer-doubtful-asks-first", "agent", "reset_request_confirmation",
          "{doubtful}reset-requests/confirmation/"),
    Scene("customer-silent", "agent", "customer_detail", "{silent}", call_about, both=True),
    Scene("customer-complains", "agent", "customer_detail", "{complains}", call_about, both=True),
    Scene("customer-complaint", "agent", "reset_request_detail", "{complaint}"),
    Scene("customer-bounced", "agent", "customer_detail", "{bounced}", call_about, both=True),
    Scene("feedback", DOOR, "account_feedback_form", "{feedback}"),
    Scene("feedback-422", DOOR, "account_feedback_form", "{feedback}", answer_nothing),
    Scene("feedback-no-link", DOOR, "account_feedback", "/account/feedback/1a.bad/", status=404),
    Scene("feedback-without-link", DOOR, "account_feedback_form", "/account/feedback/",
          status=404),
    Scene("bulk-undo-asks", "owner", "bulk_change_undoing", "{tagged}undoing/"),
]  # fmt: skip
