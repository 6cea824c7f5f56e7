"""What a new password has to be (NIST SP 800-63B-4), checked offline."""

from __future__ import annotations

from django.contrib.auth.password_validation import UserAttributeSimilarityValidator

# Long passphrases are welcome; a megabyte of them is an attack on the hasher.
LONGEST = 1024


class UserSimilarityValidator(UserAttributeSimilarityValidator):
    """Refuses what resembles the person's name or address."""

    DEFAULT_USER_ATTRIBUTES = ("email", "name")
