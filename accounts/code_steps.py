"""How far the code of a proof has come: not made, on its way, waiting to be typed, typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import phonenumbers
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.hints import email_hint, phone_hint
from accounts.models import SpokenCode
from accounts.proof_forms import PlaceForm
from accounts.spoken import code_for
from accounts.spoken_places import BY_MAIL, places_of
from customers.levels import level_mark
from notifications.models import Mail

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from accounts.models import IdentityCheck
    from accounts.proofs import ProofKind
    from customers.models import Identity


@dataclass(frozen=True)
class CodeStep:
    """The open code of a proof, if there is one, and where the next one may go."""

    kind: ProofKind
    code: SpokenCode | None
    places: list[Identity]
    is_masked: bool  # staff see nothing of where it goes

    @classmethod
    def of(cls, check: IdentityCheck, kind: ProofKind, *, is_masked: bool) -> CodeStep:
        code = SpokenCode.open_for(check, kind.name)
        places = places_of(kind.name, check.customer)
        return cls(kind, code, places, is_masked)

    @property
    def is_mailed(self) -> bool:
        return self.kind.name in BY_MAIL

    @property
    def takes_answers(self) -> bool:
        return self.code is not None

    @property
    def where(self) -> str:
        """A mailbox to recognise, or a number to dial."""
        to = self.code.to if self.code else ""
        if self.is_masked:
            return _("the other mailbox")
        if not to or self.is_mailed:
            return email_hint(to) if to else ""
        number = phonenumbers.parse(to, None)
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))

    @property
    def place(self) -> Identity | None:
        """The number to call, as the customer has it; None where it is gone by now."""
        to = self.code.to if self.code else ""
        return next((place for place in self.places if place.key == to), None)

    @property
    def letters(self) -> str:
        """What is read out on the phone. Nobody at the desk sees what is mailed."""
        return code_for(self.code) if self.code and not self.is_mailed else ""

    @property
    def address(self) -> str:
        """Where the customer types it, as it is read out."""
        return urlsplit(settings.PUBLIC_URL).netloc + reverse("account_verify")

    @property
    def polls(self) -> bool:
        """Whether the page has news to wait for."""
        return self.mail_state == "waiting" if self.is_mailed else not self.is_typed

    @cached_property
    def is_typed(self) -> bool:
        return self.code is not None and self.code.typed_by_customer() is not None

    @cached_property
    def mail_state(self) -> str:
        """Of the mail with the code: waiting, handed_over, failed or withdrawn."""
        mail = Mail.objects.about(self.code).first() if self.code else None
        return mail.state if mail else "waiting"

    @property
    def form(self) -> PlaceForm:
        return self.filled_in(None)

    def filled_in(self, given: QueryDict | None) -> PlaceForm:
        """Which place the code is to go to."""
        hint, label = (
            (email_hint, _("Which mailbox?"))
            if self.is_mailed
            else (phone_hint, _("Which number?"))
        )
        shown = [
            (place.pk, _nameless(number) if self.is_masked else _marked(hint(place.key), place))
            for number, place in enumerate(self.places, start=1)
        ]
        return PlaceForm(given, places=shown, label=label, auto_id=f"{self.kind.name}_where_%s")


def _marked(hint: str, place: Identity) -> SafeString:
    return format_html("{} {}", hint, level_mark(place))


def _nameless(number: int) -> str:
    return _("Confirmed address %(number)s") % {"number": number}
