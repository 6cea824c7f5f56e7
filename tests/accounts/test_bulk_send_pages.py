"""Bulk sends at the desk: the list's menu, the preview, the buttons, and what has come of it."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AccountRules, ResetRequest
from customers.bulk.models import BulkChange
from events.models import Event
from notifications.models import Mail, MailServer
from tests.accounts.bulk_sends import (
    INVITES,
    NEW_PASSWORD,
    RESETS,
    counted,
    sent,
    started,
    with_account,
    without_account,
)
from tests.accounts.conftest import work, work_in_vain
from tests.customers.bulk_changes import done
from tests.factories.accounts import sign_in

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.fixtures import SettingsWrapper

    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
LIST, NEW = "/admin/customers/", "/admin/customers/bulk-changes/new/"
HTMX = {"HX-Request": "true"}


def page(one: BulkChange) -> str:
    return f"/admin/customers/bulk-changes/{one.pk}/"


@pytest.fixture
def desk(lead: User) -> Client:
    return sign_in(lead)


def ids(people: list[Customer]) -> list[int]:
    return [one.pk for one in people]


MAY = {
    # picked resets, picked invites, a new password, all that match
    "owner": (302, 302, 302, 302),
    "lead": (302, 302, 302, 302),
    "agent": (302, 302, 403, 403),
    "other_agent": (302, 302, 403, 403),
    "reader": (403, 403, 403, 403),
}


@pytest.mark.parametrize("who", sorted(MAY))
def test_agents_mail_whom_they_tick_and_leads_take_all(cast: dict[str, User], who: str) -> None:
    people, browser = ids(with_account(2)), sign_in(cast[who])
    told = (
        *(
            browser.post(NEW, {"kind": kind, "customer": people}).status_code
            for kind in (RESETS, INVITES, NEW_PASSWORD)
        ),
        browser.post(NEW, {"kind": RESETS, "all_matching": "1"}).status_code,
    )
    assert told == MAY[who]
    assert BulkChange.objects.count() == told.count(302)
    assert not Mail.objects.exists()


@pytest.mark.parametrize(("who", "offered"), [("lead", 3), ("agent", 2), ("reader", 0)])
def test_the_list_offers_them_in_a_menu(cast: dict[str, User], who: str, offered: int) -> None:
    with_account()
    shown = sign_in(cast[who]).get(LIST).text
    kinds = re.findall(r'name="kind" value="(resets|invites|new_password)"', shown)
    assert len(kinds) == offered


def test_the_dialog_says_that_nothing_happens_yet(desk: Client) -> None:
    people = with_account(2)
    address = f"{NEW}?kind=resets&customer={people[0].pk}&customer={people[1].pk}"
    for answer in (desk.get(address), desk.get(address, headers=HTMX)):
        assert "<b>2 customers</b>" in answer.text
        assert "Nothing happens before you start it there." in answer.text
        assert ">Preview</button>" in answer.text
    assert not BulkChange.objects.exists()


class TestPreview:
    def test_few_are_counted_at_once_and_nothing_is_sent(self, desk: Client) -> None:
        people = [*with_account(2), *without_account(1)]
        answer = desk.post(NEW, {"kind": RESETS, "customer": ids(people)}, follow=True)
        one = BulkChange.objects.get()
        assert (one.stage, answer.redirect_chain[-1][0]) == ("ready", page(one))
        shown = answer.text
        assert ">Send 2 mails</button>" in shown
        left_out = shown.split("Skipped, by reason</h2>")[1].split("</section>")[0]
        assert re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", left_out) == [
            ("There is no account yet: send an invite.", "1")
        ]
        assert "The links are good for 60 minutes" in shown
        assert not Mail.objects.exists()

    def test_many_are_counted_by_a_worker_while_the_page_asks(
        self, desk: Client, settings: Any
    ) -> None:
        settings.BULK_PIECE_ROWS = 2
        desk.post(NEW, {"kind": RESETS, "customer": ids(with_account(3))})
        one = BulkChange.objects.get()
        shown = desk.get(page(one), headers=HTMX).text
        assert (one.stage, 'hx-trigger="every 1s"' in shown) == ("counting", True)
        assert "Nothing happens yet." in shown
        done(one)
        assert ">Send 3 mails</button>" in desk.get(page(one)).text

    def test_it_says_how_long_it_takes(self, desk: Client, lead: User) -> None:
        AccountRules.objects.update(bulk_per_minute=10)
        with_account(30)
        shown = desk.get(page(counted(RESETS, by=lead))).text
        assert "About 3 min, at 10 mails a minute at most" in shown

    def test_where_nobody_is_left_there_is_no_button(self, desk: Client, lead: User) -> None:
        without_account(1)
        shown = desk.get(page(counted(RESETS, by=lead))).text
        assert "Nobody is left to do it for." in shown
        assert "/start/" not in shown

    def test_who_may_not_steer_sees_it_without_buttons(
        self, cast: dict[str, User], lead: User
    ) -> None:
        with_account()
        one = counted(RESETS, by=lead)
        for who, may in (("lead", True), ("owner", True), ("agent", False), ("reader", False)):
            shown = sign_in(cast[who]).get(page(one)).text
            assert ("Send 1 mail<" in shown, "/start/" in shown) == (may, may)

    def test_it_is_counted_again_or_discarded(self, desk: Client, lead: User) -> None:
        first, _second = with_account(2)
        one = counted(RESETS, by=lead)
        first.disable(by=lead)
        shown = desk.post(f"{page(one)}counting/", follow=True).text
        assert (">Send 1 mail</button>" in shown, "The account is disabled." in shown) == (
            True, True,
        )  # fmt: skip
        shown = desk.post(f"{page(one)}cancellation/", follow=True).text
        assert "It had not been started: nothing was done." in shown


class TestButtons:
    def test_a_second_click_on_start_is_told_so(self, desk: Client, lead: User) -> None:
        with_account()
        one = counted(RESETS, by=lead)
        assert "before." not in desk.post(f"{page(one)}start/", follow=True).text
        again = desk.post(f"{page(one)}start/", follow=True)
        assert "This was started or cancelled before." in again.text

    def test_paused_and_resumed(self, desk: Client, lead: User) -> None:
        with_account()
        one = started(RESETS, by=lead)
        shown = desk.post(f"{page(one)}pause/", follow=True).text
        assert ("This is paused." in shown, "/resumption/" in shown) == (True, True)
        assert "hx-trigger" not in desk.get(page(one), headers=HTMX).text
        assert "It goes on." in desk.post(f"{page(one)}resumption/", follow=True).text
        late = desk.post(f"{page(one)}resumption/", follow=True).text
        assert "This was not paused." in late
        done(one)
        late = desk.post(f"{page(one)}pause/", follow=True).text
        assert "There is nothing to pause just now." in late

    def test_a_mail_server_out_of_reach_is_told(self, desk: Client, lead: User) -> None:
        with_account()
        one = started(RESETS, by=lead)
        MailServer.failed_to_answer()
        assert "The mail server has been out of reach since" in desk.get(page(one)).text

    @pytest.mark.parametrize("action", ["start", "counting", "pause", "resumption"])
    def test_only_who_asked_and_leads_press_them(self, cast: dict[str, User], action: str) -> None:
        with_account()
        one = counted(RESETS, by=cast["other_agent"])
        told = {
            who: sign_in(cast[who]).post(f"{page(one)}{action}/").status_code
            for who in ("reader", "agent", "other_agent", "lead")
        }
        assert told == {"reader": 403, "agent": 403, "other_agent": 302, "lead": 302}


class TestResults:
    def test_they_are_told_in_numbers_and_names(self, desk: Client, lead: User) -> None:
        people = with_account(3)
        (newcomer,) = without_account()
        one = sent(RESETS, by=lead, people=[*people, newcomer])
        work()
        ResetRequest.objects.get(customer=people[0]).open_link()
        shown = desk.get(page(one)).text
        stats = dict(re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd>", shown))
        assert [stats[name] for name in (
            "Chosen", "Mailed", "Skipped", "Handed to the mail server", "Could not be sent",
            "Link opened", "Password changed",
        )] == ["4", "3", "1", "3", "0", "1", "0"]  # fmt: skip
        skipped, mailed = shown.split("<h2>Skipped</h2>")[1].split("<h2>Mailed</h2>")
        assert (f"/admin/customers/{newcomer.pk}/" in skipped, "send an invite" in skipped) == (
            True, True,
        )  # fmt: skip
        said = re.findall(r'<td class="full wrap">([^<]+)</td>', mailed)
        assert said == ["Link opened", *["Handed to the mail server"] * 2]

    def test_what_the_mail_server_refused_is_named(self, desk: Client, lead: User) -> None:
        with_account()
        one = sent(RESETS, by=lead)
        work_in_vain()
        assert "The mail server refused the mail" in desk.get(page(one)).text

    def test_leads_take_them_as_a_file_which_leaves_an_event(
        self, cast: dict[str, User], lead: User
    ) -> None:
        (customer,) = with_account()
        (newcomer,) = without_account()
        one = sent(RESETS, by=lead)
        for who, status in (("agent", 403), ("reader", 403), ("lead", 200)):
            answer = sign_in(cast[who]).post(f"{page(one)}results/")
            assert answer.status_code == status
        text = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        assert [row[:5] for row in rows] == [
            ["Customer number", "Name", "E-mail", "Outcome", "Reason"],
            [str(customer.pk), customer.name, customer.primary_email, "Mailed", "On its way"],
            [str(newcomer.pk), newcomer.name, newcomer.primary_email, "Skipped",
             "There is no account yet: send an invite."],
        ]  # fmt: skip
        event = Event.objects.get(name="user.downloaded_bulk_results")
        assert (event.actor_id, event.plain) == (lead.pk, {"of_change": one.pk, "rows": 2})

    def test_the_page_asks_as_often_for_many_rows_as_for_one(
        self, desk: Client, lead: User, settings: SettingsWrapper
    ) -> None:
        settings.BULK_MINUTE_SECONDS = 0

        def queries(one: BulkChange) -> int:
            with CaptureQueriesContext(connection) as asked:
                assert desk.get(page(one)).status_code == 200
            return len(asked)

        few = sent(RESETS, by=lead, people=[*with_account(1), *without_account(1)])
        many = sent(RESETS, by=lead, people=[*with_account(3), *without_account(3)])
        work()
        assert queries(few) == queries(many)

    def test_while_it_is_under_way_the_page_asks_little(self, desk: Client, lead: User) -> None:
        people = with_account(3)
        one = started(RESETS, by=lead, people=people)
        BulkChange.objects.filter(pk=one.pk).update(done_count=1, worked_at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            shown = desk.get(page(one), headers=HTMX).text
        assert ('value="1" max="3"' in shown, len(asked) <= 12) == (True, True)
