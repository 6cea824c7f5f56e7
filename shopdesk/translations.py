"""Translations: compile what is outdated, and say what is missing.

Compiling needs Babel alone. The check also needs gettext's xgettext, as Django's makemessages does.
"""

import functools
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
COMPLETE = "de"
OVERRIDES = "de_Informal"
DOMAIN = "django"
# Who speaks to the reader this way has an override, and be it the same text.
SIE = re.compile(r"\b(Sie|Ihnen|Ihr(e[mnrs]?)?)\b")
# What makemessages reads. Everything else would only be copied.
SOURCES = {".py", ".html", ".txt", ".md"}
APART = {
    ".venv",
    "var",
    "tests",
    "benchmarks",
    "docs",
    "locale",
    "staticfiles",
    "node_modules",
    "migrations",
}


def compile_outdated(root: Path = ROOT) -> list[Path]:
    """Write each .mo that is missing or older than its .po; readers never see half of one."""
    written = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if is_outdated(target, [source, complete_of(source)]):
            unfinished = target.with_suffix(f".{os.getpid()}.new")
            with unfinished.open("wb") as stream:
                write_mo(stream, whole(source))
            unfinished.chmod(0o644)
            unfinished.replace(target)
            written.append(target)
    return written


def is_outdated(target: Path, sources: list[Path]) -> bool:
    newest = max(source.stat().st_mtime for source in sources if source.exists())
    return not target.exists() or target.stat().st_mtime < newest


def complete_of(source: Path) -> Path:
    """What a catalogue of overrides leaves out stands here; any other catalogue is its own."""
    parts = [COMPLETE if part == OVERRIDES else part for part in source.parts[-3:]]
    return source.parents[2].joinpath(*parts)


def whole(source: Path) -> Catalog:
    """Overrides with all they leave out: Django's own German would come before a mere fallback."""
    found = read(complete_of(source))
    for message in messages(read(source)):
        found.delete(message.id, context=message.context)
        found.add(message.id, message.string, flags=message.flags, context=message.context)
    return found


def read(place: Path) -> Catalog:
    """An absent catalogue translates nothing."""
    if not place.exists():
        return Catalog()
    with place.open("rb") as stream:
        return read_po(stream, locale=place.parent.parent.name.partition("_")[0])


def problems(root: Path = ROOT) -> Iterator[str]:
    """One line for each string without German or without du, and for each that nothing uses."""
    used = {key(message) for message in messages(extract(root))}
    complete = {key(message): message for message in messages(read(catalogue(root, COMPLETE)))}
    overrides = {key(message): message for message in messages(read(catalogue(root, OVERRIDES)))}
    for wanted in sorted(used):
        if wanted not in complete or not is_translated(complete[wanted]):
            yield f"{COMPLETE}: no translation of {wanted[1]!r}"
    for known in sorted(complete.keys() - overrides.keys()):
        if SIE.search(str(complete[known].string)):
            yield f"{OVERRIDES}: the translation of {known[1]!r} says Sie"
    for name, found in ((COMPLETE, complete), (OVERRIDES, overrides)):
        for known, message in sorted(found.items()):
            yield from flaws(name, known, message, is_used=known in used | djangos_own())


def flaws(name: str, known: tuple[str, str], message: Message, *, is_used: bool) -> Iterator[str]:
    if not is_used:
        yield f"{name}: nothing uses {known[1]!r} any more"
    if message.fuzzy:
        yield f"{name}: the translation of {known[1]!r} is marked fuzzy"
    for error in message.check():
        yield f"{name}: {known[1]!r}: {error}"


@functools.cache
def djangos_own() -> frozenset[tuple[str, str]]:
    """What Django says in forms. Its German says "Sie", so ours may say it anew."""
    places = Path(django.__file__).parent
    found = (
        read(places / app / "locale" / COMPLETE / "LC_MESSAGES" / f"{DOMAIN}.po")
        for app in ("conf", "contrib/auth")
    )
    return frozenset(key(message) for spoken in found for message in messages(spoken))


def catalogue(root: Path, name: str) -> Path:
    return root / "locale" / name / "LC_MESSAGES" / f"{DOMAIN}.po"


def messages(found: Catalog) -> Iterator[Message]:
    return (message for message in found if message.id)


def key(message: Message) -> tuple[str, str]:
    identity = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
    return (message.context or "", str(identity))


def is_translated(message: Message) -> bool:
    return (
        all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)
    )


def extract(root: Path) -> Catalog:
    """What the sources say now, from a copy: makemessages rewrites what it finds."""
    with tempfile.TemporaryDirectory(prefix="shopdesk-words-") as directory:
        copy = Path(directory)
        copy_sources(root, copy)
        (copy / "locale" / COMPLETE).mkdir(parents=True)
        command = [
            sys.executable,
            "-m",
            "django",
            "makemessages",
            "-l",
            COMPLETE,
            "-e",
            "html,txt,py",
            "-v",
            "0",
        ]
        env = {
            name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
        }
        subprocess.run(command, cwd=copy, env=env, check=True)  # noqa: S603 - our own command line
        return read(catalogue(copy, COMPLETE))


def copy_sources(root: Path, copy: Path) -> None:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in APART and not folder.name.startswith("."):
            shutil.copytree(folder, copy / folder.name, ignore=not_sources)


def not_sources(folder: str, names: list[str]) -> set[str]:
    return {
        name
        for name in names
        if name in APART or (not Path(folder, name).is_dir() and Path(name).suffix not in SOURCES)
    }


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        for written in compile_outdated():
            sys.stdout.write(f"Compiled {written.relative_to(ROOT)}\n")
        return 0
    if arguments == ["check"]:
        found = list(problems())
        sys.stdout.write(("\n".join(found) or "The translations are complete.") + "\n")
        return 1 if found else 0
    sys.stderr.write("Usage: python -m shopdesk.translations compile|check\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
