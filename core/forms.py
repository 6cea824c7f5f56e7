"""What every form of ours shares."""

from __future__ import annotations

from typing import Any

from django import forms

# Free text is bounded before it reaches a rule, a query or a mail.
LONGEST_LINE = 255
LONGEST_TEXT = 10_000


class LineField(forms.CharField):
    """One line of text, without line breaks or other control characters."""

    def __init__(self, *, max_length: int = LONGEST_LINE, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: Any) -> Any:
        """White space of any kind becomes one space; what cannot be printed goes.

        NUL stays, for the field to refuse it.
        """
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        printable = "".join(sign if sign.isprintable() or sign == "\0" else " " for sign in text)
        return " ".join(printable.split())


class TextField(forms.CharField):
    """Several lines of text."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, max_length: int = LONGEST_TEXT, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return text.replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text
