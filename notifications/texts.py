"""The texts of mails: `templates/<app>/mail/<kind>.<language>.md`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.template import Engine
from django.template.utils import get_app_template_dirs

if TYPE_CHECKING:
    from notifications.kinds import MailKind

# German with du leans on German with Sie; the source language is always there.
FALLBACKS = {"de-informal": ("de-informal", "de", "en"), "de": ("de", "en"), "en": ("en",)}


class NoText(Exception):
    """The kind has no text, or one without a subject."""


@dataclass(frozen=True)
class Text:
    """Liquid sources: two header lines, and a body in Markdown."""

    language: str
    subject: str
    preheader: str
    body: str


def found_template(name: str) -> Path | None:
    """A file among Django's templates that Django itself does not render."""
    folders = [*Engine.get_default().dirs, *get_app_template_dirs("templates")]
    files = (Path(str(folder)) / name for folder in folders)
    return next((file for file in files if file.is_file()), None)


def text_of(kind: MailKind, language: str) -> Text:
    """The kind's text in this language, or in the nearest that it has. Raises NoText."""
    for code in FALLBACKS.get(language, ("en",)):
        source = _read(f"{kind.group}/mail/{kind.name}.{code}.md")
        if source is not None:
            return _parse(source, code)
    raise NoText(kind.name)


def _read(name: str) -> str | None:
    file = found_template(name)
    return file.read_text(encoding="utf-8") if file else None


def _parse(source: str, language: str) -> Text:
    """Headers end at the first blank line. They are parted before Liquid runs, so that no value
    can add one."""
    head, _, body = source.partition("\n\n")
    headers = dict(line.split(":", 1) for line in head.splitlines() if ":" in line)
    if not headers.get("Subject", "").strip():
        raise NoText(language)
    return Text(
        language=language,
        subject=headers["Subject"].strip(),
        preheader=headers.get("Preheader", "").strip(),
        body=body,
    )
