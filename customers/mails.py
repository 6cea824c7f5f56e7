"""The mails that customers are sent about themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from customers.models import Letter
from notifications.kinds import MailKind, register

if TYPE_CHECKING:
    from notifications.models import Mail


def _message_from_staff(mail: Mail) -> dict[str, Any] | None:
    letter = mail.about()
    if not isinstance(letter, Letter):
        return None
    return {"subject": letter.subject, "text": letter.text, "author": letter.author.name}


register(
    MailKind(
        "message_from_staff",
        group="customers",
        context=_message_from_staff,
        title=_("Message from staff"),
        is_told_by_subject=True,
    )
)
