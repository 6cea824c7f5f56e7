"""What no form hopes for: it is answered with a sentence, and what was typed stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts.models import AccountRules, Feedback, IdentityCheck, ResetRequest
from accounts.moving import start_move
from accounts.tokens import token_for
from customers.models import Customer
from tests.accounts.conftest import minutes_later
from tests.accounts.resets import redeemed
from tests.factories.accounts import sign_in
from tests.factories.checks import known_for_long, passed_check

if TYPE_CHECKING:
    from accounts.models import User

BAD: dict[str, str | None] = {
    "nonsense": "\\';-- <script>alert(1)</script> {{ 7*7 }} %s",
    "10,000 characters": "ü" * 10_000,
    "NUL": "a\0b",
    "right to left": "\u202emoc.elpmaxe@\u202c\u200f",
    "emoji": "👩‍👩‍👧🙈",
    "missing": None,
}
NEW = "jana@neu.example"


@dataclass
class Form:
    """`spoilt` is the field that is typed into; of a secret nothing is ever shown again."""

    browser: Client
    url: str
    fields: dict[str, str]
    spoilt: str
    is_secret: bool = False

    def send(self, typed: str | None) -> Any:
        """As a browser would, which at the least sends its token."""
        sent = {"csrfmiddlewaretoken": "", **self.fields}
        sent.pop(self.spoilt, None)
        return self.browser.post(self.url, sent if typed is None else {**sent, self.spoilt: typed})


@pytest.fixture
def jana(customer: Customer) -> Customer:
    return known_for_long(customer)


def move(jana: Customer, owner: User) -> Form:
    passed_check(jana, by=owner)
    return Form(sign_in(owner), reverse("address_move", args=[jana.pk]), {}, "to")


def hold(jana: Customer, owner: User) -> Form:
    return Form(sign_in(owner), reverse("hold_create", args=[jana.pk]), {}, "note")


def rules(jana: Customer, owner: User) -> Form:
    browser, url = sign_in(owner), reverse("account_rules")
    form = browser.get(url).context["form"]
    fields = {name: str(form[name].value() or "") for name in form.fields}
    return Form(browser, url, fields, "reset_minutes")


def proof(name: str, fields: dict[str, str], spoilt: str, jana: Customer, owner: User) -> Form:
    check = IdentityCheck.begin(jana, by=owner)
    url = reverse("identity_check_proof", args=[jana.pk, check.pk, name])
    return Form(sign_in(owner), url, fields, spoilt)


def order_number(jana: Customer, owner: User) -> Form:
    return proof("order_number_and_postal_code", {"postal_code": "20259"}, "number", jana, owner)


def own_word(jana: Customer, owner: User) -> Form:
    return proof("owner_vouches", {}, "because", jana, owner)


def followed(url: str, link: Any) -> Client:
    browser = Client(headers={"Accept-Language": "en"})
    assert browser.get(f"{url}{token_for(link)}/").status_code == 302
    return browser


def reset(jana: Customer, owner: User) -> Form:
    url = reverse("account_reset_form")
    request = ResetRequest.start(jana, by=owner)
    return Form(followed(url, request), url, {}, "password", is_secret=True)


def new_address(jana: Customer, owner: User) -> Form:
    passed_check(jana, by=owner)
    start_move(jana, NEW, by=owner)
    url = reverse("account_move_form")
    return Form(followed(url, ResetRequest.objects.get()), url, {}, "password", is_secret=True)


def feedback(jana: Customer, owner: User) -> Form:
    AccountRules.objects.update(asks_whether_it_worked=True)
    redeemed(jana, by=owner)
    Feedback.ask_those_due()
    url = reverse("account_feedback_form")
    return Form(followed(url, Feedback.objects.get()), url, {"worked": "no"}, "words")


def spoken_code(jana: Customer, owner: User) -> Form:
    return Form(Client(), reverse("account_verify"), {}, "code")


def recovery(jana: Customer, owner: User) -> Form:
    return Form(Client(), reverse("account_recover"), {}, "email")


def devices(jana: Customer, owner: User) -> Form:
    browser = sign_in(jana.user)
    return Form(browser, reverse("account_devices_everywhere"), {}, "current", is_secret=True)


FORMS = [
    move, hold, rules, order_number, own_word, reset, new_address, feedback, spoken_code, recovery,
    devices,
]  # fmt: skip
# Taken as they are: nobody has to say anything, or whatever it is may be a password or an answer.
TAKEN = {
    **{("hold", how): 302 for how in ("nonsense", "right to left", "emoji")},
    **{("order_number", how): 302 for how in ("nonsense", "right to left", "emoji")},
    **{("own_word", how): 302 for how in ("nonsense", "right to left", "emoji")},
    **{("reset", how): 302 for how in ("nonsense", "right to left")},
    **{("new_address", how): 302 for how in ("nonsense", "right to left")},
    **{("feedback", how): 200 for how in ("nonsense", "right to left", "emoji", "missing")},
    **{("spoken_code", how): 200 for how in ("right to left", "emoji")},
}


@pytest.mark.parametrize("how", BAD)
@pytest.mark.parametrize("make", FORMS, ids=[one.__name__ for one in FORMS])
def test_bad_input_is_answered_with_a_sentence_and_stays(
    jana: Customer, owner: User, make: Any, how: str
) -> None:
    form, typed = make(jana, owner), BAD[how]
    answer = form.send(typed)
    assert answer.status_code == TAKEN.get((make.__name__, how), 422)
    if answer.status_code != 422:
        return
    page = answer.content.decode()
    assert 'aria-invalid="true"' in page
    if typed and how != "NUL":
        assert (escape(typed) in page) == (not form.is_secret)


def test_what_is_sent_twice_happens_once_and_says_so(jana: Customer, owner: User) -> None:
    """Pressed twice, or gone back to and pressed again."""
    browser = sign_in(owner)
    passed_check(jana, by=owner)

    def twice(name: str, **fields: str) -> list[str]:
        minutes_later()
        url = reverse(name, args=[jana.pk])
        return [browser.post(url, fields, follow=True).content.decode() for _ in range(2)]

    assert all("is on its way to" in page for page in twice("reset_request_create", anyway="1"))
    assert ResetRequest.objects.count() == 1
    twice("identity_check")
    assert IdentityCheck.objects.filter(passed_at=None).count() == 1
    assert ["again in" in page for page in twice("address_move", to=NEW)] == [False, True]
    pages = twice("hold_create", note="She has asked for it")
    assert ["was on hold already" in page for page in pages] == [False, True]
