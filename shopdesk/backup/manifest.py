"""What lies in a backup, written down beside it, so that a restore can tell whether it is whole."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from shopdesk.backup.refusal import Refused
from shopdesk.environment import SECRET_VARIABLES, env

FORMAT = 1
MANIFEST, DATABASE, SETTINGS = "manifest.json", "database.dump", "settings.env"
# What a backup never holds, and why somebody needs it all the same.
KEPT_APART = {
    "SECRET_KEY": "signs sessions and forms; a new one signs everybody out",
    "LINK_KEY": "opens two-step secrets; a new one signs everybody out and ends two-step sign-in",
}


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    server: int
    database_bytes: int
    database_sha256: str
    tables: dict[str, dict[str, int | str]]
    # Tell whether an installation has the keys this backup was made under, and nothing about them.
    key_marks: dict[str, str]
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        told = asdict(self) | {"kept_apart": KEPT_APART}
        (folder / MANIFEST).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises Refused for a folder that holds no whole backup."""
        try:
            told: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Refused(
                f"{folder} holds no whole backup: its {MANIFEST} cannot be read."
            ) from None
        if told.get("format") != FORMAT:
            raise Refused("This backup was made by a newer ShopDesk. Install that one first.")
        told.pop("kept_apart", None)
        return cls(**told)

    @property
    def rows(self) -> int:
        return sum(int(table["rows"]) for table in self.tables.values())

    def refuse_damage(self, folder: Path) -> None:
        """Raises Refused where the dump is not the one that this was written of."""
        dump = folder / DATABASE
        if not dump.exists() or sha256(dump) != self.database_sha256:
            raise Refused(f"{dump} is not what was backed up: it is damaged or not whole.")

    def changed_keys(self) -> list[str]:
        """Keys of this installation that are not the ones the backup was made under."""
        now = key_marks()
        return [name for name, mark in self.key_marks.items() if now.get(name) != mark]


def key_marks() -> dict[str, str]:
    return {name: _mark(getattr(settings, name)) for name in KEPT_APART}


def _mark(key: str) -> str:
    return hmac.digest(key.encode(), b"which key is this", "sha256").hex()[:16]


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_settings(folder: Path) -> None:
    """Every variable that this installation sets, without what is secret."""
    named = sorted(set(env.dump()) - set(SECRET_VARIABLES))
    lines = [f"{name}={os.environ[name]}" for name in named if name in os.environ]
    (folder / SETTINGS).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
