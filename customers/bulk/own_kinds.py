"""The kinds of bulk changes that need nothing but customers: tags, and disabling accounts."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.permissions import can_write, is_lead
from core.words import number
from customers.bulk.kinds import BulkKind, Written
from customers.bulk.stages import Kind
from customers.bulk.tag_forms import TagsForm, UntagForm
from customers.bulk.writing import write

if TYPE_CHECKING:
    from accounts.models import User
    from customers.bulk.models import BulkChange
    from customers.bulk.rows import BulkRow


class _OwnKind(BulkKind):
    """Done by a statement of `customers.bulk.writing`."""

    def write(self, one: BulkChange, ids: Sequence[int], *, most: int | None) -> Written:  # noqa: ARG002 -- no pace
        return write(one, ids)

    def take_back(self, one: BulkChange, ids: Sequence[int]) -> Written:
        return write(one, ids)


class TagKind(_OwnKind):
    name = Kind.TAG
    label = gettext_lazy("Add tags")
    button = gettext_lazy("Add tags…")
    form = TagsForm
    outcomes = MappingProxyType(
        {"too_many_tags": gettext_lazy("A customer carries at most 250 tags.")}
    )

    def may(self, user: User) -> bool:
        return can_write(user)

    def title(self, one: BulkChange) -> str:
        return f"{self.label}: {', '.join(tag.name for tag in one.tags.all())}"

    def sentence(self, row: BulkRow, who: str) -> str:
        tags = list(row.of_change.tags.all())
        badges = ((tag.name,) for tag in tags)
        named = format_html_join(" ", '<span class="badge plain">{}</span>', badges)
        return format_html(self.done(is_one=len(tags) == 1), who=who, tag=named)

    def taken_back(self, one: BulkChange) -> str:
        words = ngettext(
            "%(count)s customer loses again: %(tags)s",
            "%(count)s customers lose again: %(tags)s",
            one.changed_count,
        )
        return words % _with_tags(one)

    def done(self, *, is_one: bool) -> str:
        return _("{who} added the tag {tag}") if is_one else _("{who} added the tags {tag}")


class UntagKind(TagKind):
    name = Kind.UNTAG
    label = gettext_lazy("Remove tags")
    button = gettext_lazy("Remove tags…")
    form = UntagForm

    def taken_back(self, one: BulkChange) -> str:
        words = ngettext(
            "%(count)s customer gets back: %(tags)s",
            "%(count)s customers get back: %(tags)s",
            one.changed_count,
        )
        return words % _with_tags(one)

    def done(self, *, is_one: bool) -> str:
        return _("{who} removed the tag {tag}") if is_one else _("{who} removed the tags {tag}")


class DisableKind(_OwnKind):
    name = Kind.DISABLE
    label = gettext_lazy("Disable accounts")
    button = gettext_lazy("Disable accounts…")
    is_grave = True
    explained = gettext_lazy(
        "They are signed out everywhere at once and cannot sign in or reset a password until a "
        "colleague allows it again. Orders and notes stay."
    )

    def may(self, user: User) -> bool:
        return is_lead(user)

    def sentence(self, row: BulkRow, who: str) -> str:  # noqa: ARG002 -- alike for all
        return format_html(_("{who} disabled the account"), who=who)

    def taken_back(self, one: BulkChange) -> str:
        words = ngettext(
            "%(count)s customer may sign in again and reset the password.",
            "%(count)s customers may sign in again and reset their passwords.",
            one.changed_count,
        )
        return words % {"count": number(one.changed_count)}


def _with_tags(one: BulkChange) -> dict[str, str]:
    tags = ", ".join(tag.name for tag in one.tags.all())
    return {"count": number(one.changed_count), "tags": tags}
