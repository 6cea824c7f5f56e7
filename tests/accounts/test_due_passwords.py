"""A new password is due: who is asked for it, at which moment, and that no way leads past it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ResetRequest, Session, User
from accounts.second_step import NEW_PASSWORD as STEP
from accounts.sessions import SessionStore, cookie_name
from customers.bulk.models import BulkChange
from customers.models import Customer
from events.models import Event
from tests.accounts.bulk_sends import (
    NEW_PASSWORD,
    counted,
    outcomes_of,
    sent,
    with_account,
    without_account,
)
from tests.customers.bulk_changes import counts, done, lines_of
from tests.factories.accounts import PASSWORD, sign_in
from tests.factories.customers import CustomerFactory
from tests.test_every_page import behind_a_door
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from django.http import HttpResponse

JANA = "jana.mueller@example.de"
LOGIN, CHOOSE = "/account/login/", "/account/login/password/"
NEW = "Espresso-am-Morgen-3"


def ask(customer: Customer) -> None:
    User.objects.filter(customer=customer).update(password_due_at=timezone.now())


def first_step(browser: Client, password: str = PASSWORD, **more: str) -> HttpResponse:
    typed = {"email": JANA, "password": password, **more}
    return browser.post(LOGIN, typed)  # type: ignore[return-value]  # as a browser gets it


@pytest.fixture
def due(customer: Customer) -> Customer:
    ask(customer)
    customer.refresh_from_db()
    return customer


@pytest.mark.django_db
class TestAskingMany:
    def test_who_has_an_account_is_asked_and_the_others_are_left_out(self, lead: User) -> None:
        (enabled,), (newcomer,) = with_account(), without_account()
        barred = CustomerFactory(account=True, held_at=timezone.now())
        one = counted(NEW_PASSWORD, by=lead)
        assert one.preview == {"changed": 2, "no_account": 1}
        assert one.start(by=lead)
        assert done(one).outcomes == one.preview
        assert outcomes_of(one) == {
            enabled.pk: "changed", barred.pk: "changed", newcomer.pk: "no_account",
        }  # fmt: skip
        due = User.objects.filter(password_due_at__isnull=False)
        assert set(due.values_list("customer", flat=True)) == {enabled.pk, barred.pk}

    def test_who_is_asked_already_stays_so_since_then(self, lead: User) -> None:
        (first, _second) = with_account(2)
        ask(first)
        since = User.objects.get(customer=first).password_due_at
        one = sent(NEW_PASSWORD, by=lead)
        assert counts(one) == (2, 1, 1, 0)
        assert User.objects.get(customer=first).password_due_at == since

    def test_sessions_stay_and_the_timeline_tells(self, lead: User, customer: Customer) -> None:
        browser = sign_in(customer.user)
        sent(NEW_PASSWORD, by=lead)
        assert browser.get("/account/").status_code == 200
        assert "requires a new password at the next sign-in" in lines_of(customer)[0]
        page = sign_in(lead).get(f"/admin/customers/{customer.pk}/").text
        assert "Due at the next sign-in" in page

    def test_it_is_taken_back_from_who_has_not_chosen_one_since(self, lead: User) -> None:
        waiting, chosen, again = with_account(3)
        one = sent(NEW_PASSWORD, by=lead)
        for customer in (chosen, again):
            User.objects.filter(customer=customer).update(password_due_at=None)
        ask(again)
        undoing = done(one.undo(by=lead))
        assert (counts(undoing), outcomes_of(undoing)) == ((3, 1, 2, 0), {waiting.pk: "changed"})
        due = User.objects.filter(password_due_at__isnull=False)
        assert [user.customer for user in due] == [again]

    @pytest.mark.parametrize("rows", [1, 4])
    def test_a_step_asks_as_often_for_many_as_for_one(self, lead: User, rows: int) -> None:
        with_account(rows)
        one = counted(NEW_PASSWORD, by=lead)
        one.start(by=lead)
        with CaptureQueriesContext(connection) as asked:
            done(one)
        with_account(5 - rows)
        other = counted(NEW_PASSWORD, by=lead)
        other.start(by=lead)
        with CaptureQueriesContext(connection) as asked_for_others:
            done(other)
        assert len(asked) == len(asked_for_others)

    def test_nobody_of_the_team_is_ever_asked(self, agent: User) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=agent.pk).update(password_due_at=timezone.now())


class TestSigningIn:
    def test_the_right_password_leads_to_a_new_one_and_lets_nobody_in(self, due: Customer) -> None:
        browser = Client()
        answer = first_step(browser)
        assert (answer.status_code, answer["Location"]) == (302, CHOOSE)
        assert not Session.objects.of(due.user).exists()
        assert browser.get("/account/").status_code == 302
        page = browser.get(CHOOSE)
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
        assert not Event.objects.filter(name="user.signed_in").exists()

    def test_no_other_page_is_open_to_whoever_stands_there(self, due: Customer) -> None:
        browser = Client()
        first_step(browser)
        let_in = [
            page.name
            for page in behind_a_door()
            for method in ("get", "post")
            if getattr(browser, method)(page.address(due.pk)).status_code != 302
        ]
        assert let_in == []

    def test_a_wrong_password_is_told_nothing_of_it(self, due: Customer) -> None:
        browser = Client(headers={"Accept-Language": "en"})
        answer = first_step(browser, "wrong-password-77")
        assert answer.status_code == 422
        assert "do not go together" in answer.content.decode()

    def test_with_the_new_one_they_are_in_where_they_wanted_to_go(
        self, due: Customer, worker: Any
    ) -> None:
        elsewhere = sign_in(due.user)
        browser = Client()
        first_step(browser, next="/account/profile/")
        answer = browser.post(CHOOSE, {"password": NEW})
        assert (answer.status_code, answer["Location"]) == (302, "/account/profile/")
        assert browser.get("/account/profile/").status_code == 200
        assert elsewhere.get("/account/").status_code == 302
        user = User.objects.get(customer=due)
        assert (user.password_due_at, user.check_password(NEW)) == (None, True)
        names = list(Event.objects.about(due).order_by("pk").values_list("name", flat=True))
        assert names[-3:] == [
            "user.sessions_ended", "account.password_changed", "user.signed_in",
        ]  # fmt: skip
        assert [mail.subject for mail in worker()] == ["Ihr Passwort wurde geändert"]
        assert first_step(Client(), NEW)["Location"] == "/account/"

    @pytest.mark.parametrize(
        ("password", "sentence"),
        [
            (PASSWORD, "This is your present password. Choose another one."),
            ("short", "at least 10"),
            ("jana.mueller1", "similar"),
            ("", "This field is required."),
        ],
    )
    def test_what_is_no_new_password_is_refused(
        self, due: Customer, password: str, sentence: str
    ) -> None:
        browser = Client(headers={"Accept-Language": "en"})
        first_step(browser)
        answer = browser.post(CHOOSE, {"password": password})
        assert answer.status_code == 422
        assert not Session.objects.of(due.user).exists()
        assert User.objects.get(customer=due).password_due_at is not None
        if sentence != "similar":
            assert sentence in answer.text

    def test_any_new_password_settles_it(self, due: Customer, agent: User) -> None:
        ResetRequest.start(due, by=agent).redeem(NEW)
        assert first_step(Client(), NEW)["Location"] == "/account/"

    def test_so_does_one_chosen_while_signed_in(self, due: Customer) -> None:
        browser = sign_in(due.user)
        answer = browser.post("/account/password/", {"current": PASSWORD, "password": NEW})
        assert answer.status_code == 302
        assert User.objects.get(customer=due).password_due_at is None

    def test_who_comes_without_the_first_step_is_led_to_it(self, customer: Customer) -> None:
        browser = Client(headers={"Accept-Language": "en"})
        for answer in (browser.get(CHOOSE), browser.post(CHOOSE, {"password": NEW})):
            assert (answer.status_code, answer["Location"]) == (302, LOGIN)
        assert "Please sign in again." in browser.get(LOGIN).text

    @pytest.mark.parametrize("what", ["later", "barred", "reset"])
    def test_the_step_ends_with_its_time_a_hold_and_another_password(
        self, due: Customer, agent: User, what: str
    ) -> None:
        browser = Client()
        first_step(browser)
        if what == "later":
            session = SessionStore(browser.cookies[cookie_name("shop")].value)
            session[STEP] = {**session[STEP], "until": 0}
            session.save()
        elif what == "barred":
            due.disable(by=agent)
        else:
            ResetRequest.start(due, by=agent).redeem(NEW)
        answer = browser.post(CHOOSE, {"password": "Noch-ein-Milchkaffee-9"})
        assert (answer.status_code, answer["Location"]) == (302, LOGIN)
        assert not User.objects.get(customer=due).check_password("Noch-ein-Milchkaffee-9")

    def test_it_is_asked_of_whoever_is_in_the_middle_of_signing_in(
        self, customer: Customer
    ) -> None:
        """Recognised before it was asked for, let in after: the last moment counts."""

        def ask_meanwhile(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if "FOR NO KEY UPDATE" in sql:
                ask(customer)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(ask_meanwhile):
            answer = first_step(Client())
        assert answer["Location"] == CHOOSE

    def test_a_wrong_hand_is_slowed_down(self, due: Customer) -> None:
        browser = Client()
        first_step(browser)
        told = {browser.post(CHOOSE, {"password": PASSWORD}).status_code for _ in range(31)}
        assert told == {422, 429}


@pytest.mark.django_db(transaction=True)
def test_of_many_who_choose_at_once_one_is_let_in(customer: Customer) -> None:
    ask(customer)
    browsers = [Client() for _ in range(THREADS)]
    for browser in browsers[:8]:
        first_step(browser)
    told = all_at_once(
        lambda number: browsers[number].post(CHOOSE, {"password": f"{NEW}-{number}"})["Location"]
    )
    assert sorted(told) == ["/account/", *[LOGIN] * (THREADS - 1)]
    assert Session.objects.of(customer.user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_asking_many_and_signing_in_at_the_same_moment_agree(lead: User) -> None:
    people = with_account(4)
    one = BulkChange.ask(NEW_PASSWORD, Customer.objects.all(), by=lead)
    done(one)
    one.start(by=lead)

    def act(number: int) -> str:
        if number == 0:
            return str(done(one).stage)
        typed = {"email": people[number - 1].primary_email, "password": PASSWORD}
        return str(Client().post(LOGIN, typed)["Location"])

    stage, *places = all_at_once(act, threads=5)
    assert stage == "finished"
    assert set(places) <= {"/account/", CHOOSE}
    assert User.objects.filter(password_due_at__isnull=False).count() == 4
    assert Session.objects.exclude(user=None).count() == places.count("/account/")
