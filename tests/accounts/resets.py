"""Resets that were sent and used some time ago, and what Home shows of them."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F
from django.test import Client, RequestFactory

from accounts.follow_up_panels import follow_up_card
from accounts.models import Feedback, ResetRequest, User
from accounts.tasks import ask_whether_it_worked
from customers.models import Customer
from tests.factories.customers import CustomerFactory
from tests.happened import happened_to

JANA = "jana.mueller@example.de"
NEW = "Espresso-am-Morgen-3"


def redeemed(customer: Customer, *, by: User | None, hours_ago: float = 25) -> ResetRequest:
    request = ResetRequest.start(customer, by=by)
    request.open_link()
    request.redeem(NEW)
    hours_later(request, hours_ago)
    return request


def hours_later(request: ResetRequest, hours: float) -> None:
    """What has happened so far happened so many hours earlier."""
    times = ("started_at", "expires_at", "opened_at", "closed_at", "signed_in_at", "settled_at")
    earlier = {name: F(name) - timedelta(hours=hours) for name in times}
    ResetRequest.objects.filter(pk=request.pk).update(**earlier)
    request.refresh_from_db()


def another(number: int = 0) -> Customer:
    return CustomerFactory(email=f"another{number}@example.de", account=True)


def shown_to(user: User) -> dict[str, list[ResetRequest]]:
    request = RequestFactory().get("/admin/")
    request.user = user
    return {group.title: group.requests for group in follow_up_card(request)["groups"]}


def sign_in_at_the_shop() -> None:
    Client().post("/account/login/", {"email": JANA, "password": NEW})


def asked(request: ResetRequest) -> Feedback:
    """The one question that is due."""
    assert ask_whether_it_worked() == 1
    return Feedback.objects.get(request=request)


def names(request: ResetRequest) -> list[str]:
    return list(happened_to(request).order_by("id").values_list("name", flat=True))
