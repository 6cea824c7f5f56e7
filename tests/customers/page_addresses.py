"""The customers' pages by name, and what a valid form of each of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

if TYPE_CHECKING:
    from customers.models import Customer

HTMX = {"HX-Request": "true"}
READING = ("customer_list", "customer_detail", "customer_timeline")
WRITING: dict[str, dict[str, Any]] = {
    "customer_edit": {"first_name": "Ana", "version": 1},
    "customer_identity_add": {"kind": "email", "value": "new@example.de"},
    "customer_address_add": {"city": "Graz"},
    "customer_consents": {
        "email": "SUBSCRIBED",
        "email_seen": "NOT_SUBSCRIBED",
        "sms": "NOT_SUBSCRIBED",
        "sms_seen": "NOT_SUBSCRIBED",
    },
    "customer_tag_add": {"tag": "VIP"},
    "customer_note_add": {"text": "Called."},
    "customer_letter": {"subject": "Hello", "text": "Dear Jana"},
    "customer_disabling": {},
    "customer_enabling": {},
}


def url(name: str, customer: Customer) -> str:
    return reverse(name) if name == "customer_list" else reverse(name, args=[customer.pk])


def text_of(response: Any) -> str:
    return response.content.decode()
