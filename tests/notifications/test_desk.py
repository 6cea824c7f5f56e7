"""Staff pages of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Mail, MailServer
from tests.factories.notifications import MailFactory

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/mails/"


def failed_mail(**fields: Any) -> Mail:
    return MailFactory(
        **{"failed_at": timezone.now(), "failure": "refused", "answer": "550", **fields}
    )


def attempts_url(mail: Mail) -> str:
    return reverse("mail_attempts", args=[mail.pk])


@pytest.mark.parametrize("who", ["owner", "lead", "agent", "reader"])
def test_all_staff_see_what_failed_and_why(
    who: str, cast: dict[str, User], desk_client: Any
) -> None:
    failed_mail(to="gone@example.de")
    MailFactory(to="waits@example.de")
    page = desk_client(cast[who]).get(LIST).content.decode()

    assert "gone@example.de" in page
    assert "The mail server refused the mail (550)" in page
    assert "waits@example.de" not in page


def test_customers_and_strangers_do_not(customer: Any, stranger: Any, shop_client: Any) -> None:
    failed_mail()

    assert stranger.get(LIST).status_code == 302
    assert shop_client(customer.user).get(LIST).status_code == 302


@pytest.mark.parametrize(
    ("who", "status", "state"),
    [("owner", 302, "waiting"), ("lead", 302, "waiting"), ("agent", 403, "failed"),
     ("reader", 403, "failed")],
)  # fmt: skip
def test_leads_and_owners_try_again(
    who: str, status: int, state: str, cast: dict[str, User], desk_client: Any
) -> None:
    mail = failed_mail()
    answer = desk_client(cast[who]).post(attempts_url(mail))
    mail.refresh_from_db()

    assert (answer.status_code, mail.state) == (status, state)


@pytest.mark.parametrize(
    ("who", "status", "is_shown"),
    [("owner", 302, False), ("lead", 302, False), ("agent", 403, True), ("reader", 403, True)],
)
def test_leads_and_owners_let_it_rest(
    who: str, status: int, is_shown: bool, cast: dict[str, User], desk_client: Any
) -> None:
    mail = failed_mail(to="gone@example.de")
    answer = desk_client(cast[who]).post(reverse("mail_dismissal", args=[mail.pk]))

    assert answer.status_code == status
    assert ("gone@example.de" in desk_client(cast["agent"]).get(LIST).content.decode()) is is_shown


def test_htmx_gets_the_card_with_what_is_left(lead: User, desk_client: Any) -> None:
    failed_mail(to="other@example.de")
    mail = failed_mail(to="gone@example.de")
    answer = desk_client(lead).post(attempts_url(mail), headers={"HX-Request": "true"})
    card = answer.content.decode()

    assert card.lstrip().startswith('<section class="card" id="mail_card">')
    assert "other@example.de" in card
    assert "gone@example.de" not in card


def test_what_has_expired_is_not_tried_again(lead: User, desk_client: Any) -> None:
    mail = failed_mail(expires_at=timezone.now() - timedelta(minutes=1))
    client = desk_client(lead)
    assert attempts_url(mail) not in client.get(LIST).content.decode()

    client.post(attempts_url(mail))
    assert "has expired" in client.get(LIST).content.decode()


def test_a_get_tries_nothing_again(lead: User, desk_client: Any) -> None:
    assert desk_client(lead).get(attempts_url(failed_mail())).status_code == 405


@pytest.mark.parametrize("cursor", ["x", "W10", "a" * 10_000])
def test_a_bad_cursor_leads_to_the_first_page(cursor: str, lead: User, desk_client: Any) -> None:
    failed_mail(to="gone@example.de")

    assert "gone@example.de" in desk_client(lead).get(f"{LIST}?cursor={cursor}").content.decode()


def test_a_mail_that_is_not_there_is_not_found(lead: User, desk_client: Any) -> None:
    assert desk_client(lead).post("/admin/mails/404/attempts/").status_code == 404
    assert desk_client(lead).post(f"/admin/mails/{'9' * 30}/attempts/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(
    rows: int, lead: User, desk_client: Any, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        failed_mail()
    client = desk_client(lead)
    client.get(LIST)
    # Session, colleague, shop, mails, and what is known of all their addresses.
    with django_assert_num_queries(5):
        client.get(LIST)


class TestHome:
    def test_it_says_that_all_is_well(self, agent: User, desk_client: Any) -> None:
        assert "No mail waits." in desk_client(agent).get("/admin/").content.decode()

    def test_it_says_what_waits_what_failed_and_that_the_server_is_away(
        self, agent: User, desk_client: Any
    ) -> None:
        MailFactory(), MailFactory()
        failed_mail()
        MailServer.failed_to_answer()
        page = desk_client(agent).get("/admin/").content.decode()

        assert "2 mails wait." in page
        assert "1 mail failed" in page
        assert "Server out of reach" in page

    def test_old_failures_are_history(self, agent: User, desk_client: Any) -> None:
        failed_mail(to="", failed_at=timezone.now())
        failed_mail(failed_at=timezone.now() - timedelta(days=31))
        page = desk_client(agent).get("/admin/").content.decode()

        assert "Needs a look" not in page
        assert "mail failed" not in page
