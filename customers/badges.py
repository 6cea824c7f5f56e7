"""The states of an account and of a consent, as pages and lists show them.

Functions, no templates: a list has fifty of each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import badge
from customers.models import AccountState, Consent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise
    from django.utils.safestring import SafeString

    from customers.models import Customer


@dataclass(frozen=True)
class _Look:
    """`long` says of what it is the state, where no heading does."""

    word: _StrPromise
    long: _StrPromise
    tone: str = ""


DISABLED = _Look(_("Disabled"), _("Account disabled"), "bad")
HELD = _Look(_("On hold"), _("Account on hold"), "bad")
ACCOUNTS = {
    AccountState.ENABLED: _Look(_("Enabled"), _("Account enabled"), "ok"),
    AccountState.INVITED: _Look(_("Invited"), _("Invited"), "info"),
    AccountState.DECLINED: _Look(_("Declined"), _("Declined"), "warn"),
    AccountState.NONE: _Look(_("No account"), _("No account")),
}
CONSENT_TONES = {Consent.SUBSCRIBED: "ok", Consent.PENDING: "warn", Consent.INVALID: "bad"}


def account_badge(customer: Customer, *, long: bool = False) -> SafeString:
    look = _look(customer)
    return badge(look.long if long else look.word, look.tone)


def _look(customer: Customer) -> _Look:
    if customer.is_disabled:
        return DISABLED
    return HELD if customer.is_held else ACCOUNTS[AccountState(customer.account_state)]


def consent_badge(state: str, words: str = "") -> SafeString:
    """`words` where more than the state itself is to be said."""
    consent = Consent(state)
    return badge(words or consent.label, CONSENT_TONES.get(consent, ""))
