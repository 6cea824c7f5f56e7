"""The way back for whoever read the mailbox that an account has left."""

from __future__ import annotations

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from accounts.models.flags import Flag, FlagKind
from accounts.models.holds import Hold, HoldReason
from accounts.models.links import LinkState, SecretLink, SecretLinkQuerySet
from customers.models import AddressTaken, Customer, Proof
from events.log import record

LASTS = timedelta(hours=72)


class AddressUndo(SecretLink):
    """Mailed with the notice to a former sign-in address; whoever moved it, and for whatever.

    No later change withdraws it: somebody who has got in must not silence it by moving once more.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="address_undos")
    former = models.EmailField(max_length=254)

    objects = SecretLinkQuerySet["AddressUndo"].as_manager()

    def __str__(self) -> str:
        return f"Undo {self.pk}"

    @classmethod
    def offer(cls, customer: Customer, former: str) -> AddressUndo:
        """Inside the transaction that moves the address, which holds the customer."""
        now = timezone.now()
        return cls.objects.create(
            customer=customer, former=former, started_at=now, expires_at=now + LASTS
        )

    def signed_fields(self) -> list[str]:
        return ["undo", self.former]

    def undo(self) -> bool:
        """Bring the former address back and let nobody in until it is known who is who.

        False where another customer has the address by now: the account is on hold all the same.
        Every later way back ends, among them the one that was mailed to the address which goes;
        earlier ones stay, as a thief may undo a second move. Raises LinkRefused.
        """
        with transaction.atomic():
            self.customer.lock()
            self.take(LinkState.USED)
            is_back = self._bring_back()
            later = AddressUndo.objects.filter(customer=self.customer, pk__gt=self.pk)
            later.close(LinkState.WITHDRAWN)
            Hold.put_on(self.customer, by=self.customer, reason=HoldReason.UNDONE)
            Flag.raise_for(self.customer, FlagKind.UNDONE)
            about = [self.customer]
            record("address_undo.used", self, by=self.customer, about=about, is_back=is_back)
        return is_back

    def _bring_back(self) -> bool:
        try:
            with transaction.atomic():
                self.customer.replace_email(
                    self.former, by=self.customer, proof=Proof.PROVED, despite_hold=True
                )
        except AddressTaken:
            return False
        return True
