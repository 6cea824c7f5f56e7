"""The timeline tells what happened; notes call colleagues; letters leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from customers import timeline
from customers.handlers import send_letter
from customers.mentions import colleagues, mentioned_in
from customers.models import (
    CannotWrite,
    Channel,
    Consent,
    Customer,
    Letter,
    Mention,
    Note,
    Proof,
    TooLateToEdit,
)
from customers.timeline import Entry, timeline_of, timeline_sources
from events.models import Event
from events.timeline import Line, timeline_words
from notifications.models import Mail
from notifications.writing import write
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User


def told(customer: Customer) -> list[str]:
    return [strip_tags(entry.line.text) for entry in timeline_of(customer).entries]


def test_every_event_of_customers_has_words(agent: User, customer: Customer) -> None:
    other = customer.add_email("jana@work.example", by=agent, proof=Proof.PROVED)
    customer.make_primary(other, by=agent)
    customer.remove_identity(customer.identities.get(is_primary=False), by=agent)
    customer.change(by=agent, expected_version=1, note="Kind.", company="Nord")
    customer.add_address(by=agent, city="Graz").remove(by=agent)
    customer.tag("VIP", by=agent)
    customer.untag(customer.tags.get(), by=agent)
    customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=agent)
    customer.disable(by=agent)
    customer.enable_again(by=agent)
    Note.write(customer, by=agent, text="Called at noon.")
    Letter.write(customer, by=agent, subject="Hello", text="Your parcel")
    assert told(customer) == [
        "Anna Agent wrote to the customer",
        "Anna Agent left a note",
        "Anna Agent let the customer sign in again",
        "Anna Agent disabled the account",
        "Anna Agent changed consent for E-mail to Subscribed",
        "Anna Agent removed the tag VIP",
        "Anna Agent added the tag VIP",
        "Anna Agent removed an address",
        "Anna Agent added an address",
        "Anna Agent changed: company, remark",
        "Anna Agent removed an e-mail address",
        "Anna Agent changed the primary e-mail address",
        "Anna Agent added an e-mail address",
        "ShopDesk added the customer",
    ]
    names = set(Event.objects.about(customer).values_list("name", flat=True))
    assert names <= set(timeline_words.names())


def test_names_are_escaped(customer: Customer, agent: User) -> None:
    agent.name = "<script>alert(1)</script>"
    agent.save()
    customer.tag("<b>VIP", by=agent)
    text = timeline_of(customer).entries[0].line.text
    assert "<script>" not in text
    assert "<b>VIP" not in text


def test_one_pages_through_all_of_it(customer: Customer, agent: User) -> None:
    for number in range(7):
        Note.write(customer, by=agent, text=f"{number}")
    seen, cursor = [], ""
    while True:
        page = timeline_of(customer, cursor=cursor, size=3)
        seen += [entry.key for entry in page.entries]
        if not page.older:
            break
        cursor = page.older
    assert len(seen) == 8
    assert seen == sorted(seen, reverse=True)


def test_what_is_hidden_ends_no_page_early(
    customer: Customer, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline_sources, "_entries", [])
    customer.tag_all([f"old {number:02}" for number in range(4)], by=agent)
    gone = [Note.write(customer, by=agent, text="x").pk for _ in range(60)]
    Note.objects.filter(pk__in=gone).delete()
    newest = timeline_of(customer, size=3)
    assert newest.entries != []
    seen, cursor = list(newest.entries), newest.older
    while cursor:
        page = timeline_of(customer, cursor=cursor, size=3)
        seen, cursor = seen + page.entries, page.older
    assert [strip_tags(entry.line.text) for entry in seen] == [
        *(f"Anna Agent added the tag old {number:02}" for number in (3, 2, 1, 0)),
        "ShopDesk added the customer",
    ]


@pytest.mark.parametrize("cursor", ["x", "e30", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwieCJd", "é", "\0"])
def test_a_foreign_cursor_starts_at_the_top(cursor: str, customer: Customer) -> None:
    assert len(timeline_of(customer, cursor=cursor).entries) == 1


def test_rows_that_are_no_events_stand_in_their_place(
    customer: Customer, agent: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Event.objects.about(customer).update(at=timezone.now() - timedelta(days=2))
    entry = Entry(timezone.now() - timedelta(days=1), "import:1", Line("Imported"))
    monkeypatch.setattr(timeline_sources, "_entries", [(0, lambda *_given: [entry])])
    customer.tag("VIP", by=agent)
    assert told(customer) == [
        "Anna Agent added the tag VIP",
        "Imported",
        "ShopDesk added the customer",
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_queries_do_not_grow_with_the_lines(
    rows: int,
    customer: Customer,
    agent: User,
    other_agent: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timeline_sources, "_entries", [])
    for number in range(rows):
        Note.write(customer, by=[agent, other_agent][number % 2], text="x")
        Letter.write(customer, by=agent, subject="x", text="x")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        timeline_of(customer)
    assert len(queries) == 4


class TestNotes:
    def test_only_its_author_edits_a_note(
        self, customer: Customer, agent: User, other_agent: User
    ) -> None:
        note = Note.write(customer, by=agent, text="Calld.")
        with pytest.raises(TooLateToEdit):
            note.edit("Called.", by=other_agent)
        note.edit("Called.", by=agent)
        assert (note.text, note.edited_at is not None) == ("Called.", True)

    def test_after_five_minutes_a_note_stays(self, customer: Customer, agent: User) -> None:
        note = Note.write(customer, by=agent, text="Calld.")
        Note.objects.update(created_at=timezone.now() - timedelta(minutes=5))
        with pytest.raises(TooLateToEdit):
            note.edit("Called.", by=agent)
        note.refresh_from_db()
        assert (note.text, note.is_editable_by(agent)) == ("Calld.", False)

    def test_a_deleted_note_leaves_its_text_nowhere(
        self, customer: Customer, agent: User, other_agent: User
    ) -> None:
        note = Note.write(customer, by=agent, text="Secret.", mentioned=[other_agent])
        assert note.delete_for_good(by=agent)
        assert note.delete_for_good(by=agent) is False
        assert (note.text, Mention.objects.count()) == ("", 0)
        assert told(customer)[0] == "Anna Agent left a note that was deleted"
        with pytest.raises(TooLateToEdit):
            note.edit("Again.", by=agent)


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("@Otto Other please call", ["Otto Other"]),
            ("@otto, please", ["Otto Other"]),
            ("please @OTTO OTHER.", ["Otto Other"]),
            ("@Otto Other and @Lars", ["Lars Lead", "Otto Other"]),
            ("@Ottokar", []),
            ("otto@desk.example", []),
            ("mail otto@otto", []),
            ("@Anna Agent is me", []),
            ("@Nobody", []),
            ("", []),
        ],
    )
    def test_whom_a_text_names(self, text: str, names: list[str], cast: dict[str, User]) -> None:
        found = mentioned_in(text, colleagues(cast["agent"]))
        assert sorted(person.name for person in found) == names

    def test_a_first_name_that_two_bear_names_neither(self, cast: dict[str, User]) -> None:
        cast["lead"].name = "Otto Lead"
        cast["lead"].save()
        assert mentioned_in("@Otto", colleagues(cast["agent"])) == []

    def test_who_left_the_team_is_not_offered(self, agent: User, other_agent: User) -> None:
        assert colleagues(agent) == [other_agent]
        other_agent.deactivated_at = timezone.now()
        other_agent.save()
        assert colleagues(agent) == []

    def test_a_mention_is_seen_once_and_by_nobody_else(
        self, customer: Customer, agent: User, other_agent: User
    ) -> None:
        Note.write(customer, by=agent, text="@Otto", mentioned=[other_agent])
        mention = Mention.objects.get()
        assert mention.see(by=agent) is False
        assert mention.see(by=other_agent)
        assert mention.see(by=other_agent) is False

    def test_an_edit_calls_once(self, customer: Customer, agent: User, other_agent: User) -> None:
        note = Note.write(customer, by=agent, text="@Otto", mentioned=[other_agent])
        note.edit("@Otto!", by=agent, mentioned=[other_agent])
        assert Mention.objects.count() == 1


class TestLetters:
    def test_a_letter_leaves_in_the_customers_language(
        self, customer: Customer, agent: User
    ) -> None:
        customer.change(by=agent, expected_version=1, language="de", form_of_address="informal")
        Letter.write(customer, by=agent, subject="Ihr *Paket*", text="Guten Tag\n\n<b>bald</b>")
        event = Event.objects.get(name="customer.written_to")
        send_letter(event)
        send_letter(event)
        mail = Mail.objects.get()
        assert (mail.to, mail.language) == ("jana.mueller@example.de", "de-informal")
        written = write(mail)
        assert written is not None
        assert written.subject == "Ihr *Paket*"
        assert "<b>bald</b>" in written.text
        assert "<b>bald</b>" not in written.html
        assert "Anna Agent" in written.text

    def test_nobody_without_an_address_is_written_to(self, db: None, agent: User) -> None:
        karla = CustomerFactory(email="")
        with pytest.raises(CannotWrite):
            Letter.write(karla, by=agent, subject="x", text="x")
        assert Letter.objects.count() == 0

    def test_a_letter_that_is_gone_sends_nothing(self, customer: Customer, agent: User) -> None:
        letter = Letter.write(customer, by=agent, subject="x", text="x")
        event = Event.objects.get(name="customer.written_to")
        Letter.objects.filter(pk=letter.pk).delete()
        send_letter(event)
        assert Mail.objects.count() == 0


def test_pages_are_as_long_as_they_say() -> None:
    assert timeline.PAGE_SIZE == 30
