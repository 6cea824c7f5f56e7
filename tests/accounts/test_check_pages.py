"""The page of a check: who may, with and without htmx, and that it tells of nothing but matches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import Flag, Hold, HoldReason, IdentityCheck, ProofTry
from tests.accounts.conftest import forget_limits, same_for_all
from tests.factories.accounts import sign_in
from tests.factories.checks import RIGHT, WRONG, kind, known_for_long, match, miss, passed_check
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User
    from customers.models import Customer

NUMBER, LAST, ADDRESS = "order_number_and_postal_code", "last_order", "shipping_address"
HTMX = {"HX-Request": "true", "HX-Target": "identity_check"}
WRITERS = [("owner", True), ("lead", True), ("agent", True), ("reader", False)]
NUMBERS = re.compile(r"\d+")


@pytest.fixture
def jana(customer: Customer) -> Customer:
    return known_for_long(customer)


@pytest.fixture
def check(jana: Customer, agent: User) -> IdentityCheck:
    return IdentityCheck.begin(jana, by=agent)


def page_of(check: IdentityCheck) -> str:
    return reverse("identity_check_detail", args=[check.customer_id, check.pk])


def proof_of(check: IdentityCheck, name: str) -> str:
    return reverse("identity_check_proof", args=[check.customer_id, check.pk, name])


def answer(browser: Client, check: IdentityCheck, name: str, **typed: str) -> Any:
    return browser.post(proof_of(check, name), typed, headers=HTMX)


def card(html: str, name: str) -> str:
    return html.partition(f'id="proof_{name}"')[2].partition("</section>")[0]


class TestWhoMay:
    @pytest.mark.parametrize(("who", "may"), WRITERS)
    def test_begin_one(self, jana: Customer, cast: dict[str, User], who: str, may: bool) -> None:
        browser, begin = sign_in(cast[who]), reverse("identity_check", args=[jana.pk])
        detail = browser.get(reverse("customer_detail", args=[jana.pk])).text
        assert (f'action="{begin}"' in detail) is may
        assert browser.get(begin).status_code == (200 if may else 403)
        assert browser.post(begin).status_code == (302 if may else 403)
        assert IdentityCheck.objects.exists() is may
        if may:
            assert browser.get(begin).url == page_of(IdentityCheck.objects.get())

    @pytest.mark.parametrize(("who", "may"), WRITERS)
    def test_answer_and_end(
        self, check: IdentityCheck, cast: dict[str, User], who: str, may: bool
    ) -> None:
        browser = sign_in(cast[who])
        ending = reverse("identity_check_ending", args=[check.customer_id, check.pk])
        done = [
            browser.get(page_of(check)).status_code,
            browser.post(proof_of(check, LAST), RIGHT[LAST]).status_code,
            browser.post(ending).status_code,
        ]
        assert done == ([200, 302, 302] if may else [403] * 3)
        check.refresh_from_db()
        assert (check.points, check.state) == ((20, "ended") if may else (0, "running"))

    @pytest.mark.parametrize(("who", "may"), [("owner", True), ("lead", False), ("agent", False)])
    def test_give_their_word(
        self, check: IdentityCheck, cast: dict[str, User], who: str, may: bool
    ) -> None:
        browser = sign_in(cast[who])
        assert ("Your own word" in browser.get(page_of(check)).text) is may
        sent = browser.post(proof_of(check, "owner_vouches"), {"because": "We met"})
        assert sent.status_code == (302 if may else 403)

    def test_a_check_of_another_customer_is_out_of_reach(
        self, check: IdentityCheck, agent: User
    ) -> None:
        browser, other = sign_in(agent), CustomerFactory()
        for url in (page_of(check), proof_of(check, LAST)):
            wrong = url.replace(f"/{check.customer_id}/", f"/{other.pk}/", 1)
            assert browser.post(wrong).status_code in {404, 405}
            assert browser.get(wrong).status_code in {404, 405}
        assert browser.post(proof_of(check, "nonsense")).status_code == 404


class TestAnswers:
    def test_with_htmx_the_panel_says_match_and_no_match(
        self, check: IdentityCheck, agent: User
    ) -> None:
        browser = sign_in(agent)
        missed = answer(browser, check, LAST, **WRONG[LAST])
        assert missed.text.lstrip().startswith('<div id="identity_check"')
        assert "No match" in card(missed.text, LAST)
        assert '"innerHTML:#check_said">Last order: no match<' in missed.text
        matched = answer(browser, check, LAST, **RIGHT[LAST])
        assert ">Match<" in card(matched.text, LAST)
        assert "<form" not in card(matched.text, LAST)
        assert "20 / 100" in matched.text
        assert (missed["Cache-Control"], "no-store" in matched["Cache-Control"]) == (
            "max-age=0, no-cache, no-store, must-revalidate, private",
            True,
        )

    def test_without_it_the_page_is_asked_for_anew(self, check: IdentityCheck, agent: User) -> None:
        browser = sign_in(agent)
        sent = browser.post(proof_of(check, LAST), WRONG[LAST], follow=True)
        assert sent.redirect_chain == [(page_of(check), 302)]
        assert "No match" in card(sent.text, LAST)

    def test_what_was_typed_is_not_shown_again(self, check: IdentityCheck, agent: User) -> None:
        for typed in (RIGHT, WRONG):
            said = answer(sign_in(agent), check, ADDRESS, **typed[ADDRESS])
            assert "Eppendorfer" not in said.text

    def test_unless_it_could_not_be_read(self, check: IdentityCheck, agent: User) -> None:
        browser = sign_in(agent)
        for typed in ({"amount": "forty", "day": ""}, {"amount": "", "day": "the other day"}):
            said = answer(browser, check, LAST, **typed)
            assert said.status_code == 422
            assert "".join(typed.values()) in card(said.text, LAST)
        assert answer(browser, check, LAST, amount="", day=" ").status_code == 422
        assert answer(browser, check, NUMBER, number="1\0", postal_code="1").status_code == 422
        assert answer(browser, check, NUMBER, number="1" * 101, postal_code="1").status_code == 422
        assert ProofTry.objects.count() == 0

    def test_the_cursor_waits_at_the_next_answer(self, check: IdentityCheck, agent: User) -> None:
        browser = sign_in(agent)
        assert "autofocus" in card(browser.get(page_of(check)).text, NUMBER)
        missed = answer(browser, check, LAST, **WRONG[LAST])
        assert "autofocus" in card(missed.text, LAST)
        matched = answer(browser, check, LAST, **RIGHT[LAST])
        assert "autofocus" in card(matched.text, NUMBER)
        assert matched.text.count("autofocus") == 1

    def test_too_many_are_told_how_long_to_wait(self, check: IdentityCheck, agent: User) -> None:
        browser = sign_in(agent)
        for _ in range(3):
            said = answer(browser, check, LAST, **WRONG[LAST])
        assert "It goes on in 60 min" in card(said.text, LAST)
        refused = answer(browser, check, LAST, **RIGHT[LAST])
        assert (refused.status_code, int(refused["Retry-After"]) > 3500) == (409, True)
        assert "Nothing was compared" in refused.text
        plain = browser.post(proof_of(check, LAST), RIGHT[LAST])
        assert (plain.status_code, "Nothing was compared" in plain.text) == (429, True)
        assert "It goes on in 60 min" in card(browser.get(page_of(check)).text, LAST)

    def test_an_answer_to_a_check_that_is_over_says_so(
        self, check: IdentityCheck, agent: User
    ) -> None:
        check.end(by=agent)
        said = answer(sign_in(agent), check, LAST, **RIGHT[LAST])
        assert (said.status_code, "The check is over" in said.text) == (409, True)


class TestNothingIsTold:
    """The page is the same whatever is true of the customer, but for what matches."""

    def shown(self, customer: Customer, agent: User) -> str:
        forget_limits()
        check = IdentityCheck.begin(customer, by=agent)
        browser = sign_in(agent)
        html = same_for_all(browser.get(page_of(check)))
        html += same_for_all(answer(browser, check, LAST, **WRONG[LAST]))
        html += same_for_all(answer(browser, check, ADDRESS, **WRONG[ADDRESS]))
        return NUMBERS.sub("0", html.replace(customer.name, ""))

    def test_two_customers_look_alike(self, agent: User) -> None:
        one = known_for_long(CustomerFactory(first_name="A", email="a@example.de"))
        other = CustomerFactory(first_name="B", email="b@example.de")
        known_for_long(other).orders.update(  # type: ignore[attr-defined]  # of an upper app
            total=7,
            name="#77",
            number=77,
            shipping_address={"street": "Deich 1", "postal_code": "1", "city": "Husum"},
        )
        assert self.shown(one, agent) == self.shown(other, agent)

    def test_nothing_known_of_them_stands_there(self, check: IdentityCheck, agent: User) -> None:
        html = sign_in(agent).get(page_of(check)).text
        for known in ("49.90", "#1001", "20259", "Eppendorfer", "555012", "zweit"):
            assert known not in html.partition('id="identity_check"')[2], known

    def test_where_there_is_nothing_to_compare_it_says_only_that(self, agent: User) -> None:
        check = IdentityCheck.begin(CustomerFactory(), by=agent)
        html = sign_in(agent).get(page_of(check)).text
        assert "Not available for this customer." in card(html, LAST)
        assert "<form" not in card(html, LAST)


class TestHowItCameOut:
    def test_passed_says_until_when_and_what_now(self, check: IdentityCheck, owner: User) -> None:
        said = answer(sign_in(owner), check, "owner_vouches", because="My neighbour <b>")
        assert "Identity check passed, valid until" in said.text
        assert "On the word of Olivia Owner: “My neighbour &lt;b&gt;”" in said.text
        assert "Send password reset" in said.text
        assert f'href="/admin/customers/{check.customer_id}/address-move/"' in said.text

    def test_who_has_no_account_has_none_to_move(self, agent: User) -> None:
        passed = passed_check(CustomerFactory(), by=agent)
        html = sign_in(agent).get(page_of(passed)).text
        assert ("Send account invite" in html, "/address-move/" in html) == (True, False)

    def test_on_hold_it_leads_to_lifting_it(self, jana: Customer, agent: User) -> None:
        Hold.put_on(jana, by=agent, reason=HoldReason.STAFF)
        lifting = reverse("hold_lifting", args=[jana.pk, Hold.objects.get().pk])
        browser = sign_in(agent)
        assert reverse("identity_check", args=[jana.pk]) in browser.get(lifting).text
        html = browser.get(page_of(passed_check(jana, by=agent))).text
        assert (lifting in html, "Send password reset" in html) == (True, False)

    def test_failed_says_what_not_to_do(self, jana: Customer, agent: User) -> None:
        check = IdentityCheck.begin(jana, by=agent)
        for name in (NUMBER, LAST, ADDRESS, "stored_phone", LAST):
            miss(check, name, by=agent)
        browser = sign_in(agent)
        html = browser.get(page_of(check)).text
        assert "The identity check has failed" in html
        assert Flag.objects.exists()
        detail = browser.get(reverse("customer_detail", args=[jana.pk])).text
        assert "Somebody gave many answers that did not match." in detail

    def test_all_of_it_stands_on_the_customers_page(
        self, check: IdentityCheck, agent: User, reader: User
    ) -> None:
        detail = reverse("customer_detail", args=[check.customer_id])
        match(check, NUMBER, by=agent)
        html = sign_in(agent).get(detail).text
        assert ("Running" in html, page_of(check) in html) == (True, True)
        html = sign_in(reader).get(detail).text
        assert ("Order number and postal code" in html, page_of(check) in html) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_earlier_checks_cost_two_questions(
    jana: Customer,
    agent: User,
    rows: int,
    rf: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from accounts.check_panels import earlier_checks

    for _ in range(rows):
        check = IdentityCheck.begin(jana, by=agent)
        match(check, ("stored_phone", LAST, ADDRESS)[_], by=agent)
        check.end(by=agent)
    request = rf.get("/")
    request.user = agent
    with django_assert_num_queries(2):
        found = earlier_checks(request, jana)
    assert found is not None
    assert len(found["checks"]) == rows


def test_what_is_read_out_is_in_the_customers_language(check: IdentityCheck, agent: User) -> None:
    html = sign_in(agent).get(page_of(check)).text
    assert '<q lang="de">Bitte nennen Sie mir' in card(html, NUMBER)
    assert str(kind(NUMBER).ask) in html
