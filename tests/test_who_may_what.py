"""The whole matrix: every page, everybody of the cast, looking and acting, with ids that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.test import Client

from tests.factories.accounts import sign_in
from tests.factories.customers import CustomerFactory
from tests.factories.world import one_of_everything
from tests.test_every_page import Page, behind_a_door, pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ROLES = ["reader", "agent", "lead", "owner"]

# The lowest role that may look (GET) and act (POST); "-" where there is no such request.
ANY, AGENT, LEAD, OWNER, AUTHOR, NONE = "reader", "agent", "lead", "owner", "author", "-"
MAY = {
    (ANY, NONE): {
        "home", "desk_search", "settings_index", "order_list", "order_detail", "customer_list",
        "customer_detail", "customer_timeline", "customer_letter_state", "mail_list", "tag_list",
        "delivery_list", "bulk_change_list", "bulk_change_detail", "duplicate_list",
        "product_list", "product_detail", "reset_request_detail",
    },
    # About oneself.
    (ANY, ANY): {
        "profile", "desk_password", "desk_second_factor", "desk_second_factor_removal",
        "desk_recovery_codes", "desk_sessions_everywhere", "list_views",
    },
    (NONE, ANY): {"desk_logout", "desk_sessions", "desk_session_removal", "list_columns"},
    # A mention is its addressee's, a device whoever's who signed in there: nobody of these four.
    (NONE, "addressee"): {"mention_seen"},
    (ANY, AGENT): {"reset_request_create"},
    (AGENT, NONE): {
        "customer_menu", "identity_check_detail", "reset_request_confirmation", "phone_help",
    },
    (AGENT, AGENT): {
        "customer_create", "customer_edit", "customer_address_add", "customer_address_edit",
        "customer_consents", "customer_letter", "bulk_change_create",
        "hold_create", "hold_lifting", "address_move", "identity_check", "identity_check_code",
    },
    (NONE, AGENT): {
        "customer_sign_out", "reset_request_withdrawal", "reset_request_settlement",
        "customer_identity_add", "customer_identity_removal",
        "customer_identity_primary", "customer_address_removal", "customer_address_default",
        "customer_tag_add", "customer_tag_removal", "customer_disabling", "customer_enabling",
        "customer_note_add", "flag_settlement", "duplicate_search", "duplicate_dismissal",
        "identity_check_proof", "identity_check_ending",
    },
    (AUTHOR, AUTHOR): {"customer_note_edit", "list_view_name"},
    (NONE, AUTHOR): {"list_view_query", "list_view_removal"},
    (ANY, LEAD): {"shop_settings", "account_rules"},
    (LEAD, LEAD): {
        "team", "import_list", "customer_exports",
        # Each asks first.
        "import_cancellation", "import_undoing", "bulk_change_undoing",
    },
    (LEAD, NONE): {"import_detail", "health"},
    (NONE, LEAD): {
        "import_problems", "import_changes",
        "team_role", "team_link", "team_sign_out", "team_deactivation", "team_reactivation",
        "import_start", "import_attempts", "import_pause", "import_resumption", "import_mapping",
        "import_remapping",
        "customer_note_removal", "bulk_change_cancellation", "bulk_change_attempts",
        "bulk_change_start", "bulk_change_counting", "bulk_change_pause",
        "bulk_change_resumption", "bulk_change_results",
        "mail_attempts", "mail_dismissal", "delivery_attempts", "delivery_dismissal",
        "shop_logo_upload", "shop_logo_removal", "held_mail_sending", "held_mail_removal",
    },
    (NONE, OWNER): {"team_second_factor_removal"},
}  # fmt: skip


@pytest.fixture
def world(cast: dict[str, User], customer: Customer) -> Any:
    return one_of_everything(customer, author=cast["lead"], colleague=cast["other_agent"])


def address(page: Page, world: dict[str, dict[str, int]]) -> str:
    beginning = next(begin for begin in world if page.route.startswith(begin))
    path = "/" + page.route
    for name, pk in world[beginning].items():
        path = path.replace(f"<int:{name}>", str(pk))
    return (
        path.replace("<token:token>", "1.garbage")
        .replace("<slug:name>", "customer")
        .replace("<slug:proof>", "call_back")
        .replace("<slug:device>", "0" * 16)
    )


def status(browser: Client, method: str, url: str) -> int:
    """What is answered; what was done is undone."""
    with transaction.atomic():
        answer = getattr(browser, method)(url)
        transaction.set_rollback(True)
    return int(answer.status_code)


def told(browser: Client, page: Page, world: Any) -> tuple[str, str]:
    """What becomes of looking and of acting: "yes", "no" or "-"."""
    words = {403: "no", 404: "no", 405: NONE}
    get, post = (status(browser, method, address(page, world)) for method in ("get", "post"))
    assert max(get, post) < 500, page.name
    return words.get(get, "yes"), words.get(post, "yes")


def expected(who: str, lowest: str) -> str:
    if lowest == NONE:
        return NONE
    if lowest in {AUTHOR, "addressee"}:
        return "yes" if who == "lead" and lowest == AUTHOR else "no"
    return "yes" if ROLES.index(who) >= ROLES.index(lowest) else "no"


def test_every_page_of_the_desk_stands_in_the_matrix() -> None:
    names = [name for group in MAY.values() for name in group]
    assert sorted(names) == sorted(page.name for page in behind_a_door() if page.is_desk)


@pytest.mark.parametrize("who", ROLES)
def test_each_role_may_what_the_matrix_says(cast: dict[str, User], world: Any, who: str) -> None:
    lowest = {name: pair for pair, names in MAY.items() for name in names}
    wrong = {}
    for page in behind_a_door():
        if page.is_desk:
            get, post = lowest[page.name]
            found = told(sign_in(cast[who]), page, world)
            if found != (expected(who, get), expected(who, post)):
                wrong[page.name] = found
    assert wrong == {}


def departed_staff(cast: dict[str, User], _customer: Customer) -> Client:
    """Their session's row is put back, as if the end of it had been missed."""
    browser = sign_in(cast["agent"])
    cast["agent"].deactivate(by=cast["owner"])
    browser.cookies.update(sign_in(cast["agent"]).cookies)
    return browser


def disabled_customer(_cast: dict[str, User], customer: Customer) -> Client:
    browser = sign_in(customer.user)
    customer.disable(by=None)
    browser.cookies.update(sign_in(customer.user).cookies)
    return browser


def customer_of_the_shop(_cast: dict[str, User], customer: Customer) -> Client:
    return sign_in(customer.user)


def nobody(_cast: dict[str, User], _customer: Customer) -> Client:
    return Client()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "person", [departed_staff, disabled_customer, customer_of_the_shop, nobody]
)
def test_the_desk_lets_in_no_one_else(
    cast: dict[str, User], customer: Customer, world: Any, person: Any, method: str
) -> None:
    browser = person(cast, customer)
    let_in = [
        page.name
        for page in behind_a_door()
        if page.is_desk and getattr(browser, method)(address(page, world)).status_code != 302
    ]
    assert let_in == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("person", [departed_staff, disabled_customer, nobody])
def test_nor_does_the_account(
    cast: dict[str, User], customer: Customer, world: Any, person: Any, method: str
) -> None:
    browser = person(cast, customer)
    let_in = [
        page.name
        for page in behind_a_door()
        if not page.is_desk and getattr(browser, method)(address(page, world)).status_code != 302
    ]
    assert let_in == []


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_have_no_customers_account(
    cast: dict[str, User], world: Any, who: str, method: str
) -> None:
    browser = sign_in(cast[who])
    for page in behind_a_door():
        if not page.is_desk:
            assert getattr(browser, method)(address(page, world)).status_code == 302, page.name


def test_a_customer_sees_their_own_order_and_nobody_elses(customer: Customer, world: Any) -> None:
    other = CustomerFactory(email="other@example.de", account=True)
    urls = [address(page, world) for page in pages() if page.name == "account_order"]
    for url in urls:
        assert sign_in(customer.user).get(url).status_code == 200
        assert sign_in(other.user).get(url).status_code == 404
        assert sign_in(other.user).post(url).status_code in {404, 405}
    assert len(urls) == 1


# Two numbers in one address: the second has to belong to the first.
def pairs() -> Iterator[Page]:
    for page in behind_a_door():
        # A tag is nobody's own: to take it from somebody who has none of it changes nothing.
        # Telling two customers apart is about any two.
        is_nobodys = page.name in {"customer_tag_removal", "duplicate_dismissal"}
        if _is_of_a_customer(page) and not is_nobodys:
            yield page


def _is_of_a_customer(page: Page) -> bool:
    return page.route.startswith("admin/customers/<") and len(page.converters) == 2


def test_what_belongs_to_another_customer_is_not_found(
    cast: dict[str, User], customer: Customer, world: Any
) -> None:
    other, browser = CustomerFactory(), sign_in(cast["owner"])
    found = {}
    for page in pairs():
        own = address(page, world)
        foreign = own.replace(f"customers/{customer.pk}/", f"customers/{other.pk}/")
        for method in ("get", "post"):
            if foreign == own or status(browser, method, foreign) not in {404, 405}:
                found[page.name] = foreign
    assert (found, len(list(pairs())) >= 8) == ({}, True)
