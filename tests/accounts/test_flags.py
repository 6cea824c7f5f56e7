"""Frequent resets: when somebody should look, where it stands, and who settles it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import flags_panels
from accounts.models import (
    AccountRules,
    AskPurpose,
    Flag,
    FlagKind,
    IdentityCheck,
    LookForOthers,
    NotYet,
    RecoveryAsk,
    ResetRequest,
)
from accounts.models.checks import FAILS_AFTER
from customers.models import Customer
from events.models import Event
from tests.accounts.conftest import forget_limits, minutes_later
from tests.factories.accounts import StaffFactory, request_of, sign_in
from tests.factories.checks import WRONG, known_for_long, miss
from tests.factories.customers import CustomerFactory
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from accounts.models import User

JANA = "jana.mueller@example.de"
OTHERS = "Somebody else of the team has to look"


def flag(customer: Customer, kind: FlagKind = FlagKind.FREQUENT_RESETS) -> bool:
    with transaction.atomic():
        customer.lock()
        return Flag.raise_for(customer, kind)


def ask(customer: Customer, times: int = 1) -> None:
    """From outside, as a worker does."""
    for _ in range(times):
        RecoveryAsk.ask(AskPurpose.RECOVER, customer.primary_email).answer()


def guess(customer: Customer, *, by: list[User]) -> None:
    """As many answers that do not match as make a check fail, by each in turn."""
    for number in range(FAILS_AFTER):
        who = by[number % len(by)]
        miss(IdentityCheck.begin(customer, by=who), list(WRONG)[number % len(WRONG)], by=who)


def events(name: str) -> list[Any]:
    return list(Event.objects.filter(name=name).values_list("plain", flat=True))


def test_a_flood_is_counted_ask_by_ask_and_flagged_once(customer: Customer, worker: Any) -> None:
    ask(customer, 4)
    assert (ResetRequest.objects.get().asked_count, Flag.objects.count()) == (4, 0)
    ask(customer, 20)
    assert (ResetRequest.objects.get().asked_count, Flag.objects.count()) == (24, 1)
    assert events("customer.flagged") == [{"kind": "frequent_resets"}]
    assert events("reset_request.asked_again") == []
    assert len(worker()) == 1


def test_asks_after_the_link_was_used_count_as_well(customer: Customer) -> None:
    ResetRequest.start(customer, by=None).redeem("Espresso-am-Morgen-3")
    ask(customer, 4)
    assert Flag.objects.open().of(customer).get().kind == FlagKind.FREQUENT_RESETS


def test_links_that_staff_send_count_and_clicks_that_are_refused_do_not(
    customer: Customer, agent: User, worker: Any
) -> None:
    for _ in range(4):
        minutes_later(2)
        ResetRequest.start(customer, by=agent)
        worker()
        with pytest.raises(NotYet):
            ResetRequest.start(customer, by=agent)
    assert (Flag.objects.count(), ResetRequest.objects.count()) == (0, 4)
    minutes_later(2)
    ResetRequest.start(customer, by=agent)
    assert Flag.objects.get().raised_by is None


def test_how_many_within_how_many_days_is_the_shops_to_say(customer: Customer, lead: User) -> None:
    AccountRules.current().change(by=lead, expected_version=1, frequent_count=2, frequent_days=1)
    ask(customer)
    minutes_later(25 * 60)
    ask(customer)
    assert not Flag.objects.exists()
    ask(customer)
    assert Flag.objects.count() == 1


def test_an_invite_that_is_asked_for_again_is_no_reset(worker: Any) -> None:
    ask(CustomerFactory(email="neu@example.de"), 9)
    assert not Flag.objects.exists()


def test_what_was_looked_at_is_settled_until_it_happens_again(
    customer: Customer, agent: User, other_agent: User
) -> None:
    ask(customer, 5)
    one = Flag.objects.get()
    assert (one.settle(by=agent), one.settle(by=other_agent)) == (True, False)
    assert (one.settled_by, events("customer.flag_settled")) == (
        agent,
        [{"kind": "frequent_resets"}],
    )
    ask(customer, 4)
    assert not Flag.objects.open().exists()
    ResetRequest.objects.update(closed_at=timezone.now(), ending="withdrawn")
    minutes_later(2)
    Flag.objects.update(settled_at=timezone.now() - timedelta(minutes=1))
    ask(customer, 5)
    assert Flag.objects.open().count() == 1


def test_of_a_kind_one_stands_and_kinds_stand_beside_each_other(customer: Customer) -> None:
    assert [flag(customer), flag(customer), flag(customer, FlagKind.NOT_ME)] == [True, False, True]
    with pytest.raises(IntegrityError):
        Flag.objects.create(customer=customer, kind=FlagKind.NOT_ME)


def test_of_eight_who_settle_at_once_one_does(transactional_db: None) -> None:
    customer, agent = CustomerFactory(), StaffFactory()
    flag(customer)
    pk = Flag.objects.get().pk
    results = all_at_once(lambda _number: Flag.objects.get(pk=pk).settle(by=agent))
    assert sorted(results) == [False] * (THREADS - 1) + [True]
    assert len(events("customer.flag_settled")) == 1


def test_of_eight_floods_at_once_every_ask_is_counted_and_one_flag_stands(
    transactional_db: None,
) -> None:
    customer = CustomerFactory(email=JANA, account=True)
    asks = [RecoveryAsk.ask(AskPurpose.RECOVER, JANA) for _ in range(THREADS)]
    assert all_at_once(lambda number: asks[number].answer()) == [None] * THREADS
    assert ResetRequest.objects.get().asked_count == THREADS
    assert Flag.objects.of(customer).count() == 1


WRITERS = [("owner", True), ("lead", True), ("agent", True), ("reader", False)]


@pytest.mark.parametrize(("who", "may"), WRITERS)
def test_who_may_settle(cast: dict[str, User], customer: Customer, who: str, may: bool) -> None:
    flag(customer)
    browser, page = sign_in(cast[who]), f"/admin/customers/{customer.pk}/"
    path = f"{page}flags/{Flag.objects.get().pk}/settlement/"
    shown = browser.get(page).text
    assert ("Frequent resets" in shown, f'action="{path}"' in shown) == (True, may)
    assert browser.post(path).status_code == (302 if may else 403)
    assert Flag.objects.open().exists() != may
    if may:
        assert "A colleague has settled this already." in browser.post(path, follow=True).text
        assert f'action="{path}"' not in browser.get(page).text


@pytest.mark.parametrize(
    ("who", "may"), [("agent", False), ("lead", False), ("other_agent", True), ("owner", True)]
)
def test_whose_answers_failed_a_check_does_not_say_that_somebody_has_looked(
    cast: dict[str, User], customer: Customer, who: str, may: bool
) -> None:
    """But an owner, who may be alone, does."""
    guess(known_for_long(customer), by=[cast[name] for name in ("agent", "lead", "owner")])
    browser, page = sign_in(cast[who]), f"/admin/customers/{customer.pk}/"
    path = f"{page}flags/{Flag.objects.get().pk}/settlement/"
    shown = browser.get(page).text
    assert (f'action="{path}"' in shown, OTHERS in shown) == (may, not may)
    if not may:
        refused = browser.post(path, headers={"HX-Request": "true"})
        assert (refused.status_code, OTHERS in refused.headers["HX-Trigger"]) == (403, True)
    answer = browser.post(path)
    assert (answer.status_code, OTHERS in answer.text) == ((302, False) if may else (403, True))
    assert Flag.objects.open().exists() != may


def test_answers_before_the_last_look_keep_nobody_from_the_next(
    customer: Customer, agent: User, other_agent: User
) -> None:
    guess(known_for_long(customer), by=[agent])
    with pytest.raises(LookForOthers):
        Flag.objects.get().settle(by=agent)
    assert Flag.objects.get().settle(by=other_agent)
    assert not Flag.objects.get().settle(by=agent)
    forget_limits()
    guess(customer, by=[other_agent])
    again = Flag.objects.open().get()
    with pytest.raises(LookForOthers):
        again.settle(by=other_agent)
    assert again.settle(by=agent)


def test_a_flag_of_another_customer_is_out_of_reach(customer: Customer, agent: User) -> None:
    flag(customer)
    other = CustomerFactory()
    path = f"/admin/customers/{other.pk}/flags/{Flag.objects.get().pk}/settlement/"
    assert sign_in(agent).post(path).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_home_and_the_tab_show_who_it_is(
    agent: User, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from django.template.loader import render_to_string

    flagged = [CustomerFactory() for _ in range(rows)]
    CustomerFactory()
    for customer in flagged:
        flag(customer)
    asked = request_of(agent)
    with django_assert_num_queries(2):
        context = flags_panels.flags_on_home(asked)
        html = render_to_string("accounts/_flags.html", context)
    assert all(customer.name in html for customer in flagged)
    assert set(flags_panels.flagged_customers(Customer.objects.all())) == set(flagged)
    assert "Needs a look" in sign_in(agent).get("/admin/customers/?view=flagged").text


def test_home_says_nothing_where_nothing_is(db: None) -> None:
    assert flags_panels.flags_on_home(None) is None  # type: ignore[arg-type]


def test_the_timeline_tells_of_both(customer: Customer, agent: User) -> None:
    from customers.timeline import timeline_of

    flag(customer)
    Flag.objects.get().settle(by=agent)
    lines = [entry.line.text for entry in timeline_of(customer).entries]
    assert lines[:2] == [
        "<b>Anna Agent</b> had a look: Frequent resets",
        "Needs a look: Frequent resets",
    ]
