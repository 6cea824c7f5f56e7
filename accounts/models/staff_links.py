"""Links for staff: the invite of a new colleague, and a forgotten password."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.link_policy import Answer, answer_to, staff_invite_lasts, staff_reset_lasts
from accounts.models.links import ONE_OPEN, LinkRefused, LinkState, SecretLink, SecretLinkQuerySet
from accounts.models.mail_budgets import MailBudget, Share
from accounts.models.users import User
from events.log import record


class StaffPurpose(models.TextChoices):
    INVITE = "invite", _("Invite")
    RESET = "reset", _("Password reset")


class StaffLinkQuerySet(SecretLinkQuerySet["StaffLink"]):
    """Links of colleagues."""


class StaffLink(SecretLink):
    """One link for one member of staff to choose a password. TOTP stays as it is."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="staff_links")
    purpose = models.CharField(max_length=6, choices=StaffPurpose.choices)
    to = models.EmailField(max_length=254)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = StaffLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=ONE_OPEN, name="one_unclosed_staff_link"
            ),
        ]

    @classmethod
    def start(cls, user: User, *, by: User | None, mailed: bool = True) -> StaffLink:
        """Have a link mailed, by the rule of link_policy; `by` is None for an ask at the door.

        One that is not mailed is printed by whoever runs the server, and is always new. Whoever
        never chose a password is invited, everybody else resets. Raises LinkRefused for who left,
        and NotYet: then the link that stands is as good as before.
        """
        with transaction.atomic():
            user = lock_staff(user)
            if not user.is_active:
                raise LinkRefused(LinkState.WITHDRAWN)
            return cls._answer(user, by=by) if mailed else cls._replace(user, by=by, mailed=False)

    @classmethod
    def _answer(cls, user: User, *, by: User | None) -> StaffLink:
        standing = cls.objects.unclosed().filter(user=user).first()
        answer = answer_to(standing, from_outside=by is None)
        if standing is not None and answer is Answer.NOTHING_MORE:
            return standing
        # Never empty for staff: the database sees to it.
        refusal = MailBudget.spend(user.email or "", Share.DESK if by else Share.DOOR)
        if refusal is not None:
            raise refusal
        if standing is None or answer is Answer.NEW:
            return cls._replace(user, by=by, mailed=True)
        record("staff_link.asked_again", standing, about=[user], purpose=standing.purpose)
        return standing

    @classmethod
    def _replace(cls, user: User, *, by: User | None, mailed: bool) -> StaffLink:
        cls.objects.filter(user=user).close(LinkState.REPLACED)
        return cls._begin(user, by=by, mailed=mailed)

    @classmethod
    def _begin(cls, user: User, *, by: User | None, mailed: bool) -> StaffLink:
        is_reset = user.has_usable_password()
        now = timezone.now()
        link = cls.objects.create(
            user=user,
            to=user.email or "",  # never empty for staff: the database sees to it
            purpose=StaffPurpose.RESET if is_reset else StaffPurpose.INVITE,
            asked_by=by,
            started_at=now,
            expires_at=now + (staff_reset_lasts() if is_reset else staff_invite_lasts()),
        )
        name = "staff_link.started" if mailed else "staff_link.printed"
        record(name, link, by=by, about=[user], purpose=link.purpose)
        return link

    def signed_fields(self) -> list[str]:
        return [self.purpose, self.to]

    def redeem(self, password: str, *, name: str = "") -> User:
        """Set the password and end every session of this colleague. Raises LinkRefused."""
        from accounts.enabling import set_password

        hashed = make_password(password)
        with transaction.atomic():
            user = lock_staff(self.user)
            if not user.is_active or user.email != self.to:
                raise LinkRefused(LinkState.WITHDRAWN)
            self.take(LinkState.USED)
            if name:
                user.name = name
                user.save(update_fields=["name"])
            set_password(user, hashed, by=user)
            record("staff_link.redeemed", self, by=user, about=[user], purpose=self.purpose)
        return user


def lock_staff(user: User) -> User:
    """The colleague as they are now, held until the transaction ends."""
    found: User = User.objects.staff().select_for_update(no_key=True).get(pk=user.pk)
    return found
