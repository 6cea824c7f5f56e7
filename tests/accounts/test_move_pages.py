"""The pages about an account that moves: the desk's form, the new address's, the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AddressUndo, Hold, HoldReason, ResetRequest, User
from accounts.moving import start_move
from accounts.tokens import token_for
from customers.models import AccountState, Customer, Proof
from tests.accounts.conftest import link_in
from tests.factories.checks import passed_check
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MailFactory

if TYPE_CHECKING:
    from accounts.models import User as Staff

OLD, NEW = "jana.mueller@example.de", "jana@neu.example"
CHOSEN = {"password": "Ein neues Kennwort 7"}


def address_of(customer: Customer) -> str:
    return reverse("address_move", args=[customer.pk])


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 200), ("reader", 403)]
)
def test_who_may_move_an_account(
    cast: dict[str, Staff], customer: Customer, desk_client: Any, who: str, status: int
) -> None:
    assert desk_client(cast[who]).get(address_of(customer)).status_code == status


def test_without_a_check_there_is_no_form(
    customer: Customer, agent: Staff, desk_client: Any
) -> None:
    page = desk_client(agent).get(address_of(customer))
    assert b'name="to"' not in page.content
    posted = desk_client(agent).post(address_of(customer), {"to": NEW})
    assert (posted.status_code, ResetRequest.objects.count()) == (409, 0)


def test_the_form_sends_the_link(
    customer: Customer, agent: Staff, desk_client: Any, worker: Any
) -> None:
    passed_check(customer, by=agent)
    answer = desk_client(agent).post(address_of(customer), {"to": "Jana@Neu.example"})
    assert answer["Location"] == reverse("customer_detail", args=[customer.pk])
    assert [mail.to for mail in worker()] == [[NEW]]


@pytest.mark.parametrize("typed", ["", "kein-at", OLD])
def test_nonsense_is_said_and_kept(
    customer: Customer, agent: Staff, desk_client: Any, typed: str
) -> None:
    passed_check(customer, by=agent)
    answer = desk_client(agent).post(address_of(customer), {"to": typed})
    assert (answer.status_code, f'value="{typed}"' in answer.content.decode()) == (422, typed != "")
    assert 'aria-invalid="true"' in answer.content.decode()


class TestAnAddressThatIsPerhapsMistyped:
    SLIP = "jana@gmial.com"

    @pytest.fixture
    def page(self, customer: Customer, agent: Staff, desk_client: Any) -> Any:
        passed_check(customer, by=agent)
        browser = desk_client(agent)
        return lambda **typed: browser.post(address_of(customer), typed)

    def test_the_page_asks_first(self, page: Any) -> None:
        asked = page(to="Jana@Gmial.com")
        assert asked.status_code == 422
        assert "Did they mean gmail.com?" in asked.text
        assert "Send all the same" in asked.text
        assert f'value="{self.SLIP}"' in asked.text
        assert not ResetRequest.objects.exists()

    def test_it_is_sent_all_the_same(self, page: Any) -> None:
        assert page(to="Jana@Gmial.com", anyway=self.SLIP).status_code == 302
        assert ResetRequest.objects.get().to == self.SLIP

    def test_what_was_said_of_one_says_nothing_of_another(self, page: Any) -> None:
        asked = page(to="jana@gnail.com", anyway=self.SLIP)
        assert (asked.status_code, "Is jana@gnail.com right?" in asked.text) == (422, True)
        assert not ResetRequest.objects.exists()

    def test_so_is_one_that_a_mail_did_not_reach(self, page: Any) -> None:
        MailFactory(
            to=NEW, failure="refused", answer="550", answer_words="5.1.1 …",
            failed_at=timezone.now(),
        )  # fmt: skip
        assert "A mail to this address did not arrive on" in page(to=NEW).text
        assert page(to=NEW, anyway=NEW).status_code == 302

    def test_sending_again_says_it_at_once(
        self, customer: Customer, agent: Staff, desk_client: Any
    ) -> None:
        passed_check(customer, by=agent)
        pages = [
            desk_client(agent).get(address_of(customer), {"to": to}).text
            for to in (self.SLIP, NEW, "nonsense.c")
        ]
        assert ["Send all the same" in page for page in pages] == [True, False, False]

    def test_before_the_check_nothing_is_said_of_it(
        self, customer: Customer, agent: Staff, desk_client: Any
    ) -> None:
        page = desk_client(agent).post(address_of(customer), {"to": self.SLIP})
        assert (page.status_code, "Did they mean" in page.text) == (409, False)


def test_anothers_address_is_explained_with_what_can_be_done(
    customer: Customer, agent: Staff, desk_client: Any
) -> None:
    karl = CustomerFactory(first_name="Karl", last_name="Kahn", email="karl@example.de")
    passed_check(customer, by=agent)
    answer = desk_client(agent).post(address_of(customer), {"to": "karl@example.de"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert reverse("customer_detail", args=[karl.pk]) in page
    assert "Karl Kahn" in page


def test_an_address_nobody_has_proved_does_not_become_the_one_to_sign_in_with(
    customer: Customer, agent: Staff, desk_client: Any
) -> None:
    unproved = customer.add_email(NEW, by=agent)
    answer = desk_client(agent).post(
        reverse("customer_identity_primary", args=[customer.pk, unproved.pk]), follow=True
    )
    assert "this one is not confirmed yet" in answer.content.decode()
    assert User.objects.get(customer=customer).email == OLD


def test_from_the_mail_to_the_account(
    customer: Customer, agent: Staff, worker: Any, stranger: Client
) -> None:
    passed_check(customer, by=agent)
    start_move(customer, NEW, by=agent)
    [mail] = worker()
    page = stranger.get(link_in(mail), follow=True)
    assert page.request["PATH_INFO"] == "/account/move/"
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("no-referrer", "no-store")
    assert stranger.post("/account/move/", {"password": "kurz"}).status_code == 422
    assert stranger.post("/account/move/", CHOSEN)["Location"] == "/account/login/"
    signed_in = stranger.post("/account/login/", {"email": NEW, **CHOSEN})
    assert signed_in.status_code == 302
    assert stranger.get("/account/").status_code == 200


def test_a_customer_whom_no_user_stands_for_moves_too(agent: Staff, stranger: Client) -> None:
    """No verb leaves an account without one; where there is none, nobody is locked out."""
    karl = CustomerFactory(email="karl@example.de", account_state=AccountState.ENABLED)
    passed_check(karl, by=agent)
    token = token_for(start_move(karl, NEW, by=agent))
    page = stranger.get(reverse("account_move", args=[token]), follow=True)
    assert (page.status_code, page.context["address"]) == (200, NEW)
    assert stranger.post("/account/move/", {"password": NEW}).status_code == 422
    assert stranger.post("/account/move/", CHOSEN)["Location"] == "/account/login/"
    assert User.objects.get(customer=karl).email == NEW


def test_a_link_for_one_page_opens_no_other(
    customer: Customer, agent: Staff, stranger: Client
) -> None:
    passed_check(customer, by=agent)
    token = token_for(start_move(customer, NEW, by=agent))
    for page in ("account_reset", "account_activate", "account_undo"):
        assert stranger.get(reverse(page, args=[token])).status_code == 404
    assert stranger.get(reverse("account_move", args=[token])).status_code == 302


def test_on_hold_the_page_says_that_the_team_opens_it(
    customer: Customer, owner: Staff, worker: Any, stranger: Client
) -> None:
    Hold.put_on(customer, by=owner, reason=HoldReason.STAFF)
    passed_check(customer, by=owner)
    start_move(customer, NEW, by=owner)
    [mail] = worker()
    stranger.get(link_in(mail), follow=True)
    page = stranger.post("/account/move/", CHOSEN, follow=True)
    assert b"as soon as our team has opened it again" in page.content


def test_the_way_back_asks_with_one_button(
    customer: Customer, agent: Staff, worker: Any, stranger: Client
) -> None:
    customer.make_primary(customer.add_email(NEW, by=agent, proof=Proof.PROVED), by=agent)
    [mail] = worker()
    page = stranger.get(link_in(mail), follow=True)
    assert User.objects.get(customer=customer).email == NEW  # a look changes nothing
    assert page["Referrer-Policy"] == "no-referrer"
    done = stranger.post("/account/undo/")
    assert b"is your address again" in done.content
    assert User.objects.get(customer=customer).email == OLD
    again = stranger.get(link_in(mail), follow=True)
    assert (again.status_code, b"already" in again.content) == (410, True)


@pytest.mark.django_db
def test_a_token_that_never_was_one_gets_the_page_of_all(stranger: Client) -> None:
    answers = {
        stranger.get(reverse(page, args=["1.falsch"])).status_code
        for page in ("account_move", "account_undo")
    }
    assert answers == {404}
    assert (ResetRequest.objects.count(), AddressUndo.objects.count()) == (0, 0)
