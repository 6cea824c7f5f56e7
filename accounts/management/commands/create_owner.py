"""`manage.py create_owner EMAIL`: the way in to a fresh installation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from accounts.models import LinkRefused, StaffLink, User, normal_email
from accounts.throttling import forget
from accounts.tokens import link_url
from core.permissions import Role

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = (
        "Make an owner, or find one, and print a link with which they choose a password. What was "
        "typed for them today as codes of two-step sign-in is forgotten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="")

    def handle(self, *_args: Any, **options: Any) -> None:
        email = normal_email(options["email"])
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        link = self._link(email, options["name"])
        # Whoever has the password types codes all day: in a shop of one person nobody else helps.
        forget("codes of user a day", link.user_id)
        self.stdout.write(link_url("desk_link", link))

    def _link(self, email: str, name: str) -> StaffLink:
        """A new link for an owner who exists already; nobody else is turned into one."""
        known = User.objects.staff().with_email(email).first()
        if known is None:
            known = User.invite(email, name=name, role=Role.OWNER, by=None, mailed=False)
        elif known.role != Role.OWNER:
            raise CommandError(f"{email} belongs to a colleague who is not an owner.")
        try:
            return StaffLink.start(known, by=None, mailed=False)
        except LinkRefused as refused:
            raise CommandError(f"{email} is deactivated.") from refused
