"""The states of accounts and consents in a word and a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone, translation

from customers.badges import account_badge, consent_badge
from customers.models import AccountState, Consent, Customer

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = timezone.now()


@pytest.mark.parametrize(
    ("facts", "word", "long", "tone"),
    [
        ({"account_state": AccountState.NONE}, "No account", "No account", "badge"),
        ({"account_state": AccountState.INVITED}, "Invited", "Invited", "badge info"),
        ({"account_state": AccountState.ENABLED}, "Enabled", "Account enabled", "badge ok"),
        ({"account_state": AccountState.DECLINED}, "Declined", "Declined", "badge warn"),
        ({"held_at": NOW}, "On hold", "Account on hold", "badge bad"),
        ({"held_at": NOW, "disabled_at": NOW}, "Disabled", "Account disabled", "badge bad"),
    ],
)
def test_an_account(facts: dict[str, Any], word: str, long: str, tone: str) -> None:
    customer = Customer(**{"account_state": AccountState.ENABLED, **facts})
    assert account_badge(customer) == f'<span class="{tone}">{word}</span>'
    assert account_badge(customer, long=True) == f'<span class="{tone}">{long}</span>'


@pytest.mark.parametrize("state", AccountState.values)
def test_each_state_of_an_account_has_a_word(state: str) -> None:
    assert str(AccountState(state).label) in account_badge(Customer(account_state=state))


@pytest.mark.parametrize(
    ("state", "tone"),
    [
        (Consent.SUBSCRIBED, "badge ok"),
        (Consent.PENDING, "badge warn"),
        (Consent.INVALID, "badge bad"),
        (Consent.UNSUBSCRIBED, "badge"),
    ],
)
def test_a_consent(state: Consent, tone: str) -> None:
    assert consent_badge(state.value) == f'<span class="{tone}">{state.label}</span>'
    assert consent_badge(state.value, "SMS: <b>") == f'<span class="{tone}">SMS: &lt;b&gt;</span>'


@pytest.mark.parametrize(
    "drawn", [lambda: account_badge(Customer()), lambda: consent_badge(Consent.SUBSCRIBED)]
)
def test_in_the_readers_language(drawn: Callable[[], str]) -> None:
    english = drawn()
    with translation.override("de"):
        assert drawn() != english
    assert drawn() == english
