"""Whom a page is about: a customer within reach of its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from customers.models import Customer

if TYPE_CHECKING:
    from core.views import DeskRequest


def get_unmasked(request: DeskRequest, pk: int) -> Customer:
    """The customer for verbs, with their addresses and numbers; or 404. What is drawn of them is
    `as_seen_by` the reader, on pages that stand open before a check (shopdesk/masked_pages.py)."""
    customers = Customer.objects.visible_to(request.user).prefetch_related("identities")
    return get_object_or_404(customers, pk=pk)
