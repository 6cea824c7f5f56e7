"""What is queued: once, in a transaction, for as long as it is of use."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.utils import timezone

from events.log import OutsideTransaction, record
from notifications.kinds import UnknownKind
from notifications.models import Failure, Mail
from notifications.models.outbox import pause_after
from notifications.tasks import forget_old, send_mail, sweep
from shop.models import Shop
from tests.factories.notifications import MailFactory, MailServerDouble
from tests.notifications.outbox import MINUTE, events_of

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper


@pytest.mark.django_db
class TestQueueing:
    def test_a_mail_waits_for_its_worker(self, shop: Shop) -> None:
        with transaction.atomic():
            mail = Mail.queue("note", to="jana@example.de", language="de", about=shop, words="Hi")

        assert list(Mail.objects.about(shop)) == [mail]
        assert (mail.state, mail.queue_name, mail.plain) == ("waiting", "mail-now", {"words": "Hi"})
        assert mail.about() == shop

    def test_a_handler_that_runs_twice_queues_one_mail(self, shop: Shop) -> None:
        with transaction.atomic():
            cause = record("shop.tested", shop)
        for _repeat in range(2):
            with transaction.atomic():
                Mail.queue("note", to="jana@example.de", language="de", about=shop, cause=cause)

        assert Mail.objects.count() == 1

    def test_without_a_cause_each_call_is_a_mail(self, shop: Shop) -> None:
        for _repeat in range(2):
            with transaction.atomic():
                Mail.queue("note", to="jana@example.de", language="de", about=shop)

        assert Mail.objects.count() == 2

    def test_an_unknown_kind_is_refused(self, shop: Shop) -> None:
        with pytest.raises(UnknownKind):
            Mail.queue("nonsense", to="jana@example.de", language="de", about=shop)

    @pytest.mark.parametrize(
        ("link_hours", "tried_hours", "in_a_hurry"),
        [(None, 24, False), (1, 1, True), (24 * 30, 24, False)],
        ids=["no link", "a reset", "an invite"],
    )
    def test_a_mail_is_tried_until_its_link_expires_and_for_a_day_at_most(
        self, shop: Shop, link_hours: int | None, tried_hours: int, in_a_hurry: bool
    ) -> None:
        now = timezone.now()
        expires_at = now + timedelta(hours=link_hours) if link_hours else None
        with transaction.atomic():
            mail = Mail.queue(
                "note", to="jana@example.de", language="de", about=shop, expires_at=expires_at
            )
        lasts = mail.gives_up_at - now
        assert timedelta(0) <= lasts - timedelta(hours=tried_hours) < MINUTE
        assert mail.is_in_a_hurry is in_a_hurry

    @pytest.mark.parametrize(
        ("attempts", "expires", "failure", "longest"),
        [
            (1, True, Failure.TEMPORARY, 10),
            (2, True, Failure.TEMPORARY, 20),
            (9, True, Failure.TEMPORARY, 60),
            (9, False, Failure.TEMPORARY, 900),
            (10_000, False, Failure.TEMPORARY, 900),
            (9, False, Failure.CONNECTION, 15),
        ],
    )
    def test_pauses_grow_up_to_a_ceiling(
        self, attempts: int, expires: bool, failure: Failure, longest: int
    ) -> None:
        pause = pause_after(failure, attempts, expires=expires).total_seconds()

        assert longest * 0.75 <= pause <= longest


@pytest.mark.django_db(transaction=True)
class TestTransactions:
    def test_a_mail_is_queued_in_a_transaction_or_not_at_all(self, shop: Shop) -> None:
        with pytest.raises(OutsideTransaction):
            Mail.queue("note", to="jana@example.de", language="de", about=shop)

    def test_what_is_rolled_back_is_not_sent(
        self, shop: Shop, mail_server: MailServerDouble
    ) -> None:
        with transaction.atomic():
            mail = Mail.queue("note", to="jana@example.de", language="de", about=shop)
            transaction.set_rollback(True)
        send_mail(mail.pk)

        assert mail_server.accepted == []


@pytest.mark.django_db
@pytest.mark.usefixtures("empty_broker")
class TestSweeping:
    def test_it_tells_of_what_nobody_was_told_of(self) -> None:
        MailFactory(told_at=None)
        MailFactory(told_at=timezone.now() - 2 * MINUTE)
        MailFactory(told_at=timezone.now())
        MailFactory(told_at=None, due_at=timezone.now() + MINUTE)
        MailFactory(told_at=None, handed_over_at=timezone.now())

        assert sweep() == 2
        assert sweep() == 0

    def test_bulk_mail_takes_nothing_from_a_reset(self, settings: SettingsWrapper) -> None:
        settings.TELL_BATCH = 3
        older = timezone.now() - 5 * MINUTE
        MailFactory.create_batch(8, queue_name="bulk", due_at=older, told_at=older)
        reset = MailFactory(told_at=None)

        assert sweep() == 3 + 1
        reset.refresh_from_db()
        assert reset.told_at is not None

    def test_after_a_broker_came_back_it_tells_of_all_that_is_due(self) -> None:
        MailFactory(told_at=timezone.now())
        MailFactory(told_at=timezone.now(), due_at=timezone.now() + MINUTE)

        assert sweep(everything=True) == 1


@pytest.mark.django_db
class TestTryingAgain:
    def test_a_failed_mail_gets_another_round(
        self, mail_server: MailServerDouble, lead: Any
    ) -> None:
        mail = MailFactory(failed_at=timezone.now(), failure="refused", attempts=1)
        assert mail.try_again(by=lead)
        assert not mail.try_again(by=lead)
        assert mail.gives_up_at > timezone.now() + timedelta(hours=23)
        send_mail(mail.pk)

        assert events_of(mail) == ["mail.tried_again", "mail.handed_over"]

    def test_what_has_expired_gets_none(self, lead: Any) -> None:
        mail = MailFactory(failed_at=timezone.now(), expires_at=timezone.now() - MINUTE)

        assert not mail.can_try_again
        assert not mail.try_again(by=lead)
        assert events_of(mail) == []


@pytest.mark.django_db
class TestDismissing:
    def test_a_failure_that_may_rest_is_no_longer_shown(self, lead: Any) -> None:
        mail = MailFactory(failed_at=timezone.now(), failure="refused")
        mail.dismiss(by=lead)
        mail.dismiss(by=lead)

        assert not Mail.objects.needing_a_look().exists()
        assert list(Mail.objects.failed()) == [mail]
        assert events_of(mail) == ["mail.dismissed"]

    def test_what_waits_cannot_be_dismissed(self, lead: Any) -> None:
        mail = MailFactory()
        mail.dismiss(by=lead)

        assert list(Mail.objects.open().filter(dismissed_at=None)) == [mail]
        assert events_of(mail) == []

    def test_what_fails_again_after_another_round_is_shown_again(self, lead: Any) -> None:
        mail = MailFactory(failed_at=timezone.now(), failure="refused")
        mail.dismiss(by=lead)
        assert mail.try_again(by=lead)
        Mail.objects.update(failed_at=timezone.now())

        assert list(Mail.objects.needing_a_look()) == [mail]


@pytest.mark.django_db
def test_old_mails_forget_whom_they_went_to(settings: Any) -> None:
    settings.MAIL_KEPT_DAYS = 30
    old = timezone.now() - timedelta(days=31)
    kept = [
        MailFactory(queued_at=old),
        MailFactory(queued_at=old, handed_over_at=timezone.now()),
        MailFactory(queued_at=timezone.now(), withdrawn_at=timezone.now()),
    ]
    for closed in ("handed_over_at", "failed_at", "withdrawn_at"):
        MailFactory(**{closed: old}, queued_at=old, sent_text="Hello Jana", plain={"words": "Hi"})

    assert (forget_old(), forget_old()) == (3, 0)
    forgotten = Mail.objects.filter(to="", sent_text="", plain={})
    assert forgotten.count() == 3
    assert not forgotten.filter(pk__in=[mail.pk for mail in kept]).exists()
