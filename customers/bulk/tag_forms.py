"""Which tags a bulk change is about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import LineField
from customers.bulk.forms import BulkForm
from customers.forms import SUGGESTS_TAGS
from customers.models import Tag
from customers.models.tags import LONGEST_TAG, names_in


class TagsForm(BulkForm):
    tag = LineField(
        label=gettext_lazy("Tags"),
        max_length=500,
        help_text=gettext_lazy("Separated by commas."),
        widget=forms.TextInput({"autofocus": True, **SUGGESTS_TAGS}),
    )

    def clean_tag(self) -> list[str]:
        names = names_in(self.cleaned_data["tag"])
        if not names or max(map(len, names)) > LONGEST_TAG:
            raise forms.ValidationError(_("A tag has between 1 and 255 letters."))
        return names

    def tags(self) -> list[Tag]:
        return Tag.named_all(self.cleaned_data["tag"])


class UntagForm(TagsForm):
    def clean_tag(self) -> list[str]:
        names = super().clean_tag()
        unknown = [name for name in names if not Tag.objects.named(name).exists()]
        if unknown:
            sentence = _("There is no tag “%(name)s”.")
            raise forms.ValidationError(sentence % {"name": ", ".join(unknown)})
        return names
