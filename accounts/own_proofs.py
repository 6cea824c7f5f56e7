"""The proofs that accounts can ask for without knowing of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.comparing import same_phone
from accounts.models import CodeOver, CodeWaits, IdentityCheck, LinkState, SpokenCode
from accounts.permissions import can_call_back, can_vouch
from accounts.proof_forms import MailedCodeForm, NothingTypedForm, PhoneForm, WordForm
from accounts.proofs import ProofKind, proof_kinds
from accounts.spoken_places import CALL_BACK, MAILED_CODE, long_known_emails, long_known_phones
from events.log import record
from shop.models import Shop

if TYPE_CHECKING:
    from customers.models import Customer


def has_phone(customer: Customer) -> bool:
    return bool(long_known_phones(customer))


def has_other_mailbox(customer: Customer) -> bool:
    return bool(long_known_emails(customer))


def says_phone(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    country = check.customer.country or Shop.current().country
    known = [phone.key for phone in long_known_phones(check.customer)]
    return same_phone(typed["phone"], known, country=country)


def reads_out_code(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    """Raises CodeOver, for what is no longer a code to be compared with."""
    return _open_code(check, MAILED_CODE).hear(typed["code"])


def has_typed_code(check: IdentityCheck, _typed: dict[str, Any]) -> bool:
    """True, and the code is used up. Raises CodeOver, or CodeWaits as long as nobody typed it."""
    code = _open_code(check, CALL_BACK)
    typed = code.typed_by_customer()
    if typed is None:
        raise CodeWaits
    code.take(LinkState.USED)
    if typed.network == code.network:
        record("identity_code.typed_nearby", code, about=[check.customer])
    return True


def gives_word(check: IdentityCheck, typed: dict[str, Any]) -> bool:
    IdentityCheck.objects.filter(pk=check.pk).update(vouched_because=typed["because"])
    return True


def always(_customer: Customer) -> bool:
    return True


def _open_code(check: IdentityCheck, kind: str) -> SpokenCode:
    code = SpokenCode.open_for(check, kind)
    if code is None or not code.is_known_still():
        raise CodeOver
    return code


def offer_own_proofs() -> None:
    proof_kinds.add_in_turn(OWN, start=500)


OWN = [
    ProofKind(
        name="stored_phone",
        label=_("Phone number"),
        ask=_("Ask for the phone number that the customer has given the shop."),
        say=_("Which phone number have you given us?"),
        points=10,
        form=PhoneForm,
        applies=has_phone,
        compare=says_phone,
        stands_in_mailbox=True,
    ),
    ProofKind(
        name=MAILED_CODE,
        label=_("Code to another mailbox"),
        ask=_(
            "A code goes to another address that the customer confirmed at least 7 days ago. "
            "Have it read out to you."
        ),
        say=_(
            "I am sending a code to your other e-mail address. Please read it out to me when it "
            "arrives."
        ),
        points=60,
        form=MailedCodeForm,
        applies=has_other_mailbox,
        compare=reads_out_code,
        is_spoken=True,
    ),
    ProofKind(
        name=CALL_BACK,
        label=_("Call back"),
        ask=_(
            "Hang up and call a number that has stood here for at least 7 days. Ask first whether "
            "they called you just now; only then read out the code."
        ),
        say=_(
            "I am calling you back at the number that we have of you. Then I tell you a code, "
            "which you type on our website."
        ),
        points=60,
        form=NothingTypedForm,
        applies=has_phone,
        compare=has_typed_code,
        allowed=can_call_back,
        is_spoken=True,
    ),
    ProofKind(
        name="owner_vouches",
        label=_("Your own word"),
        ask=_("You know for certain who it is. This passes the check by itself."),
        say="",
        points=0,
        form=WordForm,
        applies=always,
        compare=gives_word,
        allowed=can_vouch,
        is_enough=True,
    ),
]
