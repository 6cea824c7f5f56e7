"""Slots: what apps put in, in order, for those who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import AnonymousUser

from core.slots import FilledPanel, Panel, Slot, fill

if TYPE_CHECKING:
    from django.test import RequestFactory


def test_entries_come_in_their_order_and_then_as_added() -> None:
    slot: Slot[str] = Slot("test")
    slot.add("last", order=200)
    slot.add("first", order=1)
    slot.add("one")
    slot.add("two")
    assert slot.entries() == ["first", "one", "two", "last"]


def test_an_entry_added_twice_stands_once() -> None:
    slot: Slot[str] = Slot("test")
    slot.add("one")
    slot.add("one", order=5)
    assert slot.entries() == ["one"]


def test_what_is_read_from_a_slot_does_not_change_it() -> None:
    slot: Slot[str] = Slot("test")
    slot.entries().append("sneaked in")
    assert slot.entries() == []


@pytest.fixture
def request_of_nobody(rf: RequestFactory) -> object:
    request = rf.get("/")
    request.user = AnonymousUser()
    return request


def test_panels_are_filled_for_those_who_may_see_them(request_of_nobody) -> None:
    asked = []

    def context(request: object, *subjects: object) -> dict[str, object]:
        asked.append(subjects)
        return {"count": 3}

    panels = [
        Panel("shown.html", context, name="shown"),
        Panel("hidden.html", lambda request, *subjects: None),
        Panel("forbidden.html", context, allowed=lambda user: False),
        Panel("bare.html"),
    ]
    assert fill(panels, request_of_nobody, "Jana") == [
        FilledPanel("shown.html", "shown", {"count": 3}),
        FilledPanel("bare.html", "", {}),
    ]
    assert asked == [("Jana",)]


def test_where_something_is_kept_from_the_reader_only_plain_ones_are_filled(
    request_of_nobody,
) -> None:
    panels = [Panel("telling.html"), Panel("plain.html", is_plain=True)]
    shown = fill(panels, request_of_nobody, only_plain=True)
    assert [one.template for one in shown] == ["plain.html"]
