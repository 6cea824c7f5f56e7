"""Who is asking: the check as it begins, and the page where a customer types a code."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.scenes import DOOR, Scene, press, submit_empty
from tests.browser.world import World


def type_a_code(page: Page, world: World) -> None:
    page.locator("[name=code]").fill("ABCD-EFGH")
    page.locator("[name=code]").press("Enter")
    expect(page.locator("[name=code]")).to_have_count(0)


# What a check shows later on is looked at in test_identity_check_looks.py.
CHECK_SCENES = [
    Scene("identity-check-begin", "owner", "identity_check", "{jana}identity-checks/"),
    Scene("identity-check", "agent", "identity_check_detail", "{jana}",
          press("header.head form[action$='/identity-checks/'] button"), both=True),
    Scene("verify", DOOR, "account_verify", "/account/verify/"),
    Scene("verify-422", DOOR, "account_verify", "/account/verify/", submit_empty),
    Scene("verified", DOOR, "account_verify", "/account/verify/", type_a_code),
]  # fmt: skip
