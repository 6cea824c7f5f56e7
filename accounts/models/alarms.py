"""“That wasn't me”: how customers say that somebody else has changed their password."""

from __future__ import annotations

from datetime import timedelta

from django.db import models, transaction

from accounts.models.flags import Flag, FlagKind
from accounts.models.holds import Hold, HoldReason
from accounts.models.links import LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.users import User
from customers.models import Customer
from events.log import record
from events.models import Event

LASTS = timedelta(hours=72)


class AlarmQuerySet(SecretLinkQuerySet["Alarm"]):
    """Links in the notices of changed passwords."""


class Alarm(SecretLink):
    """Mailed with the notice of a changed password, to the address that stood at that moment.

    No newer password, no other address and no hold withdraws it, nor does the end of a hold:
    somebody who has got in must not silence it by doing it again, or by talking a colleague into
    something. It ends by its use, by its time, or when another one of the customer was used.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="alarms")
    # One for each change, however often it is told of.
    cause = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")
    to = models.EmailField(max_length=254)

    objects = AlarmQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Alarm {self.pk}"

    @classmethod
    def offer(cls, user: User, *, cause: Event) -> Alarm | None:
        """The one for this change of a customer's password; None for staff and without an address.

        Called in the transaction that changes it, and by the handler that mails it once more: a
        release that knew no alarms may have recorded the event.
        """
        if user.customer_id is None or not user.email:
            return cls.objects.filter(cause=cause).first()
        fields = {
            "user": user,
            "to": user.email,
            "started_at": cause.at,
            "expires_at": cause.at + LASTS,
        }
        alarm, _is_new = cls.objects.get_or_create(fields, cause=cause)
        return alarm

    def signed_fields(self) -> list[str]:
        return ["not_me", self.to]

    @property
    def customer(self) -> Customer:
        customer = self.user.customer
        assert customer is not None  # staff are offered none
        return customer

    def sound(self) -> None:
        """Let nobody in until it is known who is who, and have the desk look. Raises LinkRefused.

        Where a hold stands already, it stays as it is.
        """
        with transaction.atomic():
            customer = self.customer
            customer.lock()
            self.take(LinkState.USED)
            # One is enough: those before must not lock the customer out again after the check.
            # Other mailboxes keep theirs: an intruder may have moved the account before.
            mine = Alarm.objects.filter(user=self.user_id, to=self.to)
            mine.close(LinkState.WITHDRAWN)
            Hold.put_on(customer, by=customer, reason=HoldReason.NOT_ME)
            Flag.raise_for(customer, FlagKind.NOT_ME)
            record("alarm.sounded", self, by=customer, about=[customer])
