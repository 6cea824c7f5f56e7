"""The whole way of a link, from whoever asked to the next sign-in, on a page of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ResetRequest, User
from accounts.reset_trail import ResetTrail
from customers.models import Customer
from notifications.models import Mail, Trouble
from tests.accounts.conftest import minutes_later
from tests.factories.accounts import request_of, sign_in
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"
HTMX = {"HX-Request": "true", "HX-Target": "reset_panel"}


def trail_of(customer: Customer) -> ResetTrail:
    newest = customer.reset_requests.select_related("asked_by").latest("pk")
    return ResetTrail(newest)


def steps_of(customer: Customer) -> list[tuple[str, str]]:
    return [(step.label, step.state) for step in trail_of(customer).steps()]


def details_of(customer: Customer) -> list[str]:
    return [step.detail for step in trail_of(customer).steps() if step.detail]


def page_of(request: ResetRequest) -> str:
    return f"/admin/customers/{request.customer_id}/reset-requests/{request.pk}/"


def sign_in_at_the_shop(password: str = NEW) -> None:
    Client().post("/account/login/", {"email": JANA, "password": password})


SENT = [("Sent by Anna Agent", "done"), ("Queued", "done"), ("Handed to the mail server", "done")]
UNKNOWN = ("Delivery unknown", "")


def test_each_step_is_shown_when_it_comes(customer: Customer, agent: User, worker: Any) -> None:
    request = ResetRequest.start(customer, by=agent)
    rest = [("Link opened", ""), ("Password changed", ""), ("Signed in", "")]
    assert steps_of(customer) == [SENT[0], ("Queued", "now"), *rest]
    worker()
    assert steps_of(customer) == [*SENT, UNKNOWN, ("Link opened", "now"), *rest[1:]]
    request.open_link()
    scanner = ("Link opened (perhaps by a scanner)", "done")
    assert steps_of(customer)[4:] == [scanner, ("Password changed", "now"), rest[2]]
    request.redeem(NEW)
    changed = [("Link opened", "done"), ("Password changed", "done")]
    assert steps_of(customer)[4:] == [*changed, ("Signed in", "now")]
    sign_in_at_the_shop()
    assert steps_of(customer)[4:] == [*changed, ("Signed in", "done")]


def test_it_says_who_asked_and_how_often(customer: Customer, agent: User, worker: Any) -> None:
    ResetRequest.start(customer, by=None)
    assert (steps_of(customer)[0], details_of(customer)) == (("Asked for at the shop", "done"), [])
    ResetRequest.start(customer, by=None)
    ResetRequest.start(customer, by=None)
    assert details_of(customer) == ["Asked 2 more times since"]
    worker()
    minutes_later()
    ResetRequest.start(customer, by=agent)
    ResetRequest.start(customer, by=None)
    assert details_of(customer) == ["The customer has asked at the shop as well"]


def test_the_mail_servers_answer_is_shown(customer: Customer, agent: User, worker: Any) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(answer="250", answer_words="2.0.0 Ok: queued as 4F1A2B")
    assert details_of(customer) == [
        "Answer: 250 2.0.0 Ok: queued as 4F1A2B",
        "Whether it arrived, the mail server does not tell us.",
    ]


def test_a_second_mail_with_the_link_is_counted(
    customer: Customer, agent: User, worker: Any
) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    minutes_later()
    ResetRequest.start(customer, by=None)
    worker()
    assert "Mail number 2 with this link" in details_of(customer)


def test_with_a_service_that_tells_it_is_awaited_and_then_delivered(
    customer: Customer, agent: User, worker: Any
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(service_id="abc")
    assert steps_of(customer)[3:5] == [("Delivered", "now"), ("Link opened", "")]
    Mail.objects.get().note_delivery(at=timezone.now())
    assert steps_of(customer)[3:5] == [("Delivered", "done"), ("Link opened", "now")]
    assert "It is in their mailbox." in trail_of(customer).text
    # Whoever has followed the link has the mail, though nobody has told so.
    Mail.objects.update(delivered_at=None)
    request.open_link()
    assert steps_of(customer)[3] == UNKNOWN


@pytest.mark.parametrize(
    ("trouble", "advice"),
    [
        (
            Trouble.GONE,
            "There is no such mailbox. Ask for the address once more, letter by letter.",
        ),
        (Trouble.NO_DOMAIN, "Nobody receives mail at this domain. Ask for what comes after the @"),
        (Trouble.FULL, "The mailbox is full. They have to make room in it first"),
        (Trouble.BLOCKED, "does not accept mail from us. Another address may do."),
        (Trouble.HELD_BACK, "whoever looks after ShopDesk can take it off the list there."),
        (Trouble.OTHER, "The mail was not accepted. Is the address right?"),
    ],
)
def test_a_mail_that_came_back_says_why_and_what_to_do(
    customer: Customer, agent: User, worker: Any, trouble: Trouble, advice: str
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.update(service_id="abc")
    Mail.objects.get().note_bounce(trouble, at=timezone.now(), words="550 …")
    assert ("Came back", "bad") in steps_of(customer)
    assert details_of(customer)[-1] == f"{trouble.label}. Answer: 550 …"
    html = sign_in(agent).get(f"/admin/customers/{customer.pk}/").text
    assert (f"The mail to {JANA} came back" in html, advice in html) == (True, True)
    assert ("every 5s" in html, "Send again" in html) == (False, True)
    # Both can be: it came back from one mailbox, and was forwarded to another.
    request.open_link()
    assert trail_of(customer).situation == "opened"


def test_a_refusal_is_explained_by_what_the_server_said(
    customer: Customer, agent: User, worker: Any
) -> None:
    ResetRequest.start(customer, by=agent)
    worker()
    failed = {"failed_at": timezone.now(), "failure": "refused", "answer": "550"}
    Mail.objects.update(handed_over_at=None, answer_words="5.1.1 … User unknown", **failed)
    assert steps_of(customer)[2] == ("The mail server refused the mail", "bad")
    assert details_of(customer) == ["Answer: 550 5.1.1 … User unknown"]
    assert trail_of(customer).text.startswith("There is no such mailbox. Ask for the address")


@pytest.mark.parametrize("ending", ["withdrawn", "expired"])
def test_what_ended_otherwise_ends_there(
    customer: Customer, agent: User, worker: Any, ending: str
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    request.open_link()
    if ending == "withdrawn":
        request.withdraw(by=agent)
    ResetRequest.objects.update(expires_at=timezone.now())
    opened = ("Link opened (perhaps by a scanner)", "done")
    assert steps_of(customer)[4:] == [opened, (ending.title(), "")]


def test_what_came_back_stands_on_home_until_it_was_delivered_after_all(
    customer: Customer, agent: User, worker: Any
) -> None:
    from accounts import panels

    request = ResetRequest.start(customer, by=agent)
    worker()
    mail = Mail.objects.get()
    mail.note_bounce(Trouble.FULL, at=timezone.now(), words="")
    assert panels.resets_failed(None) == {"requests": [request]}  # type: ignore[arg-type]
    assert panels.resets_pending(request_of(agent)) == {"requests": [], "count": 0}
    Mail.objects.update(delivered_at=timezone.now() + timedelta(seconds=1))
    assert panels.resets_failed(None) is None  # type: ignore[arg-type]


def test_staff_may_send_at_once_where_the_mail_came_back(
    customer: Customer, agent: User, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=agent)
    worker()
    Mail.objects.get().note_bounce(Trouble.GONE, at=timezone.now(), words="")
    worker()
    assert ResetRequest.start(customer, by=agent) != first


READERS = ["owner", "lead", "agent", "reader"]


def test_a_mail_whose_worker_was_lost_says_that_it_may_be_there_twice(
    customer: Customer, agent: User, worker: Any
) -> None:
    request = ResetRequest.start(customer, by=agent)
    worker()
    twice = "Perhaps twice: sending broke off on the way."
    assert twice not in sign_in(agent).get(page_of(request)).text
    Mail.objects.update(lost_workers=1)
    handed_over = [one for one in trail_of(customer).steps() if one.label == SENT[2][0]]
    assert [step.detail for step in handed_over] == [twice]
    assert twice in sign_in(agent).get(page_of(request)).text


@pytest.mark.parametrize("who", READERS)
def test_all_staff_may_look_and_those_who_write_may_send_again(
    cast: dict[str, User], customer: Customer, who: str, worker: Any
) -> None:
    request = ResetRequest.start(customer, by=cast["agent"])
    worker()
    page = sign_in(cast[who]).get(page_of(request))
    assert page.status_code == 200
    assert ("Sent by Anna Agent" in page.text, "Handed to the mail server" in page.text) == (
        True,
        True,
    )
    assert ("Send again" in page.text) == (who != "reader")


def test_links_of_others_and_of_nobody_are_not_found(customer: Customer, agent: User) -> None:
    request = ResetRequest.start(customer, by=agent)
    browser, other = sign_in(agent), CustomerFactory()
    for address in (
        f"/admin/customers/{other.pk}/reset-requests/{request.pk}/",
        f"/admin/customers/{customer.pk}/reset-requests/0/",
        f"/admin/customers/{customer.pk}/reset-requests/{'9' * 30}/",
    ):
        assert browser.get(address).status_code == 404
    assert browser.post(page_of(request)).status_code == 405


def test_earlier_links_are_listed_with_how_they_ended(
    customer: Customer, agent: User, worker: Any
) -> None:
    first = ResetRequest.start(customer, by=None)
    worker()
    minutes_later()
    ResetRequest.start(customer, by=agent)
    page = sign_in(agent).get(page_of(first)).text
    assert page.count("/reset-requests/") >= 2
    assert ("Replaced by a newer link" in page, "Waiting" in page) == (True, True)
    assert "asked for at the shop" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_links(
    customer: Customer,
    agent: User,
    rows: int,
    worker: Any,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(rows):
        request = ResetRequest.start(customer, by=agent)
        worker()
        minutes_later()
    browser = sign_in(agent)
    browser.get(page_of(request))
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(page_of(request))


# Shop, session, user; customer with identities; request, all links, its mails.
PAGE_QUERIES = 8
