"""Settings › Health: the same figures for people, with something to do about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from notifications.models import Mail
from shopdesk.figures import ask
from shopdesk.health_pages import address_of, trouble
from shopdesk.models import HeldMail
from shopdesk.pulses import CLOCK, beat_once
from tests.factories.accounts import sign_in
from tests.happened import happened_to

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(customer: Customer) -> HeldMail:
    with transaction.atomic():
        mail = Mail.queue("message_from_staff", to="jana@example.de", language="de", about=customer)
    Mail.objects.update(withdrawn_at=timezone.now())
    return HeldMail.objects.create(mail=mail)


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("lead", 200), ("agent", 403), ("reader", 403)]
)
def test_who_may_look(cast: dict[str, User], who: str, status: int) -> None:
    desk = sign_in(cast[who])
    assert desk.get("/admin/settings/health/").status_code == status
    assert ("/admin/settings/health/" in desk.get("/admin/settings/").text) == (status == 200)


def test_missing_workers_are_named_and_found_again(owner: User) -> None:
    assert trouble(ask()) == [
        "No worker for: Urgent mails (mail-now), Everyday work (default), Long work (bulk)",
        "The clock (beat) does not run: retries and clean-ups do not happen.",
    ]
    beat_once("all@one", ["mail-now", "default", "bulk"])
    beat_once(CLOCK)
    assert trouble(ask()) == []
    assert "No worker for" not in sign_in(owner).get("/admin/settings/health/").text


def test_redis_away_is_one_trouble_and_not_four(owner: User, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert trouble(ask()) == [
        "Redis does not answer. Nothing is lost; what waits is done once it is back."
    ]
    assert sign_in(owner).get("/admin/settings/health/").status_code == 200


def test_a_held_mail_is_shown_and_sent(lead: User, held: HeldMail) -> None:
    desk = sign_in(lead)
    assert "jana@example.de" in desk.get("/admin/settings/health/").text
    answer = desk.post(f"/admin/settings/health/held-mails/{held.pk}/sending/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/settings/health/")
    assert Mail.objects.due().get().pk == held.mail_id
    assert "jana@example.de" not in desk.get("/admin/settings/health/").text


def test_a_held_mail_is_dropped_in_place(lead: User, held: HeldMail) -> None:
    address = f"/admin/settings/health/held-mails/{held.pk}/removal/"
    answer = sign_in(lead).post(address, headers={"HX-Request": "true"})
    assert (answer.status_code, 'id="held_card" hidden' in answer.text) == (200, True)
    assert (Mail.objects.open().count(), HeldMail.objects.count()) == (0, 0)
    assert happened_to(held.mail).get().name == "held_mail.dropped"


@pytest.mark.parametrize("action", ["sending", "removal"])
@pytest.mark.parametrize("who", ["agent", "reader"])
def test_others_send_and_drop_nothing(
    cast: dict[str, User], held: HeldMail, who: str, action: str
) -> None:
    address = f"/admin/settings/health/held-mails/{held.pk}/{action}/"
    assert sign_in(cast[who]).post(address).status_code == 403
    assert HeldMail.objects.count() == 1


def test_what_was_decided_already_is_not_found(lead: User, held: HeldMail) -> None:
    desk = sign_in(lead)
    address = f"/admin/settings/health/held-mails/{held.pk}/sending/"
    desk.post(address)
    assert desk.post(address).status_code == 404


@pytest.mark.parametrize("mails", [1, 3])
def test_the_query_count_does_not_grow(
    owner: User, customer: Customer, django_assert_num_queries, mails: int
) -> None:
    for _ in range(mails):
        with transaction.atomic():
            HeldMail.objects.create(
                mail=Mail.queue(
                    "message_from_staff", to="j@example.de", language="de", about=customer
                )
            )
    desk = sign_in(owner)
    desk.get("/admin/settings/health/")
    with django_assert_num_queries(20):
        desk.get("/admin/settings/health/")


def test_the_page_speaks_german(owner: User) -> None:
    owner.language = "de"
    owner.save(update_fields=["language"])
    page = sign_in(owner).get("/admin/settings/health/").text
    assert "Was wartet, was fehlschlug und was langsam ist." in page
    assert "Kein Worker für: Eilige Mails (mail-now), Alltägliches (default)" in page


@pytest.mark.parametrize(
    ("view", "address"),
    [
        ("customer_detail", "/admin/customers/…/"),
        ("import_list", "/admin/customers/imports/"),
        ("no_longer_there", "no_longer_there"),
    ],
)
def test_a_page_is_named_as_its_reader_sees_it(view: str, address: str) -> None:
    assert address_of(view) == address


def test_slow_pages_stand_there_by_their_addresses(owner: User) -> None:
    desk = sign_in(owner)
    desk.get("/admin/customers/imports/")
    card = desk.get("/admin/settings/health/").text.split('id="slow_title"')[1]
    shown = re.findall(r"<code>([^<]+)</code>", card.split("</section>")[0])
    assert [address for address in shown if not address.startswith("/")] == []
    assert shown != []
