"""Demo: mails are caught as files instead of being sent."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

NAME = re.compile(r"[0-9]{20}-[0-9a-f]{32}\Z")


class CatcherBackend(BaseEmailBackend):
    """Writes each mail to VAR_DIR/mail; a reader sees all of a file or none of it."""

    answer, answer_words = "250", "2.0.0 Ok: caught by the demo"

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _write(message)
        return len(email_messages)


def caught(*, limit: int) -> list[dict[str, Any]]:
    """The newest mails, newest first."""
    names = sorted((file.stem for file in _folder().glob("*.json")), reverse=True)
    found = (caught_mail(name) for name in names[:limit])
    return [mail for mail in found if mail is not None]


def caught_mail(name: str) -> dict[str, Any] | None:
    """One mail by its name; None for anything that is not one."""
    if not NAME.match(name):
        return None
    try:
        mail: dict[str, Any] = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return mail | {"name": name}


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "mail"


def _write(message: EmailMessage) -> None:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Names sort by time, so that the newest is found without opening any.
    name = f"{time.time_ns():020d}-{uuid4().hex}"
    content = json.dumps(_content(message), ensure_ascii=False, indent=1)
    unfinished = folder / f"{name}.unfinished"
    unfinished.write_text(content, encoding="utf-8")
    unfinished.rename(folder / f"{name}.json")


def _content(message: EmailMessage) -> dict[str, Any]:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    html = [str(body) for body, mimetype in alternatives if mimetype == "text/html"]
    return {
        "to": list(message.to),
        "from": str(make_header(decode_header(message.from_email))),
        "reply_to": list(message.reply_to),
        "subject": str(message.subject),
        "text": str(message.body),
        "html": html[0] if html else "",
        "headers": {key: str(value) for key, value in message.extra_headers.items()},
        "sent_at": datetime.now(UTC).isoformat(),
    }
