"""Whether a link would reach an address: what speaks against it is said before it is sent.

Nothing is held back for it. Whoever has a mailbox there has perhaps shown it by a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max, Q
from django.db.models.functions import Greatest
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
    return suspicions_of({customer.pk: identity}, but=but).get(customer.pk) if identity else None


def suspicion_of_new(address: str, customer: Customer) -> Suspicion | None:
    """What speaks against an address that is to be the customer's; of nonsense, nothing."""
    identity = customer.identity_of(IdentityKind.EMAIL, address)
    return suspicions_of({customer.pk: identity}).get(customer.pk) if identity.key else None


def suspicions_of(
    addresses: Mapping[int, Identity], *, but: Mail | None = None
) -> dict[int, Suspicion]:
    """What speaks against each customer's address, by their ids: of those it is anything for.

    As many queries for thousands as for one.
    """
    failed = _failed_lately(addresses, but)
    found = {pk: _speaking_against(one, failed.get(pk)) for pk, one in addresses.items()}
    return {pk: suspicion for pk, suspicion in found.items() if suspicion is not None}


def _speaking_against(identity: Identity, failed: Mail | None) -> Suspicion | None:
    if identity.proof == Proof.PROVED:
        return Suspicion(identity, failed=failed) if failed else None
    guess, impossible = likely_domain(identity.key), is_impossible(identity.key)
    if not guess and not impossible and failed is None:
        return None
    return Suspicion(identity, guess, impossible, failed)


def _failed_lately(addresses: Mapping[int, Identity], but: Mail | None) -> dict[int, Mail]:
    """For each the newest mail of which anything is known, if it did not arrive, and no link to
    this address has come back since. Letters go to an address as it was typed, links to its key."""
    spellings = {pk: {one.key, one.value} for pk, one in addresses.items()}
    known = Mail.objects.filter(VERDICT, to__in=set().union(*spellings.values()))
    newest = {mail.to: mail for mail in known.order_by("to", "-id").distinct("to")}
    last = {
        pk: max((newest[to] for to in both & newest.keys()), key=lambda mail: mail.pk)
        for pk, both in spellings.items()
        if both & newest.keys()
    }
    failed = {pk: mail for pk, mail in last.items() if mail.trouble is not None and mail != but}
    came_back = _came_back(failed) if failed else {}
    return {
        pk: mail
        for pk, mail in failed.items()
        if not _is_later(came_back.get((pk, addresses[pk].key)), _failed_at(mail))
    }


def _came_back(customer_ids: Iterable[int]) -> dict[tuple[int, str], datetime | None]:
    """When a link was last opened or used, by customer and address."""
    links = ResetRequest.objects.of_customers(list(customer_ids)).order_by()
    used = Max("closed_at", filter=Q(ending="used"))
    last = links.values("customer", "to").annotate(last=Greatest(Max("opened_at"), used))
    return {(link["customer"], link["to"]): link["last"] for link in last}


def _is_later(moment: datetime | None, failed_at: datetime | None) -> bool:
    return moment is not None and failed_at is not None and moment > failed_at


def _failed_at(mail: Mail) -> datetime | None:
    return mail.bounced_at if mail.arrival == "bounced" else mail.failed_at
