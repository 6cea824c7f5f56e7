"""Codes that are told to a caller on another way than the one on which they ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models.checks import IdentityCheck, ProofMissing
from accounts.models.links import ONE_OPEN, LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.mail_budgets import MailBudget, Share
from accounts.spoken_places import BY_MAIL, places_of
from events.log import record

if TYPE_CHECKING:
    from accounts.models.users import User
    from accounts.proofs import ProofKind
    from customers.models import Identity

CODE_LASTS = timedelta(minutes=10)
MOST_TRIES = 5


class CodeOver(Exception):
    """There is no code, or it has expired, or was typed wrongly too often: a new one is needed."""


class CodeWaits(Exception):
    """The customer has not typed it yet."""


class SpokenCodeQuerySet(SecretLinkQuerySet["SpokenCode"]):
    pass


class SpokenCode(SecretLink):
    """One code for one proof of a check; derived where it is shown or mailed (spoken.py)."""

    identity_check = models.ForeignKey(
        IdentityCheck, on_delete=models.PROTECT, related_name="codes"
    )
    kind = models.CharField(max_length=40)
    to = models.CharField(max_length=254)  # the address it is mailed to, or the number called
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    digest = models.CharField(max_length=64, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    # A digest of where the desk's browser stood.
    network = models.CharField(max_length=64)

    objects = SpokenCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["identity_check", "kind"], condition=ONE_OPEN, name="one_unclosed_code"
            )
        ]
        indexes = [
            # Read by the clean-up.
            models.Index(fields=["expires_at"], name="spoken_code_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @classmethod
    def start(
        cls, check: IdentityCheck, kind: ProofKind, place: Identity, *, by: User, network: str
    ) -> Self:
        """Make a code for a place that is known for long; it replaces the one before.

        Counted as a try of its proof. Raises Throttled, CheckOver, AlreadyMatched, ProofMissing
        and, for a mailbox, NotYet: then nothing has changed.
        """
        from accounts.proof_limits import count_code

        count_code(check, kind, by=by)
        with transaction.atomic():
            check.hold_for(kind)
            if place not in places_of(kind.name, check.customer):
                raise ProofMissing
            refusal = MailBudget.spend(place.key, Share.DESK) if kind.name in BY_MAIL else None
            if refusal is not None:
                raise refusal
            cls.objects.filter(identity_check=check, kind=kind.name).close(LinkState.REPLACED)
            code = cls._make(check, kind.name, place.key, by=by, network=network)
            about = [check.customer]
            record("identity_code.started", code, by=by, about=about, kind=kind.name)
        return code

    @classmethod
    def _make(cls, check: IdentityCheck, kind: str, to: str, *, by: User, network: str) -> Self:
        from accounts.spoken import code_for, digest_of

        now = timezone.now()
        code = cls.objects.create(
            identity_check=check,
            kind=kind,
            to=to,
            made_by=by,
            network=network,
            started_at=now,
            expires_at=now + CODE_LASTS,
        )
        code.digest = digest_of(code_for(code))
        code.save(update_fields=["digest"])
        return code

    @classmethod
    def open_for(cls, check: IdentityCheck, kind: str) -> SpokenCode | None:
        return cls.objects.open().filter(identity_check=check, kind=kind).first()

    def signed_fields(self) -> list[str]:
        return [self.kind, self.to]

    def is_known_still(self) -> bool:
        """Nobody has removed the address or number since."""
        places = places_of(self.kind, self.identity_check.customer)
        return self.to in {place.key for place in places}

    def hear(self, text: str) -> bool:
        """Whether a colleague typed what the caller read out. The fifth wrong one ends the code.

        Runs inside the verb's transaction, which holds the check.
        """
        from accounts.spoken import digest_of

        if constant_time_compare(digest_of(text), self.digest):
            self.take(LinkState.USED)
            return True
        self._row().update(tries=F("tries") + 1)
        if self.tries + 1 >= MOST_TRIES:
            self._row().close(LinkState.WITHDRAWN)
        return False

    def typed_by_customer(self) -> TypedCode | None:
        """The customer's own typing, while the code was good; the first of them."""
        typed = TypedCode.objects.filter(digest=self.digest, typed_at__gte=self.started_at)
        return typed.filter(typed_at__lt=self.expires_at).order_by("pk").first()


class TypedCode(models.Model):
    """What somebody typed at /account/verify/, right or wrong: a digest, and from where.

    The page writes this one row whatever it is, and looks at nothing: neither its answer nor its
    time tells anything. Whether it is the code of a check is found out by the desk that waits.
    """

    digest = models.CharField(max_length=64)
    network = models.CharField(max_length=64)
    typed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            # Read by the page of the check, while it waits for the customer.
            models.Index(fields=["digest", "typed_at"], name="typed_code"),
            # Read by the clean-up.
            models.Index(fields=["typed_at"], name="typed_code_by_time"),
        ]

    @classmethod
    def keep(cls, text: str, *, network: str) -> None:
        from accounts.spoken import digest_of

        cls.objects.create(digest=digest_of(text), network=network)
