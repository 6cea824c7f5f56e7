"""Links to many customers at once: who gets one, why the others do not, and the step that sends.

As many statements for thousands as for one, and no event for each: the rows of the bulk change are
what timelines read. Everybody's mailbox is asked as for a single link (models/mail_budgets.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.mails import link_kind
from accounts.models import (
    LinkState,
    MailBudget,
    MailPace,
    Purpose,
    ResetRequest,
    Share,
)
from accounts.models.late_addresses import in_doubt
from accounts.models.link_policy import Answer, answer_among_many, invite_lasts, reset_lasts
from accounts.suspicion import Suspicion, suspicions_of
from customers.bulk.kinds import Counted, Written
from customers.bulk.models import BulkChange, BulkRow
from customers.bulk.stages import CHANGED
from customers.models import AccountState, Consent, Customer, Identity
from events.models import Event, label_of
from notifications.models import Failure, Mail
from notifications.queueing import Addressed, queue_many
from shop.language import language_code
from shop.models import Shop

STARTED = "bulk_change.started"
NOT_TO_RESET = {
    AccountState.NONE: "no_account",
    AccountState.INVITED: "no_account",
    AccountState.DECLINED: "no_account",
}
NOT_TO_INVITE = {AccountState.ENABLED: "has_account", AccountState.DECLINED: "declined"}


@dataclass(frozen=True)
class Candidate:
    """A customer, where a link would go, the newest one with its newest mail, and whether an
    account there needs an identity check."""

    customer: Customer
    address: Identity | None
    newest: ResetRequest | None
    mail: Mail | None
    is_in_doubt: bool

    @property
    def to(self) -> str:
        return self.address.key if self.address else ""

    def left_out(self, purpose: Purpose) -> str:
        """Why no link is sent; "" where nothing stands against it but the mailbox's budget."""
        if self.customer.is_barred:
            return "disabled" if self.customer.is_disabled else "held"
        if why := self._of_account(purpose):
            return why
        if not self.to:
            return "no_address"
        if self._is_refused:
            return "refused"
        is_waiting = self.newest is not None and self.newest.is_open
        return "on_its_way" if is_waiting and self._mail_waits else ""

    def _of_account(self, purpose: Purpose) -> str:
        states = NOT_TO_RESET if purpose == Purpose.RESET else NOT_TO_INVITE
        if why := states.get(AccountState(self.customer.account_state)):
            return why
        if self._is_moving:
            return "moving"
        return "in_doubt" if purpose == Purpose.INVITE and self.is_in_doubt else ""

    @property
    def _is_moving(self) -> bool:
        """The former mailbox gets no link, and the one to the new address stays good."""
        newest = self.newest
        return newest is not None and newest.purpose == Purpose.MOVE and newest.is_open

    @property
    def _mail_waits(self) -> bool:
        return self.newest is not None and self.newest.waits_with(self.mail)

    @property
    def _is_refused(self) -> bool:
        """Staff who know better send a single link, and then this is not the newest any more."""
        is_refusal = self.mail is not None and self.mail.failure == Failure.REFUSED
        has_moved = self.newest is not None and self.newest.to != self.to
        is_known = self.customer.email_consent == Consent.INVALID
        return is_known or (is_refusal and not has_moved)


def candidates(ids: Iterable[int], *, locked: bool = False) -> dict[int, Candidate]:
    """By their ids, in their order; with `locked` held until the transaction ends."""
    rows = Customer.objects.filter(pk__in=list(ids)).order_by("pk")
    customers = list(rows.select_for_update(no_key=True) if locked else rows)
    known = [customer.pk for customer in customers]
    addresses = Identity.objects.emails().primary().filter(customer__in=known)
    to = {address.customer_id: address for address in addresses}
    newest = _newest_links(known)
    mails = _newest_mails(newest.values())
    doubted = in_doubt(known)
    return {
        one.pk: Candidate(
            one, to.get(one.pk), link, mails.get(link.pk) if link else None, one.pk in doubted
        )
        for one in customers
        for link in [newest.get(one.pk)]
    }


def _newest_links(customer_ids: Sequence[int]) -> dict[int, ResetRequest]:
    links = ResetRequest.objects.of_customers(customer_ids).order_by("customer", "-pk")
    return {link.customer_id: link for link in links.distinct("customer")}


def _newest_mails(links: Iterable[ResetRequest]) -> dict[int, Mail]:
    ids = [link.pk for link in links]
    mails = Mail.objects.filter(subject_type=label_of(ResetRequest()), subject_id__in=ids)
    newest = mails.order_by("subject_id", "-pk").distinct("subject_id")
    return {mail.subject_id: mail for mail in newest}


def doubts(found: Iterable[Candidate]) -> dict[int, Suspicion]:
    """What speaks against the addresses of some, by the customers' ids."""
    return suspicions_of({one.customer.pk: one.address for one in found if one.address})


def preview(one: BulkChange, purpose: Purpose, ids: Sequence[int]) -> Counted:
    """What would become of them if all were sent now."""
    found = candidates(ids)
    left_out = {pk: candidate.left_out(purpose) for pk, candidate in found.items()}
    doubtful = doubts(found[pk] for pk, why in left_out.items() if not why)
    if one.leaves_out_doubtful:
        left_out |= dict.fromkeys(doubtful, "doubtful")
    fit = [found[pk].to for pk, why in left_out.items() if not why]
    free = len(MailBudget.free_many(fit, Share.DESK))
    outcomes = Counter(why for why in left_out.values() if why)
    mailed = Counter({CHANGED: free, "mailed_lately": len(fit) - free})
    return Counted(outcomes + mailed, list(doubtful))


def send(one: BulkChange, purpose: Purpose, ids: Sequence[int], *, most: int) -> Written:
    """Queue a mail for up to `most` of these, and note what became of each it came to."""
    found = candidates(ids, locked=True)
    left_out = {pk: candidate.left_out(purpose) for pk, candidate in found.items()}
    if one.leaves_out_doubtful:
        unhindered = (found[pk] for pk, why in left_out.items() if not why)
        left_out |= dict.fromkeys(doubts(unhindered), "doubtful")
    fit = [pk for pk in ids if left_out.get(pk) == ""]
    done = ids.index(fit[most]) if len(fit) > most else len(ids)
    spent = MailBudget.spend_many([found[pk].to for pk in fit[:most]], Share.DESK)
    mailed = [found[pk] for pk in fit[:most] if found[pk].to in spent]
    _mail(one, purpose, mailed)
    MailPace.take(len(mailed))
    reached = {candidate.customer.pk for candidate in mailed}
    outcomes = {
        pk: CHANGED if pk in reached else left_out[pk] or "mailed_lately"
        for pk in ids[:done]
        if pk in found
    }
    _note(one, outcomes)
    return Written(done, Counter(outcomes.values()))


def _note(one: BulkChange, outcomes: dict[int, str]) -> None:
    now = timezone.now()
    BulkRow.objects.bulk_create(
        BulkRow(of_change=one, customer_id=pk, at=now, outcome=outcome)
        for pk, outcome in outcomes.items()
    )


def _mail(one: BulkChange, purpose: Purpose, mailed: Sequence[Candidate]) -> None:
    now, shop = timezone.now(), Shop.current()
    again = {
        one_of_them.customer.pk: link
        for one_of_them in mailed
        if (link := one_of_them.newest) and answer_among_many(link, now=now) is Answer.SAME_AGAIN
    }
    fresh = [candidate for candidate in mailed if candidate.customer.pk not in again]
    links = {**again, **_new_links(one, purpose, fresh, now)}
    queue_many(
        [
            Addressed(
                kind=link_kind(link),
                to=link.to,
                language=language_code(customer.language, customer.form_of_address, shop),
                about=link,
                expires_at=link.expires_at,
            )
            for customer in (candidate.customer for candidate in mailed)
            for link in [links[customer.pk]]
        ],
        cause=cause_of(one),
    )


def _new_links(
    one: BulkChange, purpose: Purpose, fresh: Sequence[Candidate], now: datetime
) -> dict[int, ResetRequest]:
    """Each replaces what stood open, as a single link does; by the customers' ids."""
    customer_ids = [candidate.customer.pk for candidate in fresh]
    ResetRequest.objects.of_customers(customer_ids).close(LinkState.REPLACED)
    lasts = reset_lasts() if purpose == Purpose.RESET else invite_lasts()
    links = ResetRequest.objects.bulk_create(
        ResetRequest(
            customer=candidate.customer,
            purpose=purpose,
            to=candidate.to,
            asked_by_id=one.started_by_id or one.asked_by_id,
            sent_in=one,
            started_at=now,
            expires_at=now + lasts,
        )
        for candidate in fresh
    )
    if purpose == Purpose.INVITE:
        uninvited = Customer.objects.filter(pk__in=customer_ids, account_state=AccountState.NONE)
        uninvited.update(account_state=AccountState.INVITED, updated_at=now)
    return {link.customer_id: link for link in links}


def cause_of(one: BulkChange) -> Event:
    """What all its mails follow: for one cause, nobody is mailed twice."""
    started = Event.objects.filter(subject_type=label_of(one), subject_id=one.pk)
    return started.filter(name=STARTED).earliest("pk")


def went_to_many(mail: Mail) -> bool:
    """Whether nobody waited for this one. A query, unless the mail came with its cause."""
    return mail.cause is not None and mail.cause.name == STARTED
