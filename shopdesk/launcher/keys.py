"""The secrets of one installation, made on its first start."""

import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "LINK_KEY")


def installation_keys(var_dir: Path) -> dict[str, str]:
    """Read VAR_DIR/secrets, after adding what it lacks. Only its owner can read the file."""
    place = var_dir / "secrets"
    found = dict(line.split("=", 1) for line in lines(place) if "=" in line)
    missing = [name for name in NAMES if not found.get(name)]
    if missing:
        found |= {name: secrets.token_urlsafe(48) for name in missing}
        write(place, "".join(f"{name}={value}\n" for name, value in found.items()))
    place.chmod(0o600)
    return {name: found[name] for name in NAMES}


def lines(place: Path) -> list[str]:
    try:
        return place.read_text().splitlines()
    except FileNotFoundError:
        return []


def write(place: Path, text: str) -> None:
    """Replace the file in one step: half a secret would lock everybody out."""
    unfinished = place.with_name("secrets.new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    unfinished.replace(place)
