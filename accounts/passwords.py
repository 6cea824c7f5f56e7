"""What a new password has to be (NIST SP 800-63B-4), checked offline.

Ten characters or more, of any kind; none that is known, and none that is little more than a name.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import UserAttributeSimilarityValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.breached import is_listed, was_breached
from accounts.likeness import is_a_run, is_little_more_than, words_behind
from shop.models import Shop

if TYPE_CHECKING:
    from accounts.models import User

# Long passphrases are welcome; a megabyte of them is an attack on the hasher.
LONGEST = 1024


def normal_password(text: str) -> str:
    """One spelling for one password: keyboards differ in how they write "ü" (NFC)."""
    return unicodedata.normalize("NFC", text)


def is_password_of(user: User, typed: str) -> bool:
    """Whether somebody typed this person's password. One from before NFC holds as it was.

    As many hashes for the right one as for a wrong one.
    """
    answers = [user.check_password(spelling) for spelling in _spellings(typed)]
    return any(answers)


def take_as_long(typed: str) -> None:
    """Hash as often as `is_password_of`: the time does not tell that there is no password."""
    for spelling in _spellings(typed):
        make_password(spelling)


def _spellings(typed: str) -> list[str]:
    return list(dict.fromkeys([normal_password(typed), typed]))


class UserSimilarityValidator(UserAttributeSimilarityValidator):
    """Refuses what resembles the person's name or address."""

    DEFAULT_USER_ATTRIBUTES = ("email", "known_as")

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None:
            return
        if is_little_more_than(password, [user.email or "", user.known_as]):
            raise ValidationError(self.get_error_message())
        super().validate(password, user)

    def get_error_message(self) -> str:
        return _("This password is too much like the name or the e-mail address.")


class ShopNameValidator:
    """Refuses the shop's own name: it is the first thing that everybody thinks of there."""

    def validate(self, password: str, _user: User | None = None) -> None:
        host = urlsplit(settings.PUBLIC_URL).hostname or ""
        if is_little_more_than(password, [Shop.current().name, host]):
            raise ValidationError(_("This password is too much like the name of the shop."))


class KnownPasswordValidator:
    """Refuses passwords that are known, and single words with a year or a sign beside them."""

    def validate(self, password: str, _user: User | None = None) -> None:
        if is_a_run(password) or any(is_listed(word) for word in words_behind(password)):
            raise ValidationError(
                _("This password is among the first to be tried. Several words are better.")
            )
        if was_breached(password):
            raise ValidationError(
                _("This password stands in a list of stolen ones. Please choose another.")
            )
