"""Settings › Health: the same figures for people, with something to do about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from events.handlers import _by_name
from events.task_words import named_tasks, task_in_words
from notifications.models import Mail
from shopdesk.figures import HOLDS, QUEUES, ask
from shopdesk.health_pages import address_of
from shopdesk.models import HeldMail
from shopdesk.page_words import PAGES, page_in_words
from shopdesk.pulses import CLOCK, beat_once
from shopdesk.troubles import STILL, troubles
from tests.customers.import_files import checked, table
from tests.factories.accounts import sign_in
from tests.happened import happened_to
from tests.test_every_page import pages

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/settings/health/"


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
    assert desk.get(ADDRESS).status_code == status
    assert (ADDRESS in desk.get("/admin/settings/").text) == (status == 200)


def told() -> list[tuple[str, str]]:
    """Of each trouble its title, and what an administrator has to look for."""
    return [(trouble.title, trouble.technical) for trouble in troubles(ask())]


def test_missing_workers_are_named_and_found_again(owner: User) -> None:
    without_clock = ("Nothing happens by the clock.", "The clock (beat) does not run.")
    assert told() == [
        ("Work in the background stands still.", "No worker for: mail-now, default, bulk"),
        without_clock,
    ]
    beat_once("one@one", ["mail-now", "default"])
    assert told() == [("Long work does not go on.", "No worker for: bulk"), without_clock]
    beat_once("all@one", ["mail-now", "default", "bulk"])
    beat_once(CLOCK)
    assert told() == []
    assert "For the technician:" not in sign_in(owner).get(ADDRESS).text


def test_each_trouble_says_what_it_means_and_what_helps(owner: User) -> None:
    page = sign_in(owner).get(ADDRESS).text
    shown = page.split('class="notice bad"')
    assert len(shown) == 3
    for notice, trouble in zip(shown[1:], troubles(ask()), strict=True):
        assert f"<b>{trouble.title}</b>" in notice
        assert f"<p>{trouble.meaning} {trouble.help}</p>" in notice
        assert trouble.technical in notice


def test_redis_away_is_one_trouble_and_not_four(owner: User, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert told() == [("Work in the background stands still.", "Redis does not answer.")]
    assert "not known" in sign_in(owner).get(ADDRESS).text


def test_every_queue_has_words() -> None:
    assert QUEUES.keys() == HOLDS.keys() == STILL.keys()


def test_every_task_has_words() -> None:
    """But for those that tests have made."""
    ours = {name for name, one in _by_name.items() if not one.handle.__module__.startswith("tests")}
    assert ours - named_tasks() == set()
    assert task_in_words("of.another_release") == "A task of ShopDesk"


@pytest.mark.parametrize("imports", [1, 3])
def test_imports_are_counted_by_stage_at_once(
    owner: User, django_assert_num_queries, imports: int
) -> None:
    for number in range(imports):
        one = checked(table({"Email": f"{number}@example.de"}))
    with django_assert_num_queries(10):
        figures = ask()
    assert figures.imports == {"checked": imports}
    one.cancel(by=owner)
    assert ask().imports["cancelled"] == 1


def test_a_held_mail_is_shown_and_sent(lead: User, held: HeldMail) -> None:
    desk = sign_in(lead)
    assert "jana@example.de" in desk.get(ADDRESS).text
    answer = desk.post(f"/admin/settings/health/held-mails/{held.pk}/sending/")
    assert (answer.status_code, answer["Location"]) == (302, ADDRESS)
    assert Mail.objects.due().get().pk == held.mail_id
    assert "jana@example.de" not in desk.get(ADDRESS).text


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
    desk.get(ADDRESS)
    with django_assert_num_queries(21):
        desk.get(ADDRESS)


def test_the_page_speaks_german(owner: User) -> None:
    owner.language = "de"
    owner.save(update_fields=["language"])
    page = sign_in(owner).get(ADDRESS).text
    assert "Was wartet, was fehlschlug und was langsam ist." in page
    assert "Die Arbeit im Hintergrund steht still." in page
    assert "Kein Worker für: mail-now, default, bulk" in page


@pytest.mark.parametrize(
    ("view", "address", "words"),
    [
        ("customer_detail", "/admin/customers/…/", "A customer's page"),
        ("import_list", "/admin/customers/imports/", "Imports, and uploading a file"),
        ("import_pause", "/admin/customers/imports/…/pause/", "Imports"),
        ("customer_note_add", "/admin/customers/…/notes/", "Customers"),
        ("account_logout", "/account/logout/", "The customers' side"),
        ("no_longer_there", "no_longer_there", ""),
    ],
)
def test_a_page_is_named_as_people_call_it(view: str, address: str, words: str) -> None:
    assert address_of(view) == address
    assert page_in_words(view, address) == words


def test_what_is_named_is_there() -> None:
    names = {page.name for page in pages()}
    assert PAGES.keys() - names == set()


def test_slow_pages_stand_there_with_their_addresses_as_small_print(owner: User) -> None:
    desk = sign_in(owner)
    desk.get("/admin/customers/imports/")
    card = desk.get(ADDRESS).text.split('id="slow_title"')[1].split("</section>")[0]
    shown = re.findall(r'class="grow">([^<]+)<br>.*?<code[^>]*>([^<]+)</code>', card, re.DOTALL)
    assert shown != []
    assert [address for _words, address in shown if not address.startswith("/")] == []
    assert [words for words, _address in shown if words.startswith("/")] == []
