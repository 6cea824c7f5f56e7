"""Wherever an address or number of a customer is shown, its level stands beside it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from accounts.models import IdentityCheck
from customers.models import Identity
from tests.factories.accounts import sign_in
from tests.factories.checks import known_for_long, passed_check
from tests.factories.notifications import MailFactory
from tests.factories.orders import place
from tests.factories.world import one_of_everything
from tests.test_architecture import name_of, templates
from tests.test_every_page import behind_a_door
from tests.test_who_may_what import address

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
JANA, WORK, PHONE = "jana.mueller@example.de", "jana@work.example", "040 5550123"
LEVEL = "⟦level⟧"
# Letters between an address and its mark, on either side: "Primary · ", "also", "Actions for".
BESIDE = 60

# What a variable of a template ends in that holds an address or number.
ADDRESS = re.compile(
    r"(?:\{\{|\bwith|\bfirstof|=)\s*[^{}%]*?\b[\w.]+\.(?:email|phone|phone_key|primary_email"
    r"|primary_phone|to)\b(?!_)|\bone\.value\b"
)
MARK = re.compile(r"proof_level|reached_at|\.mark\b")
WITHOUT = {
    # The shop's own, and colleagues'.
    "shop.", "colleague.", "form.", "broken.",
    # A row of a file, which is nobody's yet.
    "row.",
}  # fmt: skip
# Templates that show none of a customer's, and why.
EXEMPT = {
    "templates/ui/top.html": "a colleague's own",
    "templates/accounts/desk_choose_password.html": "a colleague's own",
    "templates/accounts/desk_profile.html": "a colleague's own",
    "templates/accounts/team.html": "colleagues'",
    "templates/notifications/demo_mail.html": "what the demo caught",
    "templates/notifications/demo_mails.html": "what the demo caught",
    "templates/customers/_more_actions.html": "asks whether there is one",
    "templates/customers/_row_menu.html": "asks whether there is one",
}


def test_no_template_shows_one_without_its_level() -> None:
    bare = {}
    for path in templates():
        source = path.read_text()
        shown = [
            found for found in ADDRESS.findall(source) if not any(one in found for one in WITHOUT)
        ]
        if shown and not MARK.search(source) and name_of(path) not in EXEMPT:
            bare[name_of(path)] = shown
    assert bare == {}


def test_what_is_exempt_is_still_there() -> None:
    assert set(EXEMPT) - {name_of(path) for path in templates()} == set()


class Words(HTMLParser):
    """What a person sees of a page, with LEVEL for each mark.

    What is only spoken says once more what stands beside it: which of several a button is for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self._within = 0  # spans open within a mark, or within what is only spoken
        self._unread = 0  # tags open of what nobody sees

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        if self._within:
            self._within += tag == "span"
        elif tag == "span" and {"level", "visually-hidden"} & set(classes):
            self.read.append(LEVEL if "level" in classes else "")
            self._within = 1
        self._unread += tag in {"title", "script", "template"}

    def handle_endtag(self, tag: str) -> None:
        self._within -= bool(self._within) and tag == "span"
        self._unread -= tag in {"title", "script", "template"}

    def handle_data(self, data: str) -> None:
        if not self._within and not self._unread:
            self.read.append(data)


def bare(html: str) -> list[str]:
    """Each place of a page where an address stands alone."""
    words = Words()
    words.feed(html)
    text = " ".join(" ".join(words.read).split())
    places = [found.span() for one in (JANA, WORK, PHONE) for found in re.finditer(one, text)]
    around = [text[max(0, begin - BESIDE) : end + BESIDE] for begin, end in places]
    return [place for place in around if LEVEL not in place]


@pytest.fixture
def world(cast: dict[str, User], customer: Customer) -> Any:
    """Jana's addresses and number stand wherever they can."""
    ids = one_of_everything(customer, author=cast["lead"], colleague=cast["other_agent"])
    customer.add_email(WORK, by=None)
    customer.add_phone(PHONE, by=None)
    home = customer.add_address(by=None, street="Ring 1", city="Hamburg", country="DE", phone=PHONE)
    place(customer, email=JANA, phone=PHONE)
    place(None, email=WORK, phone=PHONE)
    order = place(customer, email=WORK, phone=PHONE)
    ids["admin/orders/"] = {"pk": order.pk}
    ids["admin/customers/"]["address_id"] = home.pk
    MailFactory(to=JANA, failed_at=timezone.now(), failure="refused")
    return ids


def test_no_page_of_the_desk_shows_one_without_its_level(
    owner: User, customer: Customer, world: Any
) -> None:
    desk, alone, seen = sign_in(owner), {}, 0
    urls = {address(page, world) for page in behind_a_door() if page.is_desk}
    urls |= {f"{url}?q={text}" for url in ("/admin/customers/", "/admin/orders/", "/admin/search/")
             for text in (JANA, WORK, "work.example", "5550123")}  # fmt: skip
    for url in sorted(urls):
        page = desk.get(url)
        if page.status_code == 200 and "text/html" in page.get("Content-Type", ""):
            seen += JANA in page.text or WORK in page.text or PHONE in page.text
            if places := bare(page.text):
                alone[url] = places
    assert (alone, seen > 10) == ({}, True)


def test_nor_does_what_is_said_of_a_link_that_was_sent(agent: User, customer: Customer) -> None:
    desk, jana = sign_in(agent), f"/admin/customers/{customer.pk}/"
    sent = desk.post(f"{jana}reset-requests/", {"anyway": "1"}, follow=True).text
    passed_check(customer, by=agent)
    moved = desk.post(f"{jana}address-move/", {"to": WORK}, follow=True).text
    assert ("on its way to jana.mueller" in sent, "on its way to jana@work" in moved) == (
        True,
        True,
    )
    assert (bare(sent), bare(moved)) == ([], [])


def test_nor_does_a_check_whose_code_is_read_out(agent: User, customer: Customer) -> None:
    check = IdentityCheck.begin(known_for_long(customer), by=agent)
    url = f"/admin/customers/{customer.pk}/identity-checks/{check.pk}/"
    another = customer.add_phone("040 555077", by=None)
    Identity.objects.filter(pk=another.pk).update(added_at=None)
    desk = sign_in(agent)
    choice = desk.get(url).text
    assert {hint: bool(marked(hint, choice)) for hint in ("•••12", "•••77")} == {
        "•••12": True, "•••77": True,
    }  # fmt: skip
    desk.post(f"{url}codes/call_back/", {"place": another.pk})
    assert marked("+49 40 555077", desk.get(url).text)


def marked(shown: str, html: str) -> bool:
    words = Words()
    words.feed(html)
    return f"{shown} {LEVEL}" in " ".join(" ".join(words.read).split())


def test_nor_does_the_shop(customer: Customer) -> None:
    shop = sign_in(customer.user)
    for url in ("/account/", "/account/profile/"):
        page = shop.get(url).text
        assert JANA in page
        assert bare(page) == []


def test_a_missing_mark_would_be_noticed() -> None:
    assert bare(f"<p>To {JANA}</p>") == [f"To {JANA}"]
    assert (
        bare(f'<p>{JANA} <span class="level claimed"><svg/><span>Claimed</span></span></p>') == []
    )
    assert bare(f"<p>{JANA}{'x ' * BESIDE}<span class='level'></span></p>") != []
