"""How far an address or number is known to be the customer's, as every page shows it.

An outline of its own for each level, the word, and in the tooltip since when: never colour alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from core import words
from core.templatetags.ui import outline
from customers.models import Identity, Level, Proof

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.utils.safestring import SafeString

OUTLINES = {
    Level.CLAIMED: "circle",
    Level.CONFIRMED: "badge-check",
    Level.SIGNED_IN: "shield-check",
}
_MARK = '<span class="level {}" title="{}">{}{}</span>'
_SHORT_MARK = _MARK.format("{}", "{}", "{}", '<span class="visually-hidden">{}</span>')


def level_mark(identity: Identity, *, short: bool = False) -> SafeString:
    """Stands beside an address or number. `short` leaves the word to screen readers."""
    level = identity.level
    markup = _SHORT_MARK if short else _MARK
    return format_html(markup, level.value, since(identity), outline(OUTLINES[level]), level.label)


def reached_at(identity: Identity | None) -> SafeString | str:
    """An address or number behind its mark, as lists show it; nothing where there is none."""
    if identity is None:
        return ""
    return format_html("{} {}", level_mark(identity, short=True), identity.value)


def since(identity: Identity) -> str:
    """What the level rests on, in a sentence."""
    if identity.level == Level.CLAIMED:
        return _("%(how)s, not confirmed") % {"how": Proof(identity.proof).label}
    if identity.proved_at is None:
        return _("Confirmed")
    said = {"day": words.day(identity.proved_at), "last": words.day(identity.signed_in_at)}
    if identity.level == Level.CONFIRMED:
        return _("Confirmed on %(day)s") % said
    return _("Confirmed on %(day)s, last used to sign in on %(last)s") % said


def marks_of(addresses: Iterable[str]) -> Mapping[str, SafeString]:
    """Marks of e-mail addresses that mails went to, by address; one query, none for no address.

    Of one that several customers have, whose primary one it is says it.
    """
    wanted = {address.lower(): address for address in addresses}
    if not wanted:
        return {}
    known = Identity.objects.emails().filter(key__in=wanted).order_by("is_primary", "-pk")
    return {wanted[one.key]: level_mark(one, short=True) for one in known}
