"""What staff decide for customers' accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models.rules import FEWEST_FLAGS, MASKABLE, OVERRIDING, RANGES, AccountRules
from accounts.permissions import can_change_rule
from accounts.points_forms import PREFIX, check_reachable, points_fields, points_in
from core.permissions import Role

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import _StrPromise

    from accounts.models import User

    ModelForm = forms.ModelForm[AccountRules]
else:
    ModelForm = forms.ModelForm


def number_field(name: str, *, label: _StrPromise, help_text: _StrPromise) -> forms.IntegerField:
    """A whole number within what the database allows."""
    least, most = RANGES[name]
    return forms.IntegerField(label=label, help_text=help_text, min_value=least, max_value=most)


class RulesForm(ModelForm):
    """Settings › Customer accounts. `version` is what the typist saw.

    What `user` may not change is shown and cannot be typed into.
    """

    reset_minutes = number_field(
        "reset_minutes",
        label=_("Minutes a reset link is valid"),
        help_text=_("15 to 1440, which is a day. Links that were mailed keep the time they had."),
    )
    frequent_count = number_field(
        "frequent_count",
        label=_("Resets that are worth a look"),
        help_text=_("2 to 50. So many put “Frequent resets” on the customer and on Home."),
    )
    frequent_days = number_field(
        "frequent_days", label=_("Within so many days"), help_text=_("1 to 90.")
    )
    follow_up_hours = number_field(
        "follow_up_hours",
        label=_("Hours until a follow-up"),
        help_text=_(
            "1 to 168, which is a week. Whoever has not signed in by then is on Home, for the "
            "colleague who sent the link."
        ),
    )
    asks_whether_it_worked = forms.BooleanField(
        label=_("Ask customers by mail whether it worked"),
        help_text=_("Once after each reset. A “no” is on Home, with their words."),
        required=False,
    )
    bulk_per_minute = number_field(
        "bulk_per_minute",
        label=_("Mails to many, a minute"),
        help_text=_("10 to 6000. So many resets and invites leave at most, of all bulk changes."),
    )
    hold_flags = number_field(
        "hold_flags",
        label=_("Flags that put an account on hold"),
        help_text=_("2 to 20; 0: an account never goes on hold by itself."),
    )
    hold_days = number_field("hold_days", label=_("Within so many days"), help_text=_("1 to 365."))
    override_roles = forms.MultipleChoiceField(
        label=_("Who lifts a hold without a second colleague"),
        help_text=_("An identity check has to pass all the same. Owners always may."),
        choices=[(role.value, role.label) for role in OVERRIDING],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    check_points = number_field(
        "check_points",
        label=_("Points an identity check takes"),
        help_text=_("10 to 500. What stands in the mailbox alone should not be enough."),
    )
    check_minutes = number_field(
        "check_minutes",
        label=_("Minutes a passed check is valid"),
        help_text=_("5 to 1440, which is a day."),
    )
    masked_roles = forms.MultipleChoiceField(
        label=_("For whom contact details and orders are masked until an identity check"),
        help_text=_(
            "Nobody, as long as nothing is ticked. Names, notes and links for a new password stay "
            "with them; addresses, numbers and orders they find by the whole alone. Closed to them "
            "are exports, imports, bulk changes, duplicates, failed mails and tasks, and Health."
        ),
        choices=[(role.value, role.label) for role in MASKABLE],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = AccountRules
        fields = [
            "reset_minutes",
            "frequent_count",
            "frequent_days",
            "follow_up_hours",
            "asks_whether_it_worked",
            "bulk_per_minute",
        ]
        fields += ["check_points", "check_minutes", "masked_roles"]
        fields += ["hold_flags", "hold_days", "override_roles"]

    def __init__(
        self, posted: QueryDict | None = None, *, instance: AccountRules, user: User
    ) -> None:
        super().__init__(posted, instance=instance, initial={"version": instance.version})
        points = points_fields(instance)
        self.fields.update(points)
        for name, field in self.fields.items():
            rule = "points" if name in points else name
            field.disabled = not can_change_rule(user, rule)

    @property
    def points(self) -> list[forms.BoundField]:
        """What each proof of identity counts."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not self.fields["check_points"].disabled:
            try:
                check_reachable(cleaned["check_points"], points_in(cleaned))
            except ValidationError as error:
                self.add_error("check_points", error)
        return cleaned

    def clean_hold_flags(self) -> int:
        flags: int = self.cleaned_data["hold_flags"]
        if 0 < flags < FEWEST_FLAGS:
            raise ValidationError(
                _("At least 2, or 0: a single call by a stranger can make a check fail.")
            )
        return flags

    def clean_masked_roles(self) -> list[str]:
        """Leads give roles: with one that sees more they would see everything themselves."""
        masked: list[str] = self.cleaned_data["masked_roles"]
        if Role.LEAD in masked and set(masked) != set(MASKABLE):
            raise ValidationError(
                _("Leads give roles to others. What they do not see, the other roles must not see.")
            )
        return masked

    def changes(self) -> dict[str, Any]:
        """What differs from the rules as the form was filled with them."""
        names = [name for name in self.changed_data if name in self._meta.fields]  # type: ignore[operator]  # a list
        changed = {name: self.cleaned_data[name] for name in names}
        if any(name.startswith(PREFIX) for name in self.changed_data):
            changed["points"] = {**self.instance.points, **points_in(self.cleaned_data)}
        return changed
