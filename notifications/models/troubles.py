"""Why a mail did not reach its mailbox, read from what the receiving side said."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

# RFC 3463: class, subject and detail, e.g. "5.1.1". Only failures, of a moment or for good.
ENHANCED = re.compile(r"(?<![\d.])[45]\.(\d{1,3}\.\d{1,3})(?!\.?\d)")


class Trouble(models.TextChoices):
    """What keeps mails from an address, as far as the receiving side says so."""

    GONE = "gone", _("There is no such mailbox")
    NO_DOMAIN = "no_domain", _("Nobody receives mail at this domain")
    FULL = "full", _("The mailbox is full")
    BLOCKED = "blocked", _("The receiving server does not accept mail from us")
    HELD_BACK = "held_back", _("The mail service held it back: mails to this address failed before")
    OTHER = "other", _("The mail was not accepted")

    @property
    def is_final(self) -> bool:
        """Trying again as it is would lead to the same."""
        return self in {Trouble.GONE, Trouble.NO_DOMAIN, Trouble.HELD_BACK}


# RFC 3463 §3.2–3.8 by subject and detail; what is not named here is told by its subject alone.
BY_CODE = {
    "1.1": Trouble.GONE,
    "1.3": Trouble.GONE,
    "1.6": Trouble.GONE,
    "2.1": Trouble.GONE,
    "1.2": Trouble.NO_DOMAIN,
    "1.10": Trouble.NO_DOMAIN,  # RFC 7505
    "4.4": Trouble.NO_DOMAIN,
    "2.2": Trouble.FULL,
    "1.7": Trouble.BLOCKED,
    "1.8": Trouble.BLOCKED,
}
# Of servers that give no code; each as it commonly reads.
BY_WORDS = [
    (re.compile(r"\b(user|mailbox|recipient|address|account)\b.{0,30}\b(unknown|not found|"
                r"does(n't| not) exist|invalid)|\b(unknown|no such|invalid) (user|mailbox|"
                r"recipient|address)", re.IGNORECASE), Trouble.GONE),
    (re.compile(r"\b(mailbox|quota)\b.{0,30}\b(full|exceeded)|\bover ?quota", re.IGNORECASE),
     Trouble.FULL),
    (re.compile(r"\b(spam|blocked|blacklist|blocklist|policy|spf|dkim|dmarc)\b", re.IGNORECASE),
     Trouble.BLOCKED),
]  # fmt: skip


def trouble_in(words: str) -> Trouble:
    """The cause by the enhanced status code, else by the words; OTHER where neither tells."""
    found = ENHANCED.search(words)
    if found:
        by_subject = Trouble.BLOCKED if found[1].startswith("7.") else Trouble.OTHER
        return BY_CODE.get(found[1], by_subject)
    return next((trouble for said, trouble in BY_WORDS if said.search(words)), Trouble.OTHER)
