"""Ctrl K sends a link without a visit to the customer's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.palette import find_reset_actions
from tests.factories.customers import CustomerFactory

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer


@pytest.mark.parametrize("text", ["jana", "reset jana", "Passwort Müller"])
def test_ctrl_k_offers_to_send_a_reset(customer: Customer, agent: User, text: str, rf: Any) -> None:
    request = rf.get("/admin/search/")
    request.user = agent
    [found] = find_reset_actions(request, text)
    assert (found.label, found.url, found.posts) == (
        "Send password reset to Jana Müller",
        reverse("reset_request_create", args=[customer.pk]),
        True,
    )
    assert find_reset_actions(request, "reset") == []


def test_nobody_is_offered_whom_a_tag_alone_finds(customer: Customer, agent: User, rf: Any) -> None:
    CustomerFactory(first_name="Deniz").tag("Müller & Söhne", by=None)
    request = rf.get("/admin/search/")
    request.user = agent
    labels = [found.label for found in find_reset_actions(request, "müller")]
    assert labels == ["Send password reset to Jana Müller"]
