"""Bulk changes in words: on their pages, and on the timeline of everybody whom they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import words
from customers.bulk.rows import BulkRow
from customers.bulk.stages import Kind, Outcome
from customers.timeline import Entry
from events.timeline import Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from customers.bulk.models import BulkChange
    from customers.models import Customer


def title_of(change: BulkChange) -> str:
    """E.g. "Add tags: VIP, Winter" or "Undo: Disable accounts"."""
    kind = str(Kind(change.kind).label)
    if change.undoes:
        return f"{kind}: {title_of(change.undoes)}"
    tags = ", ".join(tag.name for tag in change.tags.all())
    return f"{kind}: {tags}" if tags else kind


def size_of(change: BulkChange) -> str:
    sentence = ngettext(
        "Bulk change of %(count)s customer",
        "Bulk change of %(count)s customers",
        change.chosen_count,
    )
    return sentence % {"count": words.number(change.chosen_count)}


def bulk_entries(customer: Customer, until: datetime | None, size: int) -> Iterator[Entry]:
    """What bulk changes did to a customer, as lines of their timeline."""
    rows = BulkRow.objects.filter(customer=customer, outcome=Outcome.CHANGED)
    if until is not None:
        rows = rows.filter(at__lte=until)
    rows = rows.select_related("of_change__asked_by", "of_change__undoes")
    tags = rows.prefetch_related("of_change__tags", "of_change__undoes__tags")
    for row in tags.order_by("-at")[:size]:
        change = row.of_change
        state = "bad" if change.kind == Kind.DISABLE else ""
        yield Entry(row.at, f"bulk{change.pk:020}", Line(_sentence(change), state=state))


def _sentence(change: BulkChange) -> str:
    who = format_html("<b>{}</b>", change.asked_by.name if change.asked_by else "ShopDesk")
    address = reverse("bulk_change_detail", args=[change.pk])
    if change.undoes:
        what = format_html(_("{who} undid a bulk change"), who=who)
        return format_html('{} · <a href="{}">{}</a>', what, address, title_of(change.undoes))
    return format_html('{} · <a href="{}">{}</a>', _done(change, who), address, size_of(change))


def _done(change: BulkChange, who: str) -> str:
    if change.kind == Kind.DISABLE:
        return format_html(_("{who} disabled the account"), who=who)
    names = [tag.name for tag in change.tags.all()]
    badges = ((name,) for name in names)
    tags = format_html_join(" ", '<span class="badge plain">{}</span>', badges)
    return format_html(_tagging(Kind(change.kind), is_one=len(names) == 1), who=who, tag=tags)


def _tagging(kind: Kind, *, is_one: bool) -> str:
    if kind == Kind.TAG:
        return _("{who} added the tag {tag}") if is_one else _("{who} added the tags {tag}")
    return _("{who} removed the tag {tag}") if is_one else _("{who} removed the tags {tag}")
