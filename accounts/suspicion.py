"""Whether a link would reach an address: what speaks against it is said before it is sent.

Nothing is held back for it. Whoever has a mailbox there has perhaps shown it by a link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ResetRequest
from core import words
from customers.mistyped import is_impossible, likely_domain
from customers.models import IdentityKind, Proof
from notifications.models import Mail
from notifications.models.outcomes import VERDICT

if TYPE_CHECKING:
    from customers.models import Customer, Identity


@dataclass(frozen=True)
class Suspicion:
    """What speaks against an address. `guess`: the domain that was probably meant, or ""."""

    identity: Identity
    guess: str = ""
    is_impossible: bool = False
    failed: Mail | None = None

    @property
    def title(self) -> str:
        return _("Is %(address)s right?") % {"address": self.identity.value}

    def reasons(self) -> list[str]:
        return [reason for reason in (self._of_spelling(), self._of_the_past()) if reason]

    def _of_spelling(self) -> str:
        if self.guess:
            return _("Did they mean %(domain)s?") % {"domain": self.guess}
        if self.is_impossible:
            ending = self.identity.key.rpartition(".")[2]
            return _("No address ends in “.%(ending)s”.") % {"ending": ending}
        return ""

    def _of_the_past(self) -> str:
        if self.failed is None or self.failed.trouble is None:
            return ""
        text = _("A mail to this address did not arrive on %(day)s: %(why)s.")
        day = words.day(_failed_at(self.failed))
        return text % {"day": day, "why": self.failed.trouble.label}


def suspicion_of(customer: Customer, *, but: Mail | None = None) -> Suspicion | None:
    """What speaks against the primary address; `but` is a failure that is told beside it anyway.

    One query, and another one where a mail has failed. Customers come with their identities.
    """
    identity = customer.email_identity
    return _speaking_against(identity, customer, but) if identity else None


def suspicion_of_new(address: str, customer: Customer) -> Suspicion | None:
    """What speaks against an address that is to be the customer's; of nonsense, nothing."""
    identity = customer.identity_of(IdentityKind.EMAIL, address)
    return _speaking_against(identity, customer) if identity.key else None


def _speaking_against(
    identity: Identity, customer: Customer, but: Mail | None = None
) -> Suspicion | None:
    failed = _failed_lately(identity, customer)
    if failed is not None and but is not None and failed.pk == but.pk:
        failed = None
    if identity.proof == Proof.PROVED:
        return Suspicion(identity, failed=failed) if failed else None
    guess, impossible = likely_domain(identity.key), is_impossible(identity.key)
    if not guess and not impossible and failed is None:
        return None
    return Suspicion(identity, guess, impossible, failed)


def _failed_lately(identity: Identity, customer: Customer) -> Mail | None:
    """The newest mail of which anything is known, if it did not arrive, and no link to this
    address has come back since. Letters go to an address as it was typed, links to its key."""
    known = Mail.objects.filter(VERDICT, to__in={identity.key, identity.value})
    last = known.order_by("-id").first()
    if last is None or last.trouble is None:
        return None
    since = Q(opened_at__gt=_failed_at(last)) | Q(closed_at__gt=_failed_at(last), ending="used")
    followed = ResetRequest.objects.filter(since, customer=customer, to=identity.key)
    return None if followed.exists() else last


def _failed_at(mail: Mail) -> datetime | None:
    return mail.bounced_at if mail.arrival == "bounced" else mail.failed_at
