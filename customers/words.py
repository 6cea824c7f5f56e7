"""The customers' own events in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Channel, Consent, Letter, Note
from events.timeline import Line, Words, timeline_words

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from events.timeline import Told

SENTENCES = {
    "customer.created": gettext_lazy("{who} added the customer"),
    "customer.disabled": gettext_lazy("{who} disabled the account"),
    "customer.enabled_again": gettext_lazy("{who} let the customer sign in again"),
    "customer.held": gettext_lazy("{who} put the account on hold"),
    "customer.released": gettext_lazy("{who} lifted the hold"),
    "customer.account_invited": gettext_lazy("{who} invited the customer to open an account"),
    "customer.account_enabled": gettext_lazy("The account was activated"),
    "customer.account_declined": gettext_lazy("The customer declined to open an account"),
    "customer.told_apart": gettext_lazy(
        "{who} noted that this is not the same person as another customer"
    ),
    "customer.email_added": gettext_lazy("{who} added an e-mail address"),
    "customer.email_removed": gettext_lazy("{who} removed an e-mail address"),
    "customer.primary_email_changed": gettext_lazy("{who} changed the primary e-mail address"),
    "customer.primary_email_replaced": gettext_lazy("{who} replaced the primary e-mail address"),
    "customer.email_proved": gettext_lazy("{who} confirmed an e-mail address"),
    "customer.phone_added": gettext_lazy("{who} added a phone number"),
    "customer.phone_removed": gettext_lazy("{who} removed a phone number"),
    "customer.phone_proved": gettext_lazy("{who} confirmed a phone number"),
    "customer.primary_phone_changed": gettext_lazy("{who} changed the primary phone number"),
    "customer.address_added": gettext_lazy("{who} added an address"),
    "customer.address_changed": gettext_lazy("{who} changed an address"),
    "customer.address_removed": gettext_lazy("{who} removed an address"),
    "customer.default_address_changed": gettext_lazy("{who} chose another default address"),
}
FIELDS = {
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "company": gettext_lazy("company"),
    "language": gettext_lazy("language"),
    "form_of_address": gettext_lazy("form of address"),
    "note": gettext_lazy("remark"),
}
BAD = {"customer.disabled", "customer.held"}


def register_words() -> None:
    """Give every event of this app its words."""
    for name, sentence in SENTENCES.items():
        timeline_words.register(name, _simple(sentence), is_plain=True)
    timeline_words.register("customer.changed", _changed, is_plain=True)
    timeline_words.register("customer.tagged", _tagged, is_plain=True)
    timeline_words.register("customer.untagged", _untagged, is_plain=True)
    timeline_words.register("customer.consent_changed", _consent_changed, is_plain=True)
    timeline_words.register("customer.noted", _noted, is_plain=True)
    timeline_words.register("customer.written_to", _written_to)


def _simple(sentence: _StrPromise) -> Words:
    def words(told: Told) -> Line:
        state = "bad" if told.event.name in BAD else ""
        return Line(format_html(str(sentence), who=told.who), state=state)

    return words


def _changed(told: Told) -> str:
    fields = [str(FIELDS[name]) for name in told.event.plain.get("fields", []) if name in FIELDS]
    return format_html(_("{who} changed: {fields}"), who=told.who, fields=", ".join(fields))


def _tagged(told: Told) -> str:
    return format_html(_("{who} added the tag {tag}"), who=told.who, tag=_tag(told))


def _untagged(told: Told) -> str:
    return format_html(_("{who} removed the tag {tag}"), who=told.who, tag=_tag(told))


def _tag(told: Told) -> str:
    return format_html('<span class="badge plain">{}</span>', told.event.plain.get("tag", ""))


def _consent_changed(told: Told) -> str:
    plain = told.event.plain
    return format_html(
        _("{who} changed consent for {channel} to {state}"),
        who=told.who,
        channel=Channel(plain["channel"]).label,
        state=format_html('<span class="badge plain">{}</span>', Consent(plain["state"]).label),
    )


def _noted(told: Told) -> Line | None:
    note = told.subject
    if not isinstance(note, Note):
        return None
    if note.deleted_at:
        return Line(format_html(_("{who} left a note that was deleted"), who=told.who))
    return Line(format_html(_("{who} left a note"), who=told.who), state="k")


def _written_to(told: Told) -> Line | None:
    if not isinstance(told.subject, Letter):
        return None
    words = format_html(_("{who} wrote to the customer"), who=told.who)
    return Line(words, state="k")
