"""Backups of long ago make room, once the new one was read back."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from shopdesk.backup.manifest import DATABASE, Manifest
from shopdesk.backup.refusal import Refused
from shopdesk.backup.server import Server

# As `take` names them, oldest first in the order of letters. What is not whole has another name.
NAME = re.compile(r"shopdesk-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")


def keep_only(count: int, newest: Path) -> list[Path]:
    """Of the whole backups in its folder keep so many, the newest among them; those that went.

    Raises Refused where the newest cannot be read back: then all others stay.
    """
    _read_back(newest)
    others = (one for one in newest.parent.iterdir() if one.name != newest.name)
    older = sorted(filter(_is_whole, others), key=lambda one: one.name, reverse=True)[count - 1 :]
    for one in older:
        try:
            shutil.rmtree(one)
        except OSError as problem:
            raise Refused(f"{one} cannot be removed: {problem.strerror}.") from None
    return older


def _read_back(folder: Path) -> None:
    """The whole dump, unpacked, as a restore would read it."""
    Manifest.read(folder).refuse_damage(folder)
    program = Server.of_the_desk().program("pg_restore")
    done = subprocess.run(  # noqa: S603 -- pg_restore, found by its version
        [program, "--file=/dev/null", folder / DATABASE],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"{folder} cannot be read back: {done.stderr.strip()[-500:]}")


def _is_whole(folder: Path) -> bool:
    if not NAME.fullmatch(folder.name):
        return False
    try:
        Manifest.read(folder)
    except Refused:
        return False
    return True
