"""The verbs on colleagues: who comes, what they may do, who goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from core.permissions import Role
from events.log import record

if TYPE_CHECKING:
    from accounts.models.users import User


class AddressInUse(Exception):
    """A colleague has this address already."""


class LastOwner(Exception):
    """A shop keeps at least one owner who can sign in."""


class TeamMember(models.Model):
    class Meta:
        abstract = True

    @classmethod
    def invite(
        cls, email: str, *, name: str = "", role: Role, by: User | None, mailed: bool = True
    ) -> User:
        """Take a colleague on and mail them a link to choose a password. Raises AddressInUse."""
        from accounts.models.staff_links import StaffLink
        from accounts.models.users import User, UserKind, normal_email

        new = User(kind=UserKind.STAFF, email=normal_email(email), name=name, role=role)
        new.password = make_password(None)
        try:
            with transaction.atomic():
                new.save()
                record("user.invited", new, by=by, about=[new], role=role.value)
                StaffLink.start(new, by=by, mailed=mailed)
        except IntegrityError as error:
            raise AddressInUse from error
        return new

    def change_role(self: User, role: Role, *, by: User | None) -> bool:
        """Give the colleague other rights, at once. False when they have them; raises LastOwner."""
        with transaction.atomic():
            colleague = self._hold_owners_and_me()
            if colleague.role == role:
                return False
            if colleague.role == Role.OWNER:
                _keep_an_owner(colleague)
            before = colleague.role
            type(self).objects.filter(pk=self.pk).update(role=role)
            record("user.role_changed", self, by=by, about=[self], before=before, after=role.value)
        self.refresh_from_db()
        return True

    def deactivate(self: User, *, by: User | None) -> bool:
        """Sign the colleague out everywhere and let them in no more. False when done before."""
        with transaction.atomic():
            colleague = self._hold_owners_and_me()
            if colleague.deactivated_at is not None:
                return False
            if colleague.role == Role.OWNER:
                _keep_an_owner(colleague)
            type(self).objects.filter(pk=self.pk).update(deactivated_at=timezone.now())
            self._close_ways_in()
            record("user.deactivated", self, by=by, about=[self])
        self.refresh_from_db()
        return True

    def reactivate(self: User, *, by: User | None) -> bool:
        """Let the colleague in again; old sessions stay ended. False when they never left."""
        with transaction.atomic():
            gone = type(self).objects.staff().filter(pk=self.pk, deactivated_at__isnull=False)
            if not gone.update(deactivated_at=None):
                return False
            record("user.reactivated", self, by=by, about=[self])
        self.refresh_from_db()
        return True

    def change_profile(self: User, *, name: str, language: str) -> None:
        """What people say about themselves."""
        with transaction.atomic():
            type(self).objects.filter(pk=self.pk).update(name=name, language=language)
            record("user.profile_changed", self, by=self, about=[self])
        self.refresh_from_db()

    def remove_second_factor(self: User, *, by: User) -> bool:
        """Switch two-step sign-in off, e.g. for a lost phone. False when it is off."""
        with transaction.atomic():
            type(self).objects.select_for_update().get(pk=self.pk)
            if not Authenticator.objects.filter(user=self).delete()[0]:
                return False
            record("user.second_factor_removed", self, by=by, about=[self])
        return True

    def _hold_owners_and_me(self: User) -> User:
        """Lock all owners and this colleague in pk order: no two owners remove each other."""
        people = type(self).objects.staff().filter(models.Q(role=Role.OWNER) | models.Q(pk=self.pk))
        held = {user.pk: user for user in people.order_by("pk").select_for_update()}
        return held[self.pk]

    def _close_ways_in(self: User) -> None:
        from accounts.models.links import LinkState
        from accounts.models.sessions import Session
        from accounts.models.staff_links import StaffLink

        Session.objects.of(self).end()
        StaffLink.objects.filter(user=self).close(LinkState.WITHDRAWN)


def _keep_an_owner(leaving: User) -> None:
    others = type(leaving).objects.owners().filter(deactivated_at=None).exclude(pk=leaving.pk)
    # An owner who was invited and never came cannot let anybody in.
    if not any(owner.has_usable_password() for owner in others):
        raise LastOwner
