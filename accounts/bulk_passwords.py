"""A new password is asked of many customers, the next time they sign in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from customers.bulk.kinds import Written
from customers.bulk.models import BulkChange, BulkRow
from customers.bulk.stages import CHANGED
from customers.models import Customer


def preview(ids: Sequence[int]) -> Counter[str]:
    """Of whom it would be asked, and who has no password that could be replaced."""
    without = _without_account(ids)
    return Counter({CHANGED: len(_unasked(ids)), "no_account": len(without)})


def ask(one: BulkChange, ids: Sequence[int]) -> Written:
    """Sessions stay: whoever is signed in goes on, and is asked at the next sign-in."""
    _hold(ids)
    now = timezone.now()
    unasked, without = _unasked(ids), _without_account(ids)
    User.objects.filter(customer__in=unasked, password_due_at=None).update(password_due_at=now)
    outcomes = {**dict.fromkeys(without, "no_account"), **dict.fromkeys(unasked, CHANGED)}
    return _noted(one, outcomes, now, len(ids))


def take_back(one: BulkChange, ids: Sequence[int]) -> Written:
    """Of whom it was asked by that change, and who has not chosen one since."""
    _hold(ids)
    now = timezone.now()
    asked = BulkRow.objects.filter(of_change=one.undoes_id, customer__in=ids, outcome=CHANGED)
    asked_at = dict(asked.values_list("customer", "at"))
    users = User.objects.filter(customer__in=ids, password_due_at__isnull=False)
    due = users.values_list("customer", "password_due_at")
    freed = sorted(pk for pk, at in due if pk and asked_at.get(pk) == at)
    User.objects.filter(customer__in=freed).update(password_due_at=None)
    return _noted(one, dict.fromkeys(freed, CHANGED), now, len(ids))


def _hold(ids: Sequence[int]) -> None:
    """In the order in which everybody takes several; a sign-in at this moment comes first."""
    held = Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    list(held.values_list("pk"))


def _with_password(ids: Sequence[int]) -> dict[int, datetime | None]:
    """Since when a new one is asked of them; None for "not"."""
    people = User.objects.customers().filter(customer__in=ids)
    return {
        user.customer_id: user.password_due_at
        for user in people
        if user.customer_id and user.has_usable_password()
    }


def _unasked(ids: Sequence[int]) -> list[int]:
    return sorted(pk for pk, due_at in _with_password(ids).items() if due_at is None)


def _without_account(ids: Sequence[int]) -> list[int]:
    known = Customer.objects.filter(pk__in=ids).values_list("pk", flat=True)
    return sorted(set(known) - set(_with_password(ids)))


def _noted(one: BulkChange, outcomes: dict[int, str], at: datetime, done: int) -> Written:
    BulkRow.objects.bulk_create(
        BulkRow(of_change=one, customer_id=pk, at=at, outcome=outcome)
        for pk, outcome in sorted(outcomes.items())
    )
    return Written(done, Counter(outcomes.values()))
