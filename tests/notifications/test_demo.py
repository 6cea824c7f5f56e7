"""Demo: mails are caught as files and shown; elsewhere neither happens."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse
from django.urls.exceptions import Resolver404

from notifications.catcher import caught
from notifications.models import Mail
from notifications.tasks import send_mail
from tests.factories.notifications import MailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "notifications.catcher.CatcherBackend"
    settings.ROOT_URLCONF = "tests.notifications.demo_urls"
    return tmp_path / "mail"


def send(**fields: Any) -> Mail:
    mail = MailFactory(**fields)
    send_mail(mail.pk)
    return mail


def test_a_mail_is_caught_as_a_file(demo: Path) -> None:
    mail = send(to="jana@example.de")
    mail.refresh_from_db()

    assert (mail.state, mail.answer) == ("handed_over", "250")
    (kept,) = caught(limit=9)
    assert (kept["to"], kept["subject"]) == (["jana@example.de"], "A note for Jana")
    assert kept["headers"]["Message-ID"] == mail.message_id
    assert [file.suffix for file in demo.iterdir()] == [".json"]


def test_a_mail_without_html_is_caught_too(demo: Path) -> None:
    EmailMessage("Hi", "There", to=["jana@example.de"]).send()

    assert caught(limit=9)[0]["html"] == ""


def test_programs_read_the_newest_first(demo: Path, stranger: Client) -> None:
    send(to="first@example.de"), send(to="second@example.de")
    mails = stranger.get("/demo/mail.json").json()

    assert [mail["to"] for mail in mails] == [["second@example.de"], ["first@example.de"]]
    assert sorted(mails[0]) == ["html", "sent_at", "subject", "text", "to"]
    sent_at = datetime.fromisoformat(mails[0]["sent_at"])
    assert sent_at.utcoffset() == datetime.now(UTC).utcoffset()


def test_people_read_a_list_and_a_mail(demo: Path, stranger: Client) -> None:
    send(to="jana@example.de", plain={"customer": {"first_name": "<b>Jana"}})
    listed = stranger.get("/demo/mail/").content.decode()
    assert "A note for &lt;b&gt;Jana" in listed

    name = caught(limit=1)[0]["name"]
    page = stranger.get(f"/demo/mail/{name}/")
    assert "Hello &lt;b&gt;Jana" in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_mails_html_stands_in_a_sandbox_of_its_own(demo: Path, stranger: Client) -> None:
    send()
    answer = stranger.get(f"/demo/mail/{caught(limit=1)[0]['name']}/html/")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert policy.endswith("sandbox allow-popups allow-popups-to-escape-sandbox")
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in answer.content.decode()


def test_an_empty_demo_says_so(demo: Path, stranger: Client) -> None:
    assert stranger.get("/demo/mail.json").json() == []
    assert stranger.get("/demo/mail/").status_code == 200


@pytest.mark.parametrize("name", ["x", "0" * 20, "..-x", f"{'1' * 20}-{'a' * 32}", "a" * 5000])
def test_a_mail_that_is_not_there_is_not_found(name: str, demo: Path, stranger: Client) -> None:
    send()

    assert stranger.get(f"/demo/mail/{name}/").status_code == 404
    assert stranger.get(f"/demo/mail/{name}/html/").status_code == 404


def test_a_broken_file_is_passed_over(demo: Path, stranger: Client) -> None:
    send()
    (demo / f"{'9' * 20}-{'a' * 32}.json").write_text("{")

    assert len(stranger.get("/demo/mail.json").json()) == 1


@pytest.mark.parametrize("path", ["/demo/mail/", "/demo/mail.json"])
def test_outside_the_demo_there_is_no_such_page(path: str, settings: Any) -> None:
    assert settings.DEMO is False
    with pytest.raises(Resolver404):
        resolve(path)
    with pytest.raises(NoReverseMatch):
        reverse("demo_mail_list")
