"""Did everything work? The page with two buttons."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccountRules, Feedback, ResetRequest, User
from accounts.tokens import token_for
from customers.models import Customer
from tests.accounts.conftest import minutes_later
from tests.accounts.resets import asked
from tests.factories.accounts import sign_in
from tests.test_every_page import nothing_written

PAGE = "/account/feedback/"
pytestmark = pytest.mark.usefixtures("shop_asks")


def follow(feedback: Feedback, browser: Client | None = None) -> Client:
    browser = browser or Client(headers={"Accept-Language": "en"})
    answer = browser.get(f"{PAGE}{token_for(feedback)}/")
    assert (answer.status_code, answer.url) == (302, PAGE)
    return browser


def test_looking_at_the_page_answers_nothing(signed_in: ResetRequest) -> None:
    browser = follow(asked(signed_in))
    with nothing_written():
        page = browser.get(PAGE)
    assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (
        200,
        "no-store",
        "no-referrer",
    )
    assert ("Yes, everything works" in page.text, "No, it does not work" in page.text) == (
        True,
        True,
    )
    assert Feedback.objects.get().worked is None


@pytest.mark.parametrize(("said", "thanks"), [("yes", "Good to know."), ("no", "gets in touch")])
def test_one_press_answers_and_the_link_is_used_up(
    signed_in: ResetRequest, said: str, thanks: str
) -> None:
    feedback = asked(signed_in)
    browser = follow(feedback)
    answer = browser.post(PAGE, {"worked": said, "words": "One\r\ntwo"})
    assert (answer.status_code, thanks in answer.text) == (200, True)
    feedback.refresh_from_db()
    assert (feedback.worked, feedback.words) == (
        (True, "") if said == "yes" else (False, "One\ntwo")
    )
    twice = browser.post(PAGE, {"worked": said})  # pressed twice, or gone back and pressed again
    later = follow(feedback).get(PAGE)
    for page in (twice, later):
        assert (page.status_code, "You have answered it already" in page.text) == (410, True)


@pytest.mark.parametrize(
    "typed", [{}, {"worked": "perhaps"}, {"worked": "no", "words": "x" * 1001}, {"worked": ""}]
)
def test_what_is_no_answer_is_asked_again(signed_in: ResetRequest, typed: dict[str, str]) -> None:
    browser = follow(asked(signed_in))
    answer = browser.post(PAGE, typed)
    assert (answer.status_code, Feedback.objects.get().worked) == (422, None)
    assert typed.get("words", "") in answer.text


def test_words_of_a_thousand_signs_are_taken(signed_in: ResetRequest) -> None:
    browser = follow(asked(signed_in))
    browser.post(PAGE, {"worked": "no", "words": "ß" * 1000})
    assert Feedback.objects.get().words == "ß" * 1000


def test_whoever_is_signed_in_stays_so(signed_in: ResetRequest, customer: Customer) -> None:
    browser = follow(asked(signed_in), sign_in(User.objects.get(customer=customer)))
    assert browser.get(PAGE).status_code == 200
    assert browser.get("/account/").status_code == 200


def test_a_strangers_token_and_a_page_without_one_are_one_page(
    signed_in: ResetRequest, customer: Customer
) -> None:
    feedback = asked(signed_in)
    reset = ResetRequest.objects.get(pk=signed_in.pk)
    crossed = token_for(reset).replace(
        token_for(reset).split(".")[0], token_for(feedback).split(".")[0]
    )
    for token in ("1.garbage", token_for(reset), crossed, token_for(feedback)[:-1]):
        assert Client().get(f"{PAGE}{token}/").status_code == 404
    assert Client().get(PAGE).status_code == 404
    assert Client().post(PAGE, {"worked": "no"}).status_code == 404
    assert Client().get(f"/account/reset/{token_for(feedback)}/").status_code == 404


def test_after_two_weeks_it_is_too_late(signed_in: ResetRequest) -> None:
    feedback = asked(signed_in)
    Feedback.objects.update(expires_at=timezone.now())
    browser = follow(feedback)
    assert browser.get(PAGE).status_code == 410
    assert browser.post(PAGE, {"worked": "no"}).status_code == 410
    assert Feedback.objects.get().worked is None


def test_it_does_not_take_the_place_of_a_link_that_lets_somebody_in(
    signed_in: ResetRequest, customer: Customer, agent: User
) -> None:
    feedback = asked(signed_in)
    minutes_later()
    reset = ResetRequest.start(customer, by=agent)
    browser = Client()
    browser.get(f"/account/reset/{token_for(reset)}/")
    follow(feedback, browser)
    assert browser.get("/account/reset/").status_code == 200
    assert browser.get(PAGE).status_code == 200


def test_settings_offer_both(lead: User) -> None:
    browser = sign_in(lead)
    page = "/admin/settings/customer-accounts/"
    rules = AccountRules.current()
    form = browser.get(page)
    assert ("Hours until a follow-up" in form.text, "whether it worked" in form.text) == (
        True,
        True,
    )
    shown = form.context["form"]
    fields = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    fields |= {"follow_up_hours": 48, "asks_whether_it_worked": ""}
    assert browser.post(page, fields).status_code == 302
    rules.refresh_from_db()
    assert (rules.follow_up_hours, rules.asks_whether_it_worked) == (48, False)
    wrong = browser.post(page, fields | {"follow_up_hours": 169, "version": rules.version})
    assert wrong.status_code == 422
