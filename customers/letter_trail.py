"""What has become of a letter's mail, as the timeline says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from customers.models import Letter
from notifications.models import Mail

# At first somebody looks on; while a mail server is away, asking once in a while will do.
FAST_SECONDS, SLOW_SECONDS = 1, 5
WATCHED_FAST = timedelta(minutes=1)
WATCHED_FOR = timedelta(hours=2)


@dataclass(frozen=True)
class LetterTrail:
    """A letter and its mail, which a worker makes in a moment."""

    letter: Letter
    mail: Mail | None

    @property
    def state(self) -> str:
        """One of waiting, handed_over, failed."""
        return self.mail.state if self.mail else "waiting"

    @property
    def poll_seconds(self) -> int | None:
        """How often the timeline asks for news; None when none is to come soon."""
        age = timezone.now() - self.letter.created_at
        if self.state != "waiting" or age > WATCHED_FOR:
            return None
        return FAST_SECONDS if age < WATCHED_FAST else SLOW_SECONDS


def trails_of(letters: Iterable[Letter]) -> dict[int, LetterTrail]:
    """By the letters' ids; one query, none without letters."""
    known = {letter.pk: letter for letter in letters}
    if not known:
        return {}
    mails = Mail.objects.filter(subject_type="customers.letter", subject_id__in=known)
    newest = {mail.subject_id: mail for mail in mails.order_by("pk")}
    return {pk: LetterTrail(letter, newest.get(pk)) for pk, letter in known.items()}
