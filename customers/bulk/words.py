"""Bulk changes in words: on their pages, and on the timeline of everybody whom they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import words
from customers.bulk.kinds import kind_of
from customers.bulk.rows import BulkRow
from customers.bulk.stages import CHANGED
from customers.timeline import Entry
from events.timeline import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from customers.bulk.models import BulkChange
    from customers.models import Customer


def title_of(change: BulkChange) -> str:
    """E.g. "Add tags: VIP, Winter" or "Undo: Disable accounts"."""
    if change.undoes:
        undo = _("Undo")
        return f"{undo}: {title_of(change.undoes)}"
    return kind_of(change).title(change)


def size_of(change: BulkChange) -> str:
    sentence = ngettext(
        "Bulk change of %(count)s customer",
        "Bulk change of %(count)s customers",
        change.chosen_count,
    )
    return sentence % {"count": words.number(change.chosen_count)}


def bulk_entries(customer: Customer, until: datetime | None, size: int) -> Iterator[Entry]:
    """What bulk changes did to a customer, as lines of their timeline."""
    rows = BulkRow.objects.filter(customer=customer, outcome=CHANGED)
    if until is not None:
        rows = rows.filter(at__lte=until)
    people = ("of_change__asked_by", "of_change__started_by")
    rows = rows.select_related(*people, "of_change__undoes")
    tags = rows.prefetch_related("of_change__tags", "of_change__undoes__tags")
    for row in tags.order_by("-at")[:size]:
        change = row.of_change
        state = "bad" if kind_of(change).is_grave and not change.undoes else ""
        yield Entry(row.at, f"bulk{change.pk:020}", Line(_sentence(row), state=state))


def _sentence(row: BulkRow) -> str:
    change = row.of_change
    person = change.started_by or change.asked_by
    who = format_html("<b>{}</b>", person.name if person else "ShopDesk")
    address = reverse("bulk_change_detail", args=[change.pk])
    if change.undoes:
        what = format_html(_("{who} undid a bulk change"), who=who)
        return format_html('{} · <a href="{}">{}</a>', what, address, title_of(change.undoes))
    told = kind_of(change).sentence(row, who)
    return format_html('{} · <a href="{}">{}</a>', told, address, size_of(change))
