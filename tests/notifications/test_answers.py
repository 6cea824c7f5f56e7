"""What every answer of a mail server leads to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from notifications.models import Mail, MailServer, Trouble
from notifications.tasks import send_mail
from tests.factories.notifications import MailFactory, MailServerDouble
from tests.happened import happened_to
from tests.notifications.outbox import events_of, make_due, recipients


def a_while_ago() -> None:
    """As if the mail server had been like this for longer than one pause."""
    MailServer.objects.exclude(taking_nothing_since=None).update(
        taking_nothing_since=F("taking_nothing_since") - timedelta(minutes=1)
    )


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
        assert (gone.answer_words, gone.trouble) == ("no such user", Trouble.GONE)
        assert recipients(mail_server) == ["jana@example.de"]
        event = happened_to(gone).get()
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
        assert happened_to(mail).get().plain["perhaps_twice"] is True

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

    @pytest.mark.parametrize("answer", ["451 later", "421 too many"])
    def test_a_server_that_took_nothing_releases_what_it_put_off(
        self, answer: str, mail_server: MailServerDouble
    ) -> None:
        mail_server.on_recipient = lambda _to: answer
        mails = [MailFactory(attempts=9) for _number in range(3)]
        for mail in mails:
            send_mail(mail.pk)
        assert Mail.objects.due().count() == 0
        a_while_ago()

        mail_server.on_recipient = lambda _to: None
        send_mail(MailFactory().pk)
        assert Mail.objects.due().count() == 3

    def test_a_mail_put_off_alone_is_not_tried_whenever_another_gets_through(
        self, mail_server: MailServerDouble
    ) -> None:
        mail_server.on_recipient = lambda to: "451 later" if to == "grey@example.de" else None
        send_mail(MailFactory(to="grey@example.de", attempts=9).pk)
        for _number in range(3):
            send_mail(MailFactory().pk)
            a_while_ago()

        assert Mail.objects.due().count() == 0

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
