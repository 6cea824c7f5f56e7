"""Every page there is, in every state that looks different: who opens it, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.people import PASSWORD, new_address, send_link
from tests.browser.world import World

Then = Callable[[Page, World], None]


@dataclass(frozen=True)
class Scene:
    """`shows` is the name of the page's address in the URLconf."""

    name: str
    who: str
    shows: str
    address: str
    then: Then | None = None
    status: int = 200
    both: bool = False

    @property
    def languages(self) -> list[str]:
        """After a click most are seen in the language with the longer words, some in `both`."""
        return ["de"] if self.then and not self.both else ["en", "de"]


def submit_empty(page: Page, world: World) -> None:
    """Leave a form with nothing typed, as its button would."""
    for field in page.locator("main form .input:not(select, [type=file])").all():
        field.fill("")
    page.locator("main form").evaluate_all("all => all.forEach(one => { one.noValidate = true; })")
    with page.expect_response(lambda told: told.request.method == "POST") as told:
        page.locator("main form button.primary").last.evaluate("one => one.form.requestSubmit()")
    assert told.value.status == 422
    expect(page.locator("main [aria-invalid=true], main .notice.bad").first).to_be_visible()


def press(selector: str) -> Then:
    return lambda page, world: page.locator(selector).first.click()


def type_into(selector: str, text: str) -> Then:
    return lambda page, world: page.locator(selector).first.fill(text)


def open_palette(page: Page, world: World) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type("müller")
    expect(page.locator("#palette-found a[href^='/admin/customers/']").nth(4)).to_be_visible()


def choose_rows(page: Page, world: World) -> None:
    for row in (0, 2):
        page.locator("tbody .pick .check").nth(row).check()
    expect(page.locator(".bulk [data-count]")).to_contain_text("2")


def ask_for_tags(page: Page, world: World) -> None:
    choose_rows(page, world)
    page.locator(".bulk button[value=tag]").click()
    expect(page.locator("#bulk_dialog [name=tag]")).to_be_focused()


def ask_for_link(page: Page, world: World) -> None:
    page.locator("[name=email]").fill(new_address("nobody"))
    page.locator("[name=email]").press("Enter")
    expect(page.locator("[name=email]")).to_have_count(0)


def wait_until_sent(page: Page, world: World) -> None:
    with page.expect_response(lambda told: told.request.method == "POST"):
        send_link(page)
    expect(page.locator("#reset_panel .notice.ok .trail li.done")).to_have_count(3)


def withdraw(page: Page, world: World) -> None:
    wait_until_sent(page, world)
    page.locator("#reset_panel form[action$='/withdrawal/'] button").click()
    expect(page.locator("#reset_panel form[action$='/withdrawal/']")).to_have_count(0)


def decline(page: Page, world: World) -> None:
    page.goto(next(world.to_decline))
    page.locator("form[action$='/refusal/'] button").click()
    page.wait_for_url("**/refusal/")


def first_step(page: Page, world: World) -> None:
    email, password = world.careful
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url("**/admin/login/code/")


def new_codes(page: Page, world: World) -> None:
    page.locator("[name=current]").fill(PASSWORD)
    page.locator("[name=current]").press("Enter")
    expect(page.locator("[name=current]")).to_have_count(0)


def try_too_often(page: Page, world: World) -> None:
    """Until the door closes for a while."""
    for _ in range(11):
        page.locator("[name=email]").fill("guessed@example.org")
        page.locator("[name=password]").fill("guess")
        page.locator("[name=password]").press("Enter")
        page.wait_for_load_state()
        if not page.locator("[name=password]").count():
            return


def save_what_a_colleague_saved(page: Page, world: World) -> None:
    """Two windows edit one customer: the second is shown both before either is lost."""
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("[name=company]").fill(f"Hers {new_address('firm')}")
    other.locator("[name=company]").press("Enter")
    other.wait_for_url("**" + world.long)
    other.close()
    page.locator("[name=company]").fill("Mine GmbH & Co. KG")
    with page.expect_response(lambda told: told.request.method == "POST") as told:
        page.locator("[name=company]").press("Enter")
    assert told.value.status == 409
    expect(page.locator(".notice.warn")).to_be_visible()


NOBODY = "qqzzqqzz"
DOOR = "stranger"

DESK = [
    Scene("desk-home", "owner", "home", "/admin/"),
    Scene("desk-home-read-only", "read_only", "home", "/admin/"),
    Scene("desk-palette", "owner", "home", "/admin/", open_palette, both=True),
    Scene("desk-my-menu", "owner", "home", "/admin/", press(".top details.menu summary")),
    Scene("desk-search", "owner", "desk_search", "/admin/search/?q=m%C3%BCller"),
    Scene("desk-search-nothing", "owner", "desk_search", f"/admin/search/?q={NOBODY}"),
    Scene("customers", "owner", "customer_list", "/admin/customers/"),
    Scene("customers-account", "owner", "customer_list", "/admin/customers/?view=account"),
    Scene("customers-hits", "owner", "customer_list", "/admin/customers/?q=Hohenlohe"),
    Scene("customers-nobody", "owner", "customer_list", f"/admin/customers/?q={NOBODY}"),
    Scene("customers-near", "owner", "customer_list", "/admin/customers/?q=schmitd"),
    Scene("customers-empty-tab", "owner", "customer_list", "/admin/customers/?view=account&tag=qq"),
    Scene("customers-filter", "owner", "customer_list", "/admin/customers/?account=enabled&q=mü",
          press("details[data-popover] summary")),
    Scene("customers-row-menu", "owner", "customer_list", "/admin/customers/",
          press("tbody td.more summary"), both=True),
    Scene("customers-chosen", "owner", "customer_list", "/admin/customers/", choose_rows,
          both=True),
    Scene("customers-tags-dialog", "owner", "customer_list", "/admin/customers/", ask_for_tags,
          both=True),
    Scene("bulk-ask", "owner", "bulk_change_create", "/admin/customers/bulk-changes/new/?kind=tag"),
    Scene("bulk-ask-422", "owner", "bulk_change_create",
          "/admin/customers/bulk-changes/new/?kind=tag", submit_empty),
    Scene("bulk-change", "owner", "bulk_change_detail", "{tagged}"),
    Scene("bulk-changes", "owner", "bulk_change_list", "/admin/customers/bulk-changes/"),
    Scene("duplicates", "owner", "duplicate_list", "/admin/customers/duplicates/"),
    Scene("customers-read-only", "read_only", "customer_list", "/admin/customers/"),
    Scene("customer-new", "owner", "customer_create", "/admin/customers/new/"),
    Scene("customer-new-422", "owner", "customer_create", "/admin/customers/new/", submit_empty),
    Scene("customer-new-403", "read_only", "customer_create", "/admin/customers/new/", status=403),
    Scene("customer", "owner", "customer_detail", "{jana}"),
    Scene("customer-read-only", "read_only", "customer_detail", "{jana}"),
    Scene("customer-long", "owner", "customer_detail", "{long}"),
    Scene("customer-sent", "owner", "customer_detail", "{pending}", wait_until_sent, both=True),
    Scene("customer-link", "owner", "reset_request_detail", "{link}"),
    Scene("customer-withdrawn", "owner", "customer_detail", "{pending}", withdraw),
    Scene("customer-disabled", "owner", "customer_detail", "{disabled}"),
    Scene("customer-held", "agent", "customer_detail", "{held}"),
    Scene("hold", "agent", "hold_create", "{jana}holds/"),
    Scene("hold-422", "agent", "hold_create", "{jana}holds/", submit_empty),
    Scene("hold-lifting", "owner", "hold_lifting", "{lifting}"),
    Scene("hold-lifting-422", "owner", "hold_lifting", "{lifting}", submit_empty),
    Scene("hold-lifting-check", "agent", "hold_lifting", "{lifting}"),
    Scene("customer-menu", "owner", "customer_detail", "{jana}",
          press("header.head .menu summary")),
    Scene("customer-edit-inline", "owner", "customer_detail", "{jana}",
          press("#contact a[href$='/edit/']"), both=True),
    Scene("customer-marketing-inline", "owner", "customer_detail", "{jana}",
          press("a[href$='/consents/']")),
    Scene("customer-404", "owner", "customer_detail", "/admin/customers/99999999/", status=404),
    Scene("customer-edit", "owner", "customer_edit", "{long}edit/"),
    Scene("customer-edit-409", "owner", "customer_edit", "{long}edit/",
          save_what_a_colleague_saved),
    Scene("customer-timeline", "owner", "customer_timeline", "{jana}timeline/"),
    Scene("customer-consents", "owner", "customer_consents", "{jana}consents/"),
    Scene("customer-address-new", "owner", "customer_address_add", "{long}addresses/"),
    Scene("customer-address-422", "owner", "customer_address_add", "{long}addresses/",
          submit_empty),
    Scene("customer-address", "owner", "customer_address_edit", "{address}"),
    Scene("customer-note", "owner", "customer_note_edit", "{note}"),
    Scene("customer-letter", "owner", "customer_letter", "{jana}letters/"),
    Scene("customer-letter-422", "owner", "customer_letter", "{jana}letters/", submit_empty),
    Scene("imports", "owner", "import_list", "/admin/customers/imports/"),
    Scene("imports-422", "owner", "import_list", "/admin/customers/imports/", submit_empty),
    Scene("import", "owner", "import_detail", "{imported}"),
    Scene("orders", "owner", "order_list", "/admin/orders/"),
    Scene("orders-nothing", "owner", "order_list", f"/admin/orders/?q={NOBODY}"),
    Scene("orders-filter", "owner", "order_list", "/admin/orders/",
          press("details[data-popover] summary")),
    Scene("order", "owner", "order_detail", "{order}"),
    Scene("order-404", "owner", "order_detail", "/admin/orders/99999999/", status=404),
    Scene("products", "owner", "product_list", "/admin/products/"),
    Scene("products-nothing", "owner", "product_list", f"/admin/products/?q={NOBODY}"),
    Scene("products-filter", "owner", "product_list", "/admin/products/",
          press("details[data-popover] summary")),
    Scene("product", "owner", "product_detail", "{product}"),
    Scene("product-404", "owner", "product_detail", "/admin/products/99999999/", status=404),
    Scene("mails", "owner", "mail_list", "/admin/mails/"),
    Scene("deliveries", "owner", "delivery_list", "/admin/deliveries/"),
    Scene("settings", "owner", "settings_index", "/admin/settings/"),
    Scene("settings-read-only", "read_only", "settings_index", "/admin/settings/"),
    Scene("settings-health", "owner", "health", "/admin/settings/health/"),
    Scene("settings-shop", "owner", "shop_settings", "/admin/settings/shop/"),
    Scene("settings-shop-changed", "owner", "shop_settings", "/admin/settings/shop/",
          type_into("main [name=phone]", "040 123")),
    Scene("settings-shop-422", "owner", "shop_settings", "/admin/settings/shop/", submit_empty),
    Scene("settings-accounts", "owner", "account_rules", "/admin/settings/customer-accounts/"),
    Scene("settings-accounts-read-only", "read_only", "account_rules",
          "/admin/settings/customer-accounts/"),
    Scene("settings-accounts-422", "owner", "account_rules",
          "/admin/settings/customer-accounts/", submit_empty),
    Scene("team", "owner", "team", "/admin/settings/team/"),
    Scene("team-menu", "owner", "team", "/admin/settings/team/",
          press(".plainlist details.menu summary")),
    Scene("team-422", "owner", "team", "/admin/settings/team/", submit_empty),
    Scene("team-403", "agent", "team", "/admin/settings/team/", status=403),
    Scene("profile", "owner", "profile", "/admin/profile/"),
    Scene("profile-422", "owner", "profile", "/admin/profile/", submit_empty),
    Scene("profile-password", "owner", "desk_password", "/admin/profile/password/"),
    Scene("profile-password-422", "owner", "desk_password", "/admin/profile/password/",
          submit_empty),
    Scene("second-factor", "owner", "desk_second_factor", "/admin/profile/second-factor/"),
    Scene("second-factor-422", "owner", "desk_second_factor", "/admin/profile/second-factor/",
          submit_empty),
    Scene("profile-careful", "careful", "profile", "/admin/profile/"),
    Scene("second-factor-off", "careful", "desk_second_factor_removal",
          "/admin/profile/second-factor/removal/"),
    Scene("recovery-codes", "careful", "desk_recovery_codes", "/admin/profile/recovery-codes/"),
    Scene("recovery-codes-shown", "careful", "desk_recovery_codes",
          "/admin/profile/recovery-codes/", new_codes),
    Scene("desk-404", "owner", "", "/admin/nothing-here/", status=404),
]  # fmt: skip

DESK_DOOR = [
    Scene("desk-sign-in", DOOR, "desk_login", "/admin/login/"),
    Scene("desk-sign-in-422", DOOR, "desk_login", "/admin/login/", submit_empty),
    Scene("desk-code", DOOR, "desk_code", "/admin/login/", first_step),
    Scene("desk-recover", DOOR, "desk_recover", "/admin/recover/"),
    Scene("desk-recover-422", DOOR, "desk_recover", "/admin/recover/", submit_empty),
    Scene("desk-look-in-mailbox", DOOR, "desk_recover", "/admin/recover/", ask_for_link),
    Scene("desk-link", DOOR, "desk_link_form", "{seat}"),
    Scene("desk-link-422", DOOR, "desk_link_form", "{seat}", submit_empty),
    Scene("desk-no-link", DOOR, "desk_link", "/admin/link/1a.garbage/", status=404),
    Scene("desk-too-often", DOOR, "desk_login", "/admin/login/", try_too_often),
]

STOREFRONT = [
    Scene("sign-in", DOOR, "account_login", "/account/login/"),
    Scene("sign-in-422", DOOR, "account_login", "/account/login/", submit_empty),
    Scene("too-often", DOOR, "account_login", "/account/login/", try_too_often),
    Scene("register", DOOR, "account_register", "/account/register/"),
    Scene("register-422", DOOR, "account_register", "/account/register/", submit_empty),
    Scene("recover", DOOR, "account_recover", "/account/recover/"),
    Scene("recover-422", DOOR, "account_recover", "/account/recover/", submit_empty),
    Scene("look-in-mailbox", DOOR, "account_recover", "/account/recover/", ask_for_link),
    Scene("reset", DOOR, "account_reset_form", "{reset}"),
    Scene("reset-422", DOOR, "account_reset_form", "{reset}", submit_empty),
    Scene("reset-withdrawn", DOOR, "account_reset", "{withdrawn}", status=410),
    Scene("reset-no-link", DOOR, "account_reset", "/account/reset/1a.garbage/", status=404),
    Scene("activate", DOOR, "account_activate_form", "{invite}"),
    Scene("activate-422", DOOR, "account_activate_form", "{invite}", submit_empty),
    Scene("activate-no-link", DOOR, "account_activate", "/account/activate/1a.bad/", status=404),
    Scene("declined", DOOR, "account_decline", "/account/login/", decline),
    Scene("confirm", DOOR, "account_registration_form", "{confirm}"),
    Scene("confirm-422", DOOR, "account_registration_form", "{confirm}", submit_empty),
    Scene("confirm-no-link", DOOR, "account_registration", "/account/confirm/1a.bad/", status=404),
    Scene("account", "customer", "account_home", "/account/"),
    Scene("account-empty", "newcomer", "account_home", "/account/"),
    Scene("account-order", "customer", "account_order", "{own_order}"),
    Scene("account-order-404", "customer", "account_order", "/account/orders/9999999/", status=404),
    Scene("account-profile", "customer", "account_profile", "/account/profile/"),
    Scene("account-password", "customer", "account_password", "/account/password/"),
    Scene("account-password-422", "customer", "account_password", "/account/password/",
          submit_empty),
    Scene("storefront-404", DOOR, "", "/nothing-here/", status=404),
    Scene("demo-mails", DOOR, "demo_mail_list", "/demo/mail/"),
    Scene("demo-mail", DOOR, "demo_mail", "/demo/mail/", press(".plainlist a")),
]  # fmt: skip

SCENES = [*DESK, *DESK_DOOR, *STOREFRONT]
