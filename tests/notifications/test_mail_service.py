"""Mail services behind HTTP, through anymail: their answers mean what a mail server's would."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from notifications.tasks import send_mail
from tests.factories.notifications import MailFactory

ACCEPTED = {"To": "jana@example.de", "MessageID": "x", "ErrorCode": 0, "Message": "OK"}
INACTIVE = {
    "ErrorCode": 406,
    "Message": (
        "You tried to send to a recipient that has been marked as inactive.\n"
        "Found inactive addresses: jana@example.de.\nInactive recipients are ones that bounced."
    ),
}


class MailServiceDouble(HTTPServer):
    """Answers each request alike, and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailServiceHandler)
        self.status = 200
        self.answer: dict[str, Any] = ACCEPTED
        self.asked: list[dict[str, Any]] = []


class MailServiceHandler(BaseHTTPRequestHandler):
    server: MailServiceDouble

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        answer = json.dumps(self.server.answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


@pytest.fixture
def mail_service(settings: Any) -> Iterator[MailServiceDouble]:
    server = MailServiceDouble()
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "x",
        "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
    }
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
class TestAnswers:
    def test_a_mail_is_handed_over(self, mail_service: MailServiceDouble) -> None:
        mail = MailFactory(to="jana@example.de")
        send_mail(mail.pk)
        mail.refresh_from_db()

        (asked,) = mail_service.asked
        assert (asked["To"], asked["Subject"]) == ("jana@example.de", "A note for Jana")
        assert {"Name": "Message-ID", "Value": mail.message_id} in asked["Headers"]
        assert (mail.state, mail.service_id, mail.answer_words) == ("handed_over", "x", "sent")
        assert mail.arrival == "awaited"

    @pytest.mark.parametrize(
        ("status", "answer", "state", "failure"),
        [
            (422, INACTIVE, "failed", "refused"),
            (422, {"ErrorCode": 300, "Message": "Invalid e-mail"}, "failed", "refused"),
            (401, {"ErrorCode": 10, "Message": "Bad token"}, "waiting", "temporary"),
            (429, {}, "waiting", "temporary"),
            (500, {}, "waiting", "temporary"),
        ],
    )
    def test_other_answers_mean_what_a_mail_servers_would(
        self,
        status: int,
        answer: dict[str, Any],
        state: str,
        failure: str,
        mail_service: MailServiceDouble,
    ) -> None:
        mail_service.status, mail_service.answer = status, answer
        mail = MailFactory(to="jana@example.de")
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure) == (state, failure)

    def test_a_service_out_of_reach_is_waited_for(
        self, mail_service: MailServiceDouble, settings: Any
    ) -> None:
        settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:9/"}
        mail = MailFactory()
        send_mail(mail.pk)
        mail.refresh_from_db()

        assert (mail.state, mail.failure) == ("waiting", "connection")
