"""The outbox: what is queued once, sent once, and what every answer of a mail server leads to."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.log import OutsideTransaction, record
from events.models import Event
from notifications.kinds import UnknownKind
from notifications.models import Failure, Mail, MailServer
from notifications.models.outbox import pause_after
from notifications.sending import hand_over
from notifications.tasks import forget_old, send_mail, sweep
from notifications.writing import write
from shop.models import Shop
from tests.factories.notifications import MailFactory, MailServerDouble

if TYPE_CHECKING:
    from customers.models import Customer

MINUTE = timedelta(minutes=1)


def recipients(server: MailServerDouble) -> list[str]:
    return sorted(str(mail["To"]) for mail in server.accepted)


def make_due(*mails: Mail) -> None:
    """As if the back-off had run out."""
    due = Mail.objects.filter(pk__in=[mail.pk for mail in mails])
    due.update(due_at=timezone.now() - MINUTE, told_at=None)
    MailServer.objects.update(next_try_at=timezone.now() - MINUTE)


def events_of(mail: Mail) -> list[str]:
    return list(Event.objects.of(mail).order_by("id").values_list("name", flat=True))


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
class TestSending:
    def test_a_mail_is_handed_over_with_its_headers(self, mail_server: MailServerDouble) -> None:
        mail = MailFactory(to="jana@example.de")
        send_mail(mail.pk)
        mail.refresh_from_db()

        (sent,) = mail_server.accepted
        assert (sent["To"], sent["Subject"]) == ("jana@example.de", "A note for Jana")
        assert sent["Message-ID"] == mail.message_id
        assert sent["Auto-Submitted"] == "auto-generated"
        assert sent["X-Auto-Response-Suppress"] == "All"
        assert [part.get_content_type() for part in sent.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        assert (mail.state, mail.answer, mail.sent_subject) == (
            "handed_over", "250", "A note for Jana",
        )  # fmt: skip
        assert mail.took is not None
        assert 0 <= mail.took < 5

    def test_it_is_told_on_the_timelines_of_its_cause(
        self, mail_server: MailServerDouble, customer: Customer, shop: Shop
    ) -> None:
        with transaction.atomic():
            cause = record("shop.tested", shop, about=[customer])
        mail = MailFactory(cause=cause)
        send_mail(mail.pk)

        told = Event.objects.about(customer).newest_first().first()
        assert told is not None
        assert (told.name, told.subject_id, told.plain["kind"]) == (
            "mail.handed_over", mail.pk, "note",
        )  # fmt: skip
        assert told.plain["perhaps_twice"] is False

    def test_a_second_call_sends_nothing(self, mail_server: MailServerDouble) -> None:
        mail = MailFactory()
        send_mail(mail.pk)
        send_mail(mail.pk)

        assert len(mail_server.accepted) == 1
        assert events_of(mail) == ["mail.handed_over"]

    def test_of_what_carried_a_secret_no_text_is_kept(self, mail_server: MailServerDouble) -> None:
        mail = MailFactory(kind="english_only")
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.sent_subject, mail.sent_text) == ("Only in English", "")

    def test_a_mail_is_withdrawn_when_the_world_moved_on(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory(plain={"moved_on": True})
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail_server.asked) == ("withdrawn", 0)

    def test_a_kind_of_another_release_is_left_alone(self, mail_server: MailServerDouble) -> None:
        mail = MailFactory(kind="of_tomorrow")
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.attempts) == ("waiting", 0)

    def test_a_mail_that_was_deleted_is_no_error(self) -> None:
        send_mail(404)

    def test_a_text_that_cannot_be_written_is_tried_again(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory(plain={"at": "yesterday"})
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure, mail_server.asked) == ("waiting", "unwritable", 0)
        assert mail.due_at > timezone.now()

    def test_a_mail_whose_time_ran_out_fails_unsent(self, mail_server: MailServerDouble) -> None:
        mail = MailFactory(gives_up_at=timezone.now() - MINUTE)
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure, mail_server.asked) == ("failed", "expired", 0)
        assert events_of(mail) == ["mail.failed"]


@pytest.mark.django_db
class TestAnswers:
    def test_a_refused_address_fails_once_and_for_good(self, mail_server: MailServerDouble) -> None:
        mail_server.on_recipient = lambda to: (
            "550 no such user" if to == "gone@example.de" else None
        )
        gone, jana = MailFactory(to="gone@example.de"), MailFactory(to="jana@example.de")
        for mail in (gone, jana, gone):
            send_mail(mail.pk)
        gone.refresh_from_db()

        assert (gone.state, gone.failure, gone.answer, gone.attempts) == (
            "failed", "refused", "550", 1,
        )  # fmt: skip
        assert recipients(mail_server) == ["jana@example.de"]
        event = Event.objects.of(gone).get()
        assert event.plain == {"kind": "note", "failure": "refused", "answer": "550"}

    def test_every_third_mail_is_put_off_and_none_is_lost_or_doubled(
        self, mail_server: MailServerDouble
    ) -> None:
        mail_server.on_recipient = lambda _to: "451 later" if mail_server.asked % 3 == 0 else None
        mails = [MailFactory() for _number in range(9)]
        for _round in range(3):
            for mail in mails:
                send_mail(mail.pk)
            make_due(*Mail.objects.open())

        assert recipients(mail_server) == sorted(mail.to for mail in mails)
        assert Mail.objects.exclude(handed_over_at=None).count() == 9

    def test_a_mail_put_off_waits_for_its_time(self, mail_server: MailServerDouble) -> None:
        mail_server.on_recipient = lambda _to: "451 later"
        mail = MailFactory()
        send_mail(mail.pk)
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.attempts, mail.failure, mail.answer) == (1, "temporary", "451")
        assert timezone.now() < mail.due_at <= timezone.now() + timedelta(seconds=10)

    def test_a_busy_server_is_not_hammered(self, mail_server: MailServerDouble) -> None:
        mail_server.on_recipient = lambda _to: "421 too many"
        mails = [MailFactory() for _number in range(3)]
        for mail in mails + mails:
            send_mail(mail.pk)

        assert mail_server.asked == 3
        assert set(Mail.objects.values_list("failure", "answer")) == {("temporary", "421")}

    def test_a_line_that_breaks_after_the_text_may_double_a_mail_once(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory()
        mail_server.on_text = lambda _mail: MailServerDouble.HANG_UP
        send_mail(mail.pk)
        mail.refresh_from_db()
        assert (mail.state, mail.failure) == ("waiting", "interrupted")

        mail_server.on_text = lambda _mail: None
        make_due(mail)
        send_mail(mail.pk)

        assert len(mail_server.accepted) == 1
        assert Event.objects.of(mail).get().plain["perhaps_twice"] is True

    def test_a_line_that_breaks_twice_is_left_to_a_person(
        self, mail_server: MailServerDouble, lead: Any
    ) -> None:
        mail = MailFactory()
        mail_server.on_text = lambda _mail: MailServerDouble.HANG_UP
        for _try in range(3):
            send_mail(mail.pk)
            make_due(mail)
        mail.refresh_from_db()
        assert (mail.state, mail.failure, mail_server.asked) == ("failed", "interrupted", 2)

        mail_server.on_text = lambda _mail: None
        assert mail.try_again(by=lead)
        send_mail(mail.pk)

        assert len(mail_server.accepted) == 1
        assert events_of(mail) == ["mail.failed", "mail.tried_again", "mail.handed_over"]

    def test_a_server_that_stalls_costs_one_time_out(self, mail_server: MailServerDouble) -> None:
        mail_server.on_recipient = lambda _to: MailServerDouble.STALL
        mail = MailFactory()
        began = timezone.now()
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert timezone.now() - began < timedelta(seconds=5)
        assert (mail.state, mail.failure) == ("waiting", "connection")

    def test_one_mail_at_a_time_knocks_on_a_server_that_is_away(self, no_mail_server: None) -> None:
        mails = [MailFactory() for _number in range(3)]
        for mail in mails:
            send_mail(mail.pk)
        assert MailServer.out_of_reach_since() is not None

        make_due(*mails)
        for mail in mails:
            send_mail(mail.pk)

        tries = Mail.objects.order_by("attempts").values_list("attempts", flat=True)
        assert list(tries) == [1, 1, 2]

    def test_the_first_that_gets_through_releases_the_rest(
        self, no_mail_server: None, request: pytest.FixtureRequest
    ) -> None:
        mails = [MailFactory() for _number in range(4)]
        for mail in mails[:3]:
            send_mail(mail.pk)
        waiting = Mail.objects.filter(pk__in=[mail.pk for mail in mails[:3]])
        assert not waiting.due().exists()

        server: MailServerDouble = request.getfixturevalue("mail_server")
        send_mail(mails[3].pk)
        assert waiting.due().count() == 3
        assert MailServer.out_of_reach_since() is None
        for mail in mails:
            send_mail(mail.pk)

        assert recipients(server) == sorted(mail.to for mail in mails)

    def test_what_expires_while_the_server_is_away_fails(self, no_mail_server: None) -> None:
        mail = MailFactory()
        send_mail(mail.pk)
        Mail.objects.update(gives_up_at=timezone.now(), due_at=timezone.now())
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure, mail.attempts) == ("failed", "expired", 2)

    def test_a_mail_is_due_again_before_it_expires(self, no_mail_server: None) -> None:
        mail = MailFactory(gives_up_at=timezone.now() + timedelta(seconds=3))
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert mail.due_at == mail.gives_up_at


@pytest.mark.django_db
class TestLeases:
    def test_a_worker_that_was_overtaken_cannot_close_the_mail(self) -> None:
        mail = MailFactory()
        assert mail.take()
        Mail.objects.update(leased_until=timezone.now() - MINUTE)
        successor = Mail.objects.get()
        assert successor.take()

        assert not mail.handed_over(answer="250", subject="", text="")
        assert not mail.withdraw()
        assert successor.handed_over(answer="250", subject="", text="")
        assert Event.objects.of(mail).get().plain["perhaps_twice"] is True

    def test_a_worker_killed_before_it_could_say_so_makes_one_duplicate(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory()
        assert mail.take()
        letter = write(mail)
        assert letter is not None
        hand_over(mail, letter)  # and here the worker is killed
        send_mail(mail.pk)
        assert len(mail_server.accepted) == 1  # its lease still holds

        Mail.objects.update(leased_until=timezone.now() - MINUTE)
        send_mail(mail.pk)
        send_mail(mail.pk)

        first, second = mail_server.accepted
        assert first["Message-ID"] == second["Message-ID"] == mail.message_id

    def test_a_mail_that_kills_its_workers_is_put_aside(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory()
        for _worker in range(3):
            assert mail.take()
            Mail.objects.update(leased_until=timezone.now() - MINUTE)
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure, mail_server.asked) == ("failed", "worker_lost", 0)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_with_one_mail_send_it_once(mail_server: MailServerDouble) -> None:
    mail = MailFactory()
    start = threading.Barrier(8)

    def work() -> None:
        start.wait()
        send_mail(mail.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(mail_server.accepted) == 1
    assert events_of(mail) == ["mail.handed_over"]


@pytest.mark.django_db
class TestSweeping:
    def test_it_tells_of_what_nobody_was_told_of(self) -> None:
        MailFactory(told_at=None)
        MailFactory(told_at=timezone.now() - 2 * MINUTE)
        MailFactory(told_at=timezone.now())
        MailFactory(told_at=None, due_at=timezone.now() + MINUTE)
        MailFactory(told_at=None, handed_over_at=timezone.now())

        assert sweep() == 2
        assert sweep() == 0

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
        send_mail(mail.pk)

        assert events_of(mail) == ["mail.tried_again", "mail.handed_over"]

    def test_what_has_expired_gets_none(self, lead: Any) -> None:
        mail = MailFactory(failed_at=timezone.now(), expires_at=timezone.now() - MINUTE)

        assert not mail.can_try_again
        assert not mail.try_again(by=lead)
        assert events_of(mail) == []


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


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_in_the_middle_of_a_mail_doubles_nothing(
    mail_server: MailServerDouble,
) -> None:
    mail = MailFactory()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()

    def cut_the_line() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [ours])
        connection.close()

    def while_it_is_read(_mail: Any) -> None:
        elsewhere = threading.Thread(target=cut_the_line)
        elsewhere.start()
        elsewhere.join()

    mail_server.on_text = while_it_is_read
    send_mail(mail.pk)
    mail_server.on_text = lambda _mail: None
    make_due(mail)
    send_mail(mail.pk)

    assert len(mail_server.accepted) == 1
    assert events_of(mail) == ["mail.handed_over"]
