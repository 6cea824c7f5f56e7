"""A mail service tells of a mail before the worker has written down that it was handed over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import transaction
from django.utils import timezone

from notifications.answers import Answer
from notifications.models import EarlyReport, Mail
from notifications.tasks import forget_old
from notifications.tracking import note
from tests.factories.notifications import MailFactory
from tests.happened import happened_to
from tests.threads import all_at_once, beside

if TYPE_CHECKING:
    from datetime import datetime

ID = "883953f4-6105-42a2-a16a-77a8eac79483"
Act = Callable[[], Any]


def report(kind: str, *, at: datetime | None = None, words: str = "") -> Act:
    told = AnymailTrackingEvent(
        event_type=kind, message_id=ID, timestamp=at or timezone.now(), mta_response=words
    )
    return lambda: note(told)


delivered = report("delivered")
bounced = report("bounced", words="550 5.1.1 <jana@example.de> User unknown")


@pytest.fixture
def mail(db: None) -> Mail:
    return in_hand()


def in_hand() -> Mail:
    mail = MailFactory()
    assert mail.take()
    return mail


def handing_over(mail: Mail, service_id: str = ID) -> Act:
    return lambda: Mail.objects.get(pk=mail.pk).handed_over(
        Answer(service_id=service_id), subject="", text=""
    )


def arrival(mail: Mail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.arrival, mail.bounce


def test_it_waits_and_is_told_once_the_mail_is_written_down(mail: Mail) -> None:
    assert delivered()
    assert arrival(mail) == ("unknown", "")
    assert handing_over(mail)()
    assert arrival(mail) == ("delivered", "")
    assert not EarlyReport.objects.exists()


def test_what_came_back_is_told_after_the_hand_over(mail: Mail) -> None:
    bounced()
    handing_over(mail)()
    assert arrival(mail) == ("bounced", "gone")
    assert mail.bounce_words == "550 5.1.1 … User unknown"
    names = list(happened_to(mail).order_by("pk").values_list("name", flat=True))
    assert names == ["mail.handed_over", "mail.bounced"]


def test_of_several_the_last_to_happen_counts(mail: Mail) -> None:
    now = timezone.now()
    report("bounced", at=now, words="452 4.2.2 over quota")()
    report("delivered", at=now - timedelta(seconds=1))()
    handing_over(mail)()
    assert arrival(mail) == ("bounced", "full")


def test_one_that_comes_twice_is_kept_once(mail: Mail) -> None:
    for act in (bounced, bounced, delivered, delivered):
        act()
    assert EarlyReport.objects.count() == 2


def test_what_tells_nothing_of_its_arrival_is_not_kept(db: None) -> None:
    for kind in ("queued", "opened", "deferred", "unknown"):
        assert report(kind)() is False
    assert not EarlyReport.objects.exists()


def test_a_report_of_another_mail_stays(mail: Mail) -> None:
    delivered()
    handing_over(mail, "another")()
    assert (arrival(mail)[0], EarlyReport.objects.count()) == ("awaited", 1)


def test_what_is_told_to_a_worker_that_lost_the_mail_waits_for_its_successor(mail: Mail) -> None:
    late = Mail.objects.get(pk=mail.pk)
    Mail.objects.filter(pk=mail.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert Mail.objects.get(pk=mail.pk).take()
    delivered()
    assert late.handed_over(Answer(service_id=ID), subject="", text="") is False
    assert EarlyReport.objects.count() == 1
    assert handing_over(mail)()
    assert arrival(mail) == ("delivered", "")


def test_of_mails_that_are_none_of_ours_nothing_is_kept_beyond_a_day(db: None) -> None:
    delivered()
    day = timedelta(days=1)
    EarlyReport.objects.update(came_at=timezone.now() - day + timedelta(minutes=1))
    forget_old()
    assert EarlyReport.objects.count() == 1
    EarlyReport.objects.update(came_at=timezone.now() - day)
    forget_old()
    assert not EarlyReport.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_a_report_during_the_hand_over_waits_for_it(self) -> None:
        mail = in_hand()
        assert beside(handing_over(mail), delivered) is True
        assert arrival(mail) == ("delivered", "")

    def test_a_hand_over_during_the_report_finds_it(self) -> None:
        mail = in_hand()
        assert beside(delivered, handing_over(mail)) is True
        assert arrival(mail) == ("delivered", "")

    def test_among_eight_none_is_lost(self) -> None:
        mail = in_hand()
        acts = [handing_over(mail), *[delivered, bounced] * 3, delivered]
        all_at_once(lambda number: acts[number]())
        mail.refresh_from_db()
        assert mail.delivered_at is not None
        assert mail.bounced_at is not None
        assert not EarlyReport.objects.exists()
        assert happened_to(mail).filter(name="mail.bounced").count() == 1

    def test_mails_by_a_plain_server_wait_for_no_other(self) -> None:
        first, second = in_hand(), in_hand()
        with transaction.atomic():
            handing_over(first, "")()
            assert all_at_once(lambda _number: handing_over(second, "")(), threads=1) == [True]
