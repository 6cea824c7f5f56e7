"""What a mail service tells of mails that it has taken: who may tell, and what is made of it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client
from django.utils import timezone
from environs import Env

from events.log import record
from events.models import Event
from notifications.models import Mail, Trouble
from notifications.tasks import forget_old
from shopdesk.environment import read_webhook_secret
from tests.factories.notifications import MailFactory
from tests.happened import happened_to
from tests.threads import THREADS, all_at_once

if TYPE_CHECKING:
    from django.http import HttpResponse

    from customers.models import Customer
    from shop.models import Shop

SECRET = "shopdesk:a-long-secret-that-the-mail-service-knows"
URL = "/anymail/postmark/tracking/"
ID = "883953f4-6105-42a2-a16a-77a8eac79483"
AT = (timezone.now() - timedelta(days=1)).replace(microsecond=0)


@pytest.fixture(autouse=True)
def postmark(settings: Any) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"POSTMARK_SERVER_TOKEN": "x"}
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET


@pytest.fixture
def mail(db: None) -> Mail:
    at = AT - timedelta(seconds=7)
    return MailFactory(service_id=ID, queued_at=at, handed_over_at=at, to="jana@example.de")


def tell(body: Any, *, url: str = URL, secret: str | None = SECRET) -> HttpResponse:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Authorization": _basic(secret)} if secret is not None else {}
    post: Any = Client(enforce_csrf_checks=True).post
    answer: HttpResponse = post(url, text, content_type="application/json", headers=headers)
    return answer


def _basic(secret: str) -> str:
    return f"Basic {base64.b64encode(secret.encode()).decode()}"


def delivery(at: datetime = AT, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Delivery",
        "MessageID": ID,
        "Recipient": "jana@example.de",
        "DeliveredAt": at.isoformat(),
        "Details": "smtp;250 2.0.0 OK",
        **more,
    }


def bounce(at: datetime = AT, **more: Any) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 4323372036854775807,
        "MessageID": ID,
        "Email": "jana@example.de",
        "BouncedAt": at.isoformat(),
        "Details": "smtp;550 5.1.1 <jana@example.de> User unknown",
        **more,
    }


def arrival(mail: Mail) -> tuple[str, str]:
    mail.refresh_from_db()
    return mail.arrival, mail.bounce


def test_delivered_and_when(mail: Mail) -> None:
    assert arrival(mail) == ("awaited", "")
    assert tell(delivery()).status_code == 200
    assert arrival(mail) == ("delivered", "")
    assert (mail.delivered_at, happened_to(mail).count()) == (AT, 0)


def test_come_back_why_and_in_which_words(mail: Mail, customer: Customer, shop: Shop) -> None:
    with transaction.atomic():
        cause = record("shop.tested", shop, about=[customer])
    Mail.objects.update(cause=cause)
    assert tell(bounce()).status_code == 200
    assert arrival(mail) == ("bounced", "gone")
    assert (mail.trouble, mail.trouble_words) == (Trouble.GONE, "smtp;550 5.1.1 … User unknown")
    event = Event.objects.about(customer).get(name="mail.bounced")
    assert event.plain == {"kind": "note", "bounce": "gone"}


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"Details": "smtp;452 4.2.2 The mailbox is over quota"}, ("bounced", "full")),
        ({"Details": "smtp;550 5.7.26 not authenticated"}, ("bounced", "blocked")),
        ({"Details": "", "Description": "Unable to deliver"}, ("bounced", "other")),
        ({"Details": None}, ("bounced", "other")),
        ({"Type": "BadEmailAddress"}, ("bounced", "gone")),
        ({"Type": "Blocked"}, ("bounced", "held_back")),
        ({"Type": "SMTPApiError"}, ("bounced", "other")),
        # Put off, complained of, opened, or of a kind that nobody knows: no word on its arrival.
        ({"Type": "Transient"}, ("awaited", "")),
        ({"Type": "SpamComplaint"}, ("awaited", "")),
        ({"RecordType": "Open"}, ("awaited", "")),
        ({"RecordType": "Tomorrow"}, ("awaited", "")),
    ],
)
def test_what_each_report_comes_to(
    mail: Mail, said: dict[str, Any], found: tuple[str, str]
) -> None:
    assert tell(bounce(**said)).status_code == 200
    assert arrival(mail) == found


def test_reports_that_come_twice_change_nothing(mail: Mail) -> None:
    for report in (delivery(), delivery(AT + timedelta(minutes=1)), bounce(), bounce()):
        assert tell(report).status_code == 200
    mail.refresh_from_db()
    assert (mail.delivered_at, mail.bounced_at) == (AT, AT)
    assert happened_to(mail).count() == 1


@pytest.mark.parametrize("turn", [1, -1])
def test_what_happened_last_counts_and_not_what_was_told_last(mail: Mail, turn: int) -> None:
    full = bounce(AT, Details="smtp;452 4.2.2 over quota")
    for report in [full, delivery(AT + timedelta(hours=1))][::turn]:
        tell(report)
    assert arrival(mail)[0] == "delivered"
    tell(bounce(AT + timedelta(hours=2)))  # for good: that replaces what was for a moment
    assert arrival(mail) == ("bounced", "gone")
    assert happened_to(mail).count() == 2


def test_other_clocks_are_not_believed_beyond_what_is_possible(mail: Mail) -> None:
    tell(delivery(AT - timedelta(days=3)))
    tell(bounce(timezone.now() + timedelta(days=3)))
    mail.refresh_from_db()
    assert mail.delivered_at == mail.queued_at
    assert mail.bounced_at is not None
    assert mail.bounced_at <= timezone.now()


@pytest.mark.parametrize("known", ["", "unknown", "x" * 400, "a\0b", None, 7])
def test_a_mail_that_is_not_ours_is_passed_over(mail: Mail, known: Any) -> None:
    MailFactory()  # one that no service knows has no name to be found by
    assert tell(delivery(MessageID=known)).status_code == 200
    assert not Mail.objects.exclude(delivered_at=None).exists()


@pytest.mark.parametrize("secret", [None, "", "shopdesk:", SECRET[:-1], f"{SECRET}x", "ü:ü"])
def test_without_the_secret_nothing_is_believed(mail: Mail, secret: str | None) -> None:
    answer = tell(bounce(), secret=secret)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Basic")
    assert arrival(mail) == ("awaited", "")


def test_no_other_service_and_none_without_a_secret_has_a_door(mail: Mail, settings: Any) -> None:
    for service in ("mailgun", "postmar", "garbage", "anymail"):
        assert tell(delivery(), url=f"/anymail/{service}/tracking/").status_code == 404
    settings.ANYMAIL_WEBHOOK_SECRET = ""
    assert tell(delivery(), secret=":").status_code == 404
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    settings.EMAIL_BACKEND = "notifications.smtp.SmtpBackend"
    assert tell(delivery()).status_code == 404
    assert Client().post("/anymail/postmark/inbound/").status_code == 404
    assert arrival(mail) == ("awaited", "")


def test_a_service_may_try_the_door_and_nobody_may_look_in(mail: Mail) -> None:
    assert (Client().head(URL).status_code, Client().get(URL).status_code) == (200, 405)


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "7", "{", '{"RecordType": []}', "\xff", '{"RecordType": "Inbound"}']
)
def test_what_is_no_report_is_refused_and_harms_nothing(mail: Mail, body: str) -> None:
    assert tell(body).status_code in {200, 400}
    assert arrival(mail) == ("awaited", "")


def test_a_service_that_signs_is_asked_for_its_signature(mail: Mail, settings: Any) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "x", "MAILGUN_WEBHOOK_SIGNING_KEY": "y"}
    forged = {"signature": {"token": "t", "timestamp": "1", "signature": "no"}, "event-data": {}}
    assert tell(forged, url="/anymail/mailgun/tracking/").status_code == 400
    settings.ANYMAIL = {}
    assert tell(forged, url="/anymail/mailgun/tracking/").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_eight_reports_at_once_one_counts() -> None:
    mail = MailFactory(service_id=ID, queued_at=AT, handed_over_at=AT)
    noted = all_at_once(
        lambda _number: Mail.objects.get(pk=mail.pk).note_bounce(
            Trouble.GONE, at=timezone.now(), words=""
        )
    )
    assert sorted(noted) == [False] * (THREADS - 1) + [True]
    assert happened_to(mail).count() == 1


def test_what_servers_said_is_forgotten_with_the_rest(mail: Mail, settings: Any) -> None:
    long_ago = timezone.now() - timedelta(days=settings.MAIL_KEPT_DAYS + 1)
    Mail.objects.update(
        queued_at=long_ago, handed_over_at=long_ago, answer_words="ok", bounce_words="no"
    )
    assert forget_old() == 1
    mail.refresh_from_db()
    assert (mail.to, mail.answer_words, mail.bounce_words) == ("", "", "")


@pytest.mark.parametrize("secret", ["short", "name:short", ":" + "x" * 40, "x" * 50])
def test_a_secret_that_can_be_guessed_is_refused_at_the_start(
    secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", secret)
    with pytest.raises(ImproperlyConfigured, match="ANYMAIL_WEBHOOK_SECRET must look like"):
        read_webhook_secret(Env())
    monkeypatch.setenv("ANYMAIL_WEBHOOK_SECRET", SECRET)
    assert read_webhook_secret(Env()) == SECRET
    monkeypatch.delenv("ANYMAIL_WEBHOOK_SECRET")
    assert read_webhook_secret(Env()) == ""
