"""Mails that a restore held: a person sends or drops each, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Customer
from notifications.models import Mail
from shopdesk.models import HeldMail
from tests.happened import happened_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(customer: Customer) -> HeldMail:
    with transaction.atomic():
        mail = Mail.queue("message_from_staff", to="jana@example.de", language="de", about=customer)
    Mail.objects.update(withdrawn_at=timezone.now(), gives_up_at=timezone.now() - timedelta(days=3))
    return HeldMail.objects.create(mail=mail)


def test_a_held_mail_leaves_when_a_person_says_so_and_once(held: HeldMail, owner) -> None:
    assert held.send(by=owner)
    assert not HeldMail(pk=held.pk, mail=held.mail).send(by=owner)
    mail = Mail.objects.due().get()
    assert mail.gives_up_at > timezone.now()
    assert list(happened_to(mail).values_list("name", flat=True)) == ["held_mail.sent"]


def test_a_dropped_mail_never_leaves(held: HeldMail, owner) -> None:
    assert held.drop(by=owner)
    assert not HeldMail(pk=held.pk, mail=held.mail).send(by=owner)
    assert (Mail.objects.open().count(), HeldMail.objects.count()) == (0, 0)
