"""What stands above the customers' list: how many there are, and how they can be reached."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import words
from core.patience import TooSlow, bounded
from core.totals import Total, total_of
from customers.models import Consent, Customer
from customers.slots import Figure, customer_figures

LATELY = timedelta(days=30)


def list_figures() -> list[Figure]:
    """In the order of the slot. None at all rather than a page that waits for them."""
    try:
        with bounded():
            everybody = total_of(Customer.objects.all(), is_whole_table=True)
            return [count(everybody) for count in customer_figures.entries()]
    except TooSlow:
        return []


def in_words(total: Total) -> str:
    """So many, honestly "about" where nobody counted to the end."""
    number = words.number(total.number)
    return _("about %(count)s") % {"count": number} if total.is_about else number


def how_many(everybody: Total) -> Figure:
    lately = total_of(Customer.objects.filter(created_at__gte=timezone.now() - LATELY))
    detail = _("%(count)s new in 30 days") % {"count": in_words(lately)}
    return Figure(_("Customers"), in_words(everybody), detail)


def with_account(everybody: Total) -> Figure:
    enabled = total_of(Customer.objects.with_account())
    address = f"{reverse('customer_list')}?view=account"
    return Figure(_("Accounts enabled"), in_words(enabled), _share(enabled, everybody), address)


def subscribed(everybody: Total) -> Figure:
    agreed = total_of(Customer.objects.filter(email_consent=Consent.SUBSCRIBED))
    address = f"{reverse('customer_list')}?subscription={Consent.SUBSCRIBED.value}"
    return Figure(_("Subscribed to e-mail"), in_words(agreed), _share(agreed, everybody), address)


def _share(part: Total, whole: Total) -> str:
    return words.share(min(part.number / whole.number, 1)) if whole.number else ""


customer_figures.add(how_many, order=10)
customer_figures.add(with_account, order=20)
customer_figures.add(subscribed, order=40)
