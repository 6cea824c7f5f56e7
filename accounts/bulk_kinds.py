"""What accounts bring to the bulk changes of customers: resets, invites, a new password."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import bulk_links, bulk_passwords, bulk_results
from accounts.mails import RESET_KINDS
from accounts.models import AccountRules, MailPace, Purpose
from accounts.models.paces import STEPS_A_MINUTE, step_of
from accounts.permissions import can_require_password, can_send_reset
from core import words
from customers.bulk.kinds import BulkKind, Counted, Written
from notifications.queueing import waiting_of

if TYPE_CHECKING:
    from accounts.models import User
    from customers.bulk.models import BulkChange
    from customers.bulk.rows import BulkRow
    from customers.slots import Figure

NOT_REACHED = {
    "no_address": gettext_lazy("There is no e-mail address."),
    "doubtful": gettext_lazy("The address may be wrong, and was left out for that."),
    "refused": gettext_lazy("Our last mail was refused there."),
    "disabled": gettext_lazy("The account is disabled."),
    "held": gettext_lazy("The account is on hold."),
    "moving": gettext_lazy("A change of the sign-in address is under way."),
    "on_its_way": gettext_lazy("A mail with a link is on its way there already."),
    "mailed_lately": gettext_lazy("A mail with a link left a moment ago, or five within an hour."),
}


class _SendKind(BulkKind):
    """A link by mail, in the queue for many and at the shop's pace."""

    purpose: Purpose
    changed_label = gettext_lazy("Mailed")
    coming_label = gettext_lazy("To be mailed")
    can_undo = False
    is_previewed = True
    waits_for_disk = True

    def may(self, user: User) -> bool:
        return can_send_reset(user)

    def start_label(self, count: int) -> str:
        sentence = ngettext("Send %(count)s mail", "Send %(count)s mails", count)
        return sentence % {"count": words.number(count)}

    def preview(self, one: BulkChange, ids: Sequence[int]) -> Counted:
        return bulk_links.preview(one, self.purpose, ids)

    def doubts(self, ids: Sequence[int]) -> dict[int, str]:
        found = bulk_links.doubts(bulk_links.candidates(ids).values())
        return {pk: " ".join(suspicion.reasons()) for pk, suspicion in found.items()}

    def write(self, one: BulkChange, ids: Sequence[int], *, most: int | None) -> Written:
        return bulk_links.send(one, self.purpose, ids, most=len(ids) if most is None else most)

    def room(self) -> int:
        """None while mails of before wait: behind a mail server that is away they would pile up,
        and their links grow old."""
        room = MailPace.room()
        return 0 if room and _outbox_is_full() else room

    def pause(self) -> float:
        pause = MailPace.pause()
        return pause or (settings.BULK_MINUTE_SECONDS / STEPS_A_MINUTE if _outbox_is_full() else 0)

    def remarks(self, one: BulkChange) -> list[str]:
        return bulk_results.remarks(one, self.purpose)

    def figures(self, one: BulkChange) -> list[Figure]:
        return bulk_results.figures(one, self.purpose)

    def results(self, one: BulkChange, ids: Sequence[int]) -> dict[int, str]:
        return bulk_results.results(one, ids)


def _outbox_is_full() -> bool:
    """A step's mails that nobody has tried, or a minute's that a server puts off."""
    per_minute = AccountRules.current().bulk_per_minute
    waiting, untried = waiting_of(RESET_KINDS, up_to=per_minute)
    return untried >= step_of(per_minute) or waiting >= per_minute


class ResetsKind(_SendKind):
    name = "resets"
    purpose = Purpose.RESET
    label = gettext_lazy("Send password resets")
    button = gettext_lazy("Send password resets…")
    icon = "key-round"
    explained = gettext_lazy(
        "Everybody with an account gets a mail with a link to choose a new password. The present "
        "one is good until then."
    )
    outcomes = MappingProxyType(
        {"no_account": gettext_lazy("There is no account yet: send an invite."), **NOT_REACHED}
    )

    def sentence(self, row: BulkRow, who: str) -> str:  # noqa: ARG002 -- alike for all
        return format_html(_("{who} sent a password reset"), who=who)


class InvitesKind(_SendKind):
    name = "invites"
    purpose = Purpose.INVITE
    label = gettext_lazy("Send account invites")
    button = gettext_lazy("Send account invites…")
    icon = "user-plus"
    explained = gettext_lazy(
        "Everybody without an account gets a mail with a link to open one. Who has declined one "
        "is not asked again."
    )
    outcomes = MappingProxyType(
        {
            "has_account": gettext_lazy("There is an account already."),
            "declined": gettext_lazy("An account was declined."),
            "in_doubt": gettext_lazy(
                "The address came later than the customer and is not confirmed: "
                "check identity first."
            ),
            **NOT_REACHED,
        }
    )

    def sentence(self, row: BulkRow, who: str) -> str:  # noqa: ARG002 -- alike for all
        return format_html(_("{who} sent an account invite"), who=who)


class NewPasswordKind(BulkKind):
    name = "new_password"
    label = gettext_lazy("Require a new password")
    button = gettext_lazy("Require a new password…")
    icon = "lock-keyhole"
    is_previewed = True
    explained = gettext_lazy(
        "At their next sign-in they choose a new password before they are let in; the old one is "
        "refused as the new one. Who is signed in stays so. No mail is sent."
    )
    changed_label = gettext_lazy("New password due")
    coming_label = gettext_lazy("To be asked for a new password")
    outcomes = MappingProxyType({"no_account": gettext_lazy("There is no account.")})

    def may(self, user: User) -> bool:
        return can_require_password(user)

    def start_label(self, count: int) -> str:
        sentence = ngettext(
            "Require it of %(count)s customer", "Require it of %(count)s customers", count
        )
        return sentence % {"count": words.number(count)}

    def preview(self, one: BulkChange, ids: Sequence[int]) -> Counted:  # noqa: ARG002 -- alike for all
        return Counted(bulk_passwords.preview(ids))

    def write(self, one: BulkChange, ids: Sequence[int], *, most: int | None) -> Written:  # noqa: ARG002 -- no pace
        return bulk_passwords.ask(one, ids)

    def take_back(self, one: BulkChange, ids: Sequence[int]) -> Written:
        return bulk_passwords.take_back(one, ids)

    def taken_back(self, one: BulkChange) -> str:
        sentence = ngettext(
            "%(count)s customer may keep the present password.",
            "%(count)s customers may keep their present passwords.",
            one.changed_count,
        )
        return sentence % {"count": words.number(one.changed_count)}

    def sentence(self, row: BulkRow, who: str) -> str:  # noqa: ARG002 -- alike for all
        return format_html(_("{who} requires a new password at the next sign-in"), who=who)
