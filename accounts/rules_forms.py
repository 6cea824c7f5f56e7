"""What staff decide for customers' accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.rules import RANGES, AccountRules
from accounts.permissions import can_change_rule

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
    bulk_per_minute = number_field(
        "bulk_per_minute",
        label=_("Mails to many, a minute"),
        help_text=_("10 to 6000. So many resets and invites leave at most, of all bulk changes."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = AccountRules
        fields = ["reset_minutes", "frequent_count", "frequent_days", "bulk_per_minute"]

    def __init__(
        self, posted: QueryDict | None = None, *, instance: AccountRules, user: User
    ) -> None:
        super().__init__(posted, instance=instance, initial={"version": instance.version})
        for name, field in self.fields.items():
            field.disabled = not can_change_rule(user, name)

    def changes(self) -> dict[str, Any]:
        """What differs from the rules as the form was filled with them."""
        names = [name for name in self.changed_data if name in self._meta.fields]  # type: ignore[operator]  # a list
        return {name: self.cleaned_data[name] for name in names}
