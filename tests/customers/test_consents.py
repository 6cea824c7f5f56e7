"""What may follow what a customer agreed to, which word counts, and what staff are offered."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError
from django.utils import timezone

from customers.models import (
    Channel,
    CollectedFrom,
    Consent,
    ConsentLevel,
    Customer,
    ImpossibleConsent,
)
from events.models import Event
from tests.customers.page_addresses import text_of, url
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from accounts.models import User

    SignIn = Callable[[User], Client]


class TestVerb:
    def test_a_consent_is_noted_once(self, agent: User, customer: Customer) -> None:
        assert customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=agent)
        assert customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=agent) is False
        customer.refresh_from_db()
        assert customer.email_consent == Consent.SUBSCRIBED
        event = Event.objects.about(customer).latest("id")
        assert event.plain == {"channel": "email", "state": "SUBSCRIBED"}

    @pytest.mark.parametrize("days", [[2], [3, 2], [1, 3, 2]])
    def test_an_older_word_that_arrives_later_does_not_count(
        self, days: list[int], customer: Customer
    ) -> None:
        """Also when the newest word only repeated what was said before."""
        start = timezone.now() - timedelta(days=9)
        for day in days:
            at = start + timedelta(days=day)
            customer.set_consent(Channel.SMS, Consent.UNSUBSCRIBED, by=None, at=at)
        for day in (1, 2):
            at = start + timedelta(days=day, hours=-1)
            assert not customer.set_consent(Channel.SMS, Consent.SUBSCRIBED, by=None, at=at)
        customer.refresh_from_db()
        newest = start + timedelta(days=max(days))
        assert (customer.sms_consent, customer.sms_consent_at) == ("UNSUBSCRIBED", newest)

    @pytest.mark.parametrize(
        ("before", "said", "after"),
        [
            ("NOT_SUBSCRIBED", "PENDING", "PENDING"),
            ("NOT_SUBSCRIBED", "UNSUBSCRIBED", "UNSUBSCRIBED"),
            ("PENDING", "SUBSCRIBED", "SUBSCRIBED"),
            ("SUBSCRIBED", "NOT_SUBSCRIBED", "SUBSCRIBED"),
            ("SUBSCRIBED", "PENDING", "SUBSCRIBED"),
            ("SUBSCRIBED", "INVALID", "INVALID"),
            ("UNSUBSCRIBED", "NOT_SUBSCRIBED", "UNSUBSCRIBED"),
            ("UNSUBSCRIBED", "INVALID", "UNSUBSCRIBED"),
            ("UNSUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED"),
            ("INVALID", "NOT_SUBSCRIBED", "INVALID"),
            ("INVALID", "SUBSCRIBED", "SUBSCRIBED"),
            ("SUBSCRIBED", "REDACTED", "REDACTED"),
            ("REDACTED", "UNSUBSCRIBED", "REDACTED"),
        ],
    )
    def test_only_what_may_follow_follows(
        self, before: str, said: str, after: str, db: None
    ) -> None:
        jana = CustomerFactory(email_consent=before)
        assert jana.set_consent(Channel.EMAIL, Consent(said), by=None) is (before != after)
        jana.refresh_from_db()
        assert jana.email_consent == after

    @pytest.mark.parametrize(
        ("levels", "kept"),
        [
            (["single_opt_in", "confirmed_opt_in"], "confirmed_opt_in"),
            (["confirmed_opt_in", "single_opt_in"], "confirmed_opt_in"),
            (["unknown", "single_opt_in", "unknown"], "single_opt_in"),
        ],
    )
    def test_the_strongest_opt_in_is_kept(
        self, levels: list[str], kept: str, customer: Customer
    ) -> None:
        for level in levels:
            customer.set_consent(
                Channel.EMAIL, Consent.SUBSCRIBED, by=None, level=ConsentLevel(level)
            )
        customer.refresh_from_db()
        assert customer.email_consent_level == kept

    def test_who_left_and_comes_back_begins_with_the_level_of_that_day(
        self, customer: Customer
    ) -> None:
        for state, level in [
            (Consent.SUBSCRIBED, ConsentLevel.CONFIRMED),
            (Consent.UNSUBSCRIBED, ConsentLevel.UNKNOWN),
            (Consent.SUBSCRIBED, ConsentLevel.SINGLE),
        ]:
            assert customer.set_consent(Channel.EMAIL, state, by=None, level=level)
        assert customer.email_consent_level == "single_opt_in"

    def test_only_shopdesk_itself_calls_an_address_invalid_and_never_a_number(
        self, agent: User, customer: Customer
    ) -> None:
        with pytest.raises(ImpossibleConsent):
            customer.set_consent(Channel.EMAIL, Consent.INVALID, by=agent)
        with pytest.raises(ImpossibleConsent):
            customer.set_consent(Channel.SMS, Consent.INVALID, by=None)
        with pytest.raises(IntegrityError, match="consent_invalid_for_email_only"):
            Customer.objects.filter(pk=customer.pk).update(sms_consent="INVALID")

    def test_where_a_word_was_given_is_kept(self, customer: Customer) -> None:
        said = {"by": None, "collected_from": CollectedFrom.SHOPIFY}
        customer.set_consent(Channel.SMS, Consent.SUBSCRIBED, **said)
        customer.refresh_from_db()
        assert (customer.sms_consent_collected_from, customer.email_consent_collected_from) == (
            "SHOPIFY",
            "",
        )

    def test_nothing_follows_redacted(self, customer: Customer) -> None:
        customer.set_consent(Channel.EMAIL, Consent.REDACTED, by=None)
        assert customer.set_consent(Channel.EMAIL, Consent.SUBSCRIBED, by=None) is False


class TestPages:
    @pytest.mark.parametrize(
        ("now", "offered"),
        [
            ("NOT_SUBSCRIBED", ["NOT_SUBSCRIBED", "SUBSCRIBED", "UNSUBSCRIBED"]),
            ("UNSUBSCRIBED", ["SUBSCRIBED", "UNSUBSCRIBED"]),
            ("PENDING", ["PENDING", "SUBSCRIBED", "UNSUBSCRIBED"]),
        ],
    )
    def test_nobody_is_made_one_who_was_never_asked(
        self, now: str, offered: list[str], agent: User, customer: Customer, desk_client: SignIn
    ) -> None:
        Customer.objects.update(email_consent=now)
        client, where = desk_client(agent), url("customer_consents", customer)
        shown = text_of(client.get(where)).split('name="email"')[1].split("</select>")[0]
        assert re.findall(r'<option value="(\w+)"', shown) == offered
        seen = {"email_seen": now, "sms_seen": "NOT_SUBSCRIBED", "sms": "NOT_SUBSCRIBED"}
        if now != "NOT_SUBSCRIBED":
            refused = client.post(where, {"email": "NOT_SUBSCRIBED", **seen})
            assert (refused.status_code, Customer.objects.get().email_consent) == (422, now)

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"email_consent": "SUBSCRIBED"}, "E-mail: consent of"),
            ({"email_consent": "UNSUBSCRIBED"}, "E-mail: unsubscribed on"),
            (
                {"email_consent": "SUBSCRIBED", "email_consent_collected_from": "FILE"},
                "E-mail: as the import of",
            ),
        ],
    )
    def test_the_day_of_a_word_is_called_what_it_is(
        self,
        facts: dict[str, str],
        words: str,
        agent: User,
        customer: Customer,
        desk_client: SignIn,
    ) -> None:
        Customer.objects.update(email_consent_at=timezone.now(), **facts)
        shown = text_of(desk_client(agent).get(url("customer_detail", customer)))
        assert words in " ".join(shown.split())
