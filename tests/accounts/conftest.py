"""Workers for tests: everything that waits is done at once, in this process."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail as outbox
from django.db import connection
from django.db.models import F

from accounts.models import (
    AccountRules,
    Registration,
    ResetRequest,
    StaffLink,
    Throttle,
    User,
)
from customers.models import Customer
from events.models import Delivery
from events.tasks import deliver
from notifications.models import Failure, Mail
from notifications.tasks import send_mail

if TYPE_CHECKING:
    from django.core.mail import EmailMessage
    from pytest_django.fixtures import SettingsWrapper

OWN_PARTS = re.compile(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"|"X-CSRFToken": "[^"]*"')
LINK = re.compile(r"https?://[^/\s]+(/\S+)")


def work() -> list[EmailMessage]:
    """Run all handlers and send all mails that are due; the mails that left since the last time."""
    before = len(outbox.outbox)
    while True:
        deliveries = list(Delivery.objects.due().values_list("pk", flat=True))
        mails = list(Mail.objects.due().values_list("pk", flat=True))
        for pk in deliveries:
            deliver(pk)
        for pk in mails:
            send_mail(pk)
        if not deliveries and not mails:
            return list(outbox.outbox[before:])


def work_in_vain() -> None:
    """Run all handlers, and have the mail server refuse every mail that they queue."""
    _deliver_what_is_due()
    for mail in Mail.objects.due():
        assert mail.take()
        mail.put_back(Failure.REFUSED, "550")
    _deliver_what_is_due()


def _deliver_what_is_due() -> None:
    for pk in Delivery.objects.due().values_list("pk", flat=True):
        deliver(pk)


def minutes_later(minutes: int = 5) -> None:
    """What was asked and mailed so far was so a while ago."""
    before = timedelta(minutes=minutes)
    Mail.objects.update(queued_at=F("queued_at") - before)
    mailed_earlier(before)
    for model in (ResetRequest, StaffLink, Registration):
        model.objects.update(
            started_at=F("started_at") - before, expires_at=F("expires_at") - before
        )


def mailed_earlier(before: timedelta) -> None:
    """What was mailed to each mailbox so far was so a while ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_mailbudget SET taken_at = ARRAY("
            " SELECT at - %s FROM unnest(taken_at) WITH ORDINALITY AS taken (at, place)"
            " ORDER BY place)",
            [before],
        )


def forget_limits() -> None:
    """What was tried so far was tried more than an hour ago."""
    Throttle.objects.all().delete()


def link_in(message: EmailMessage) -> str:
    """The path of the first link of ours in a mail's text."""
    paths = [path for path in LINK.findall(str(message.body)) if path != "/"]
    return str(paths[0])


@pytest.fixture
def worker(db: None) -> Callable[[], list[EmailMessage]]:
    return work


@pytest.fixture
def no_pace(settings: SettingsWrapper) -> None:
    """One bulk send follows the other at once; test_bulk_send_pace knows what keeps them apart."""
    settings.BULK_MINUTE_SECONDS = 0


def same_for_all(page: Any) -> str:
    """A page's HTML without what differs by design: the form's mask, and its own address."""
    return OWN_PARTS.sub("", page.content.decode())


@pytest.fixture
def shop_asks(db: None) -> None:
    """Whether a reset worked."""
    AccountRules.objects.update(asks_whether_it_worked=True)


@pytest.fixture
def signed_in(customer: Customer, agent: User, worker: Any) -> ResetRequest:
    """A reset that went well, two hours ago."""
    from tests.accounts.resets import hours_later, redeemed, sign_in_at_the_shop

    request = redeemed(customer, by=agent, hours_ago=0)
    sign_in_at_the_shop()
    hours_later(request, 2)
    worker()
    return request
