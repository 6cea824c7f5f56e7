"""Translations are compiled when they changed, and their gaps are named."""

from __future__ import annotations

import gettext
import os
import shutil
from pathlib import Path

import pytest

from shopdesk.translations import compile_outdated, problems

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


def catalogue(root: Path, language: str, text: str) -> Path:
    place = root / "locale" / language / "LC_MESSAGES" / "django.po"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(HEAD + text, encoding="utf-8")
    return place


def test_an_outdated_translation_is_compiled_and_a_current_one_left_alone(tmp_path: Path) -> None:
    source = catalogue(tmp_path, "de", 'msgid "Save"\nmsgstr "Speichern"\n')
    compiled = source.with_suffix(".mo")

    assert compile_outdated(tmp_path) == [compiled]
    with compiled.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Save") == "Speichern"
    assert compile_outdated(tmp_path) == []

    newer = compiled.stat().st_mtime + 10
    os.utime(source, (newer, newer))
    assert compile_outdated(tmp_path) == [compiled]


def test_overrides_are_compiled_with_the_words_they_leave_out(tmp_path: Path) -> None:
    catalogue(
        tmp_path, "de", 'msgid "Note"\nmsgstr "Notiz"\n\nmsgid "Your mail"\nmsgstr "Ihre Mail"\n'
    )
    informal = catalogue(tmp_path, "de_Informal", 'msgid "Your mail"\nmsgstr "Deine Mail"\n')

    compile_outdated(tmp_path)

    with informal.with_suffix(".mo").open("rb") as stream:
        compiled = gettext.GNUTranslations(stream)
    # Django's own German of "Note" is another; a mere fallback would come after it.
    assert [compiled.gettext(words) for words in ("Note", "Your mail")] == ["Notiz", "Deine Mail"]


def test_overrides_follow_a_change_of_the_words_they_leave_out(tmp_path: Path) -> None:
    complete = catalogue(tmp_path, "de", 'msgid "Note"\nmsgstr "Notiz"\n')
    informal = catalogue(tmp_path, "de_Informal", "").with_suffix(".mo")
    compile_outdated(tmp_path)

    newer = informal.stat().st_mtime + 10
    os.utime(complete, (newer, newer))

    assert compile_outdated(tmp_path) == [complete.with_suffix(".mo"), informal]


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs gettext: apt-get install gettext")
def test_gaps_fuzzy_words_and_leftovers_are_named(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "page.py").write_text(
        "from django.utils.translation import gettext as _\n_('Save')\n_('Send')\n_('Stop')\n"
    )
    known = 'msgid "Save"\nmsgstr "Speichern Sie"\n\n#, fuzzy\nmsgid "Stop"\nmsgstr "Stoppen"\n'
    catalogue(tmp_path, "de", known)
    catalogue(tmp_path, "de_Informal", 'msgid "Your mail"\nmsgstr "Deine Mail"\n')

    assert list(problems(tmp_path)) == [
        "de: no translation of 'Send'",
        "de_Informal: the translation of 'Save' says Sie",
        "de: the translation of 'Stop' is marked fuzzy",
        "de_Informal: nothing uses 'Your mail' any more",
    ]
