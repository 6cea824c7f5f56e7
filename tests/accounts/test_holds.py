"""Putting an account on hold, and who may lift the hold on what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import (
    CheckNeeded,
    Hold,
    HoldOver,
    HoldReason,
    IdentityCheck,
    SecondColleagueNeeded,
)
from customers.timeline import timeline_of
from tests.factories.accounts import request_of, sign_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(customer: Customer, agent: User) -> Hold:
    assert Hold.put_on(customer, by=agent, reason=HoldReason.STAFF, note="A call, an odd voice")
    return Hold.objects.get()


def names(customer: Customer) -> list[str]:
    return list(happened_to(customer).order_by("id").values_list("name", flat=True))


class TestPuttingOn:
    def test_it_says_who_and_why_and_happens_once(self, customer: Customer, agent: User) -> None:
        for first in (True, False):
            assert Hold.put_on(customer, by=agent, reason=HoldReason.STAFF, note="Odd") is first
        hold = Hold.of(customer)
        assert hold is not None
        assert (hold.put_on_by, hold.reason, hold.note) == (agent, "staff", "Odd")
        assert names(customer)[-1] == "customer.held"
        assert customer.is_held

    def test_a_customer_or_a_rule_is_no_colleague(self, customer: Customer) -> None:
        assert Hold.put_on(customer, by=customer, reason=HoldReason.NOT_ME)
        assert Hold.objects.get().put_on_by is None
        other = CustomerFactory()
        assert Hold.put_on(other, by=None, reason=HoldReason.RULE)

    def test_after_lifting_it_can_be_put_on_again(self, hold: Hold, owner: User) -> None:
        hold.lift(by=owner, without_check="We met")
        assert Hold.of(hold.customer) is None
        assert Hold.put_on(hold.customer, by=owner, reason=HoldReason.STAFF)
        assert (Hold.objects.open().count(), Hold.objects.lifted().count()) == (1, 1)


class TestChecks:
    @pytest.mark.parametrize(
        ("minutes_ago", "lasts", "counts"), [(0, 60, True), (5, 3, False), (70, 60, False)]
    )
    def test_one_counts_while_it_is_valid(
        self, customer: Customer, agent: User, minutes_ago: int, lasts: int, counts: bool
    ) -> None:
        check = passed_check(customer, by=agent, minutes_ago=minutes_ago, lasts=lasts)
        assert IdentityCheck.valid(customer) == (check if counts else None)

    def test_one_that_has_not_passed_and_one_of_somebody_else_are_none(
        self, customer: Customer, agent: User
    ) -> None:
        IdentityCheck.objects.create(customer=customer, started_by=agent)
        passed_check(CustomerFactory(), by=agent)
        assert IdentityCheck.valid(customer) is None

    def test_one_from_before_the_hold_lifts_nothing(self, customer: Customer, owner: User) -> None:
        passed_check(customer, by=owner, minutes_ago=1)
        Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
        hold = Hold.objects.get()
        with pytest.raises(CheckNeeded):
            hold.lift(by=owner)
        assert IdentityCheck.valid(customer) is None


# Who lifts, after whose request ("": nobody's), and what comes of it.
LIFTS = [
    ("owner", "", None),
    ("owner", "owner", None),
    ("owner", "agent", None),
    ("lead", "", SecondColleagueNeeded),
    ("lead", "lead", SecondColleagueNeeded),
    ("lead", "agent", None),
    ("agent", "", SecondColleagueNeeded),
    ("agent", "agent", SecondColleagueNeeded),
    ("agent", "other_agent", None),
    ("agent", "owner", None),
]


class TestLifting:
    @pytest.mark.parametrize("is_checked", [True, False])
    @pytest.mark.parametrize(("who", "asked_by", "refusal"), LIFTS)
    def test_who_may(
        self,
        hold: Hold,
        cast: dict[str, User],
        who: str,
        asked_by: str,
        refusal: Any,
        is_checked: bool,
    ) -> None:
        check = passed_check(hold.customer, by=cast["agent"])
        if asked_by:
            assert hold.ask_to_lift(by=cast[asked_by])
        if not is_checked:
            IdentityCheck.objects.update(valid_until=hold.put_on_at)
            refusal = CheckNeeded
        if refusal:
            with pytest.raises(refusal):
                hold.lift(by=cast[who])
            hold.refresh_from_db()
            assert (hold.lifted_at, hold.customer.is_held) == (None, True)
            return
        hold.lift(by=cast[who])
        assert (hold.lifted_by, hold.check_passed) == (cast[who], check)
        assert hold.lifted_alone == (asked_by in {"", who})
        assert hold.customer.is_held is False
        assert names(hold.customer)[-1] == "customer.released"

    def test_once(self, hold: Hold, owner: User) -> None:
        hold.lift(by=owner, without_check="We met")
        for act in (hold.lift, hold.ask_to_lift):
            with pytest.raises(HoldOver):
                act(by=owner)
        assert names(hold.customer).count("customer.released") == 1

    def test_an_owner_gives_their_word_and_it_is_kept(self, hold: Hold, owner: User) -> None:
        hold.lift(by=owner, without_check="We met at the counter")
        assert (hold.lifted_because, hold.check_passed) == ("We met at the counter", None)

    @pytest.mark.parametrize("who", ["lead", "agent"])
    def test_nobody_elses_word_is_a_check(
        self, hold: Hold, cast: dict[str, User], who: str
    ) -> None:
        with pytest.raises(CheckNeeded):
            hold.lift(by=cast[who], without_check="We met")

    def test_asking_needs_a_check_and_happens_once(
        self, hold: Hold, agent: User, other_agent: User
    ) -> None:
        with pytest.raises(CheckNeeded):
            hold.ask_to_lift(by=agent)
        passed_check(hold.customer, by=agent)
        assert hold.ask_to_lift(by=agent)
        assert hold.ask_to_lift(by=other_agent) is False
        assert hold.asked_to_lift_by == agent
        assert happened_to(hold).values_list("name", flat=True).get() == "hold.lift_asked"


def status(browser: Client, url: str, **typed: str) -> int:
    return int(browser.post(url, typed).status_code)


class TestPages:
    def lifting(self, hold: Hold) -> str:
        return reverse("hold_lifting", args=[hold.customer_id, hold.pk])

    def detail(self, customer: Customer, who: User) -> str:
        page = sign_in(who).get(reverse("customer_detail", args=[customer.pk]))
        return str(page.content.decode())

    def test_it_is_put_on_with_a_reason(self, customer: Customer, agent: User) -> None:
        url, browser = reverse("hold_create", args=[customer.pk]), sign_in(agent)
        assert "Put on hold…" in self.detail(customer, agent)
        assert browser.get(url).status_code == 200
        assert status(browser, url, note="  ") == 422
        assert Hold.objects.count() == 0
        assert status(browser, url, note="A call <b>") == 302
        assert status(browser, url, note="Again") == 302
        hold = Hold.objects.get()
        assert (hold.note, hold.reason) == ("A call <b>", "staff")
        page = self.detail(customer, agent)
        assert "A call &lt;b&gt;" in page
        assert self.lifting(hold) in page
        assert "Put on hold…" not in page

    def test_readers_see_it_and_can_do_nothing(self, hold: Hold, reader: User) -> None:
        page = self.detail(hold.customer, reader)
        assert ("A call, an odd voice" in page, self.lifting(hold) in page) == (True, False)
        assert status(sign_in(reader), self.lifting(hold), way="lift") == 403

    def test_one_asks_and_a_second_one_confirms(
        self, hold: Hold, agent: User, other_agent: User
    ) -> None:
        url, first, second = self.lifting(hold), sign_in(agent), sign_in(other_agent)
        assert "once an identity check has passed" in first.get(url).content.decode()
        assert status(first, url, way="check") == 409
        passed_check(hold.customer, by=agent)
        assert "Ask a colleague" in first.get(url).content.decode()
        assert status(first, url, way="ask") == 302
        # Whoever asked does not confirm, by whatever they send.
        assert [status(first, url, way=way) for way in ("ask", "lift", "wait")] == [409] * 3
        assert "Anna Agent asks for the hold to be lifted" in second.get(url).content.decode()
        # Somebody whose page still showed the other step lifts nothing by it.
        assert status(second, url, way="ask") == 409
        assert status(second, url, way="lift") == 302
        hold.refresh_from_db()
        assert (hold.asked_to_lift_by, hold.lifted_by) == (agent, other_agent)
        assert "at the request of Anna Agent" in self.detail(hold.customer, agent)
        assert [first.get(url).status_code, status(first, url, way="lift")] == [302, 302]

    def test_an_owner_without_a_check_types_why(self, hold: Hold, owner: User, lead: User) -> None:
        url, browser = self.lifting(hold), sign_in(owner)
        typed = {"way": "own_word", "because": "We met"}
        assert status(sign_in(lead), url, **typed) == 409
        assert status(browser, url, way="own_word", because=" ") == 422
        assert status(browser, url, way="lift") == 409
        assert hold.customer.row().held().exists()
        assert status(browser, url, **typed) == 302
        page = self.detail(hold.customer, lead)
        assert ("We met" in page, "Account on hold" in page) == (True, False)

    def test_home_shows_first_what_waits_for_this_person(
        self, hold: Hold, agent: User, other_agent: User
    ) -> None:
        later = CustomerFactory(first_name="Later")
        Hold.put_on(later, by=agent, reason=HoldReason.STAFF)
        passed_check(hold.customer, by=agent)
        hold.ask_to_lift(by=agent)
        for who, first, says in ((other_agent, "Jana", True), (agent, "Later", False)):
            page = sign_in(who).get(reverse("home")).content.decode()
            card = page.partition('id="holds_open"')[2].partition("</section>")[0]
            order = sorted(("Jana", "Later"), key=card.index)
            assert (order[0], "Anna Agent asks for" in card) == (first, says)

    def test_home_has_no_card_without_holds(self, agent: User) -> None:
        assert 'id="holds_open"' not in sign_in(agent).get(reverse("home")).content.decode()

    @pytest.mark.parametrize("rows", [1, 3])
    def test_homes_card_asks_as_often_for_one_as_for_three(
        self, rows: int, agent: User, django_assert_num_queries: Any
    ) -> None:
        from accounts.hold_panels import holds_open

        for _ in range(rows):
            Hold.put_on(CustomerFactory(), by=agent, reason=HoldReason.STAFF)
        request = request_of(agent)
        with django_assert_num_queries(2):
            found = holds_open(request)
        assert found is not None
        assert [bool(hold.customer.name) for hold in found["holds"]] == [True] * rows

    def test_the_timeline_tells_it_all(self, hold: Hold, agent: User, lead: User) -> None:
        passed_check(hold.customer, by=agent)
        hold.ask_to_lift(by=agent)
        hold.lift(by=lead)
        told = [strip_tags(entry.line.text) for entry in timeline_of(hold.customer).entries[:3]]
        assert told == [
            "Lars Lead lifted the hold",
            "Anna Agent asked for the hold to be lifted",
            "Anna Agent put the account on hold",
        ]
