"""Sending: once, whatever happens to workers and the database meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.log import record
from events.models import Event
from notifications.answers import Answer
from notifications.models import Mail
from notifications.sending import hand_over
from notifications.tasks import send_mail
from notifications.writing import write
from shop.models import Shop
from tests.factories.notifications import MailFactory, MailServerDouble
from tests.happened import happened_to
from tests.notifications.outbox import MINUTE, events_of, make_due
from tests.restarting import restart_database

if TYPE_CHECKING:
    from customers.models import Customer


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
        assert (mail.state, mail.answer, mail.answer_words, mail.sent_subject) == (
            "handed_over", "250", "2.0.0 OK", "A note for Jana",
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

    def test_a_kind_that_no_release_knows_fails_when_its_time_is_over(
        self, mail_server: MailServerDouble
    ) -> None:
        mail = MailFactory(kind="of_yesterday", gives_up_at=timezone.now() - MINUTE)
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure, mail_server.asked) == ("failed", "expired", 0)
        assert list(Mail.objects.needing_a_look()) == [mail]

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
class TestLeases:
    def test_a_worker_that_was_overtaken_cannot_close_the_mail(self) -> None:
        mail = MailFactory()
        assert mail.take()
        Mail.objects.update(leased_until=timezone.now() - MINUTE)
        successor = Mail.objects.get()
        assert successor.take()

        assert not mail.handed_over(Answer("250"), subject="", text="")
        assert not mail.withdraw()
        assert successor.handed_over(Answer("250"), subject="", text="")
        assert happened_to(mail).get().plain["perhaps_twice"] is True

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


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_when_a_mail_is_refused_holds_it_no_longer_than_a_pause(
    mail_server: MailServerDouble,
) -> None:
    mail = MailFactory()
    back: list[threading.Timer] = []

    def while_it_is_refused(_mail: Any) -> str:
        back.append(restart_database())
        return "451 Later"

    mail_server.on_text = while_it_is_refused
    send_mail(mail.pk)
    for timer in back:
        timer.join()

    mail.refresh_from_db()
    assert (mail.lease, mail.failure, mail.attempts) == (None, "temporary", 1)
