"""Everything that makes accounts write a mail, once each: run inside an installation.

Each verb here is the one that pages and workers call, and sends one mail, to the mailbox given.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.utils import timezone

from accounts import second_factor, second_step
from accounts.models import (
    AccountRules,
    AskPurpose,
    Feedback,
    IdentityCheck,
    LinkState,
    Purpose,
    RecoveryAsk,
    ResetRequest,
    SpokenCode,
    StaffLink,
    User,
)
from accounts.moving import start_move
from accounts.throttling import LIMITS, Throttled, hit
from core.permissions import Role
from customers.bulk.models import BulkChange
from customers.bulk.working import work
from customers.models import Customer, Identity, Proof
from tests.factories.accounts import StaffFactory
from tests.factories.checks import LONG_AGO, kind, passed_check
from tests.factories.customers import CustomerFactory

PASSWORD = "eine-lange-Röstung-77"


def ask_for_all(mailboxes: dict[str, str]) -> None:
    """One mail of each kind, to the mailbox of its name; one of many at once comes last."""
    agent = StaffFactory(email="agent." + mailboxes["welcome"])
    for name, send in KINDS.items():
        send(mailboxes[name], agent)


def reset_sent_by_staff(mailbox: str, agent: User) -> None:
    ResetRequest.start(CustomerFactory(email=mailbox, account=True), by=agent)


def reset_asked_by_customer(mailbox: str, _agent: User) -> None:
    CustomerFactory(email=mailbox, account=True)
    RecoveryAsk.ask(AskPurpose.RECOVER, mailbox, language="de")


def account_invite(mailbox: str, agent: User) -> None:
    ResetRequest.start(CustomerFactory(email=mailbox), by=agent)


def registration(mailbox: str, _agent: User) -> None:
    RecoveryAsk.ask(AskPurpose.REGISTER, mailbox, language="de")


def staff_invite(mailbox: str, agent: User) -> None:
    User.invite(mailbox, role=Role.AGENT, by=agent)


def staff_reset(mailbox: str, agent: User) -> None:
    StaffLink.start(StaffFactory(email=mailbox), by=agent)


def address_move(mailbox: str, agent: User) -> None:
    customer = CustomerFactory(email=f"lost.{mailbox}", account=True)
    passed_check(customer, by=agent)
    start_move(customer, mailbox, by=agent)


def address_changed(mailbox: str, agent: User) -> None:
    customer = CustomerFactory(email=mailbox, account=True)
    other = customer.add_email(f"other.{mailbox}", by=agent, proof=Proof.PROVED)
    customer.make_primary(other, by=agent)


def identity_code(mailbox: str, agent: User) -> None:
    customer = CustomerFactory(email=f"lost.{mailbox}", account=True)
    other = customer.add_email(mailbox, by=agent, proof=Proof.PROVED)
    Identity.objects.filter(pk=other.pk).update(proved_at=timezone.now() - LONG_AGO)
    check = IdentityCheck.begin(customer, by=agent)
    SpokenCode.start(check, kind("mailed_code"), other, by=agent, network="")


def password_changed(mailbox: str, _agent: User) -> None:
    _link_of(CustomerFactory(email=mailbox, account=True), Purpose.RESET).redeem(PASSWORD)


def welcome(mailbox: str, _agent: User) -> None:
    _link_of(CustomerFactory(email=mailbox), Purpose.INVITE).redeem(PASSWORD)


def second_factor_removed(mailbox: str, agent: User) -> None:
    colleague = StaffFactory(email=mailbox)
    second_factor.switch_on(colleague, generate_totp_secret())
    second_factor.switch_off(colleague, by=agent)


def codes_tried_all_day(mailbox: str, _agent: User) -> None:
    colleague, day = StaffFactory(email=mailbox), "codes of user a day"
    for _each in range(LIMITS[day].tries):
        hit(day, colleague.pk)
    with suppress(Throttled):
        second_step.count_code(colleague)


def feedback(mailbox: str, _agent: User) -> None:
    """Asked of whoever has not signed in for a day after choosing a password."""
    AccountRules.objects.update(asks_whether_it_worked=True)
    link = _link_of(CustomerFactory(email=mailbox, account=True), Purpose.RESET)
    hours = timedelta(hours=AccountRules.current().follow_up_hours + 1)
    used = {"closed_at": timezone.now() - hours, "ending": LinkState.USED}
    ResetRequest.objects.filter(pk=link.pk).update(**used)
    Feedback.ask_those_due()


def one_of_many(mailbox: str, agent: User) -> None:
    CustomerFactory(email=mailbox, account=True)
    chosen = Customer.objects.filter(identities__key=mailbox)
    many = BulkChange.ask("resets", chosen, by=agent)
    while many.stage != "ready":  # a worker counts as well
        work(many.pk)
        many.refresh_from_db()
    assert many.start(by=agent)


def _link_of(customer: Customer, purpose: Purpose) -> ResetRequest:
    """One of which no mail tells."""
    at, address = timezone.now() + timedelta(hours=1), customer.primary_email
    return ResetRequest.objects.create(
        customer=customer, purpose=purpose, to=address, expires_at=at
    )


KINDS: dict[str, Callable[[str, User], None]] = {
    send.__name__: send
    for send in (
        reset_sent_by_staff,
        reset_asked_by_customer,
        account_invite,
        registration,
        staff_invite,
        staff_reset,
        address_move,
        address_changed,
        identity_code,
        password_changed,
        welcome,
        second_factor_removed,
        codes_tried_all_day,
        feedback,
        one_of_many,
    )
}
