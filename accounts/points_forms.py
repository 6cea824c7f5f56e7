"""What an identity check takes: the part of Settings › Customer accounts that is the owners'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.proofs import MOST_POINTS, counting_kinds, points_of_mailbox

if TYPE_CHECKING:
    from accounts.models import AccountRules

PREFIX = "points_"


def points_fields(rules: AccountRules) -> dict[str, forms.IntegerField]:
    """One field for each proof, filled with what it counts now."""
    return {
        f"{PREFIX}{kind.name}": forms.IntegerField(
            label=kind.label,
            min_value=0,
            max_value=MOST_POINTS,
            initial=kind.points_by(rules),
            help_text=IN_MAILBOX if kind.stands_in_mailbox else "",
        )
        for kind in counting_kinds()
    }


def points_in(cleaned: dict[str, int]) -> dict[str, int]:
    """By the names of proofs."""
    return {kind.name: cleaned[f"{PREFIX}{kind.name}"] for kind in counting_kinds()}


def check_reachable(needed: int, points: dict[str, int]) -> None:
    """Refuse what no customer could ever pass."""
    together = sum(points.values())
    if needed > together:
        text = _("All proofs together come to %(together)s points: nobody could pass.")
        raise ValidationError(text % {"together": together})


def mailbox_warning(rules: AccountRules) -> str:
    """Said where whoever reads the customer's mailbox would pass; else empty."""
    points = {kind.name: kind.points_by(rules) for kind in counting_kinds()}
    if points_of_mailbox(points) < rules.check_points:
        return ""
    text = _(
        "Whoever reads the customer's mailbox can pass an identity check: what stands there comes "
        "to %(points)s of %(needed)s points. Lower these proofs, or ask for more points."
    )
    return text % {"points": points_of_mailbox(points), "needed": rules.check_points}


IN_MAILBOX = gettext_lazy("Stands in the customer's mailbox.")
