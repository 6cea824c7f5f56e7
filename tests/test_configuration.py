"""docs/configuration.md names what the desk, Compose and the proxy read, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = [
    "core",
    "events",
    "lists",
    "shop",
    "notifications",
    "customers",
    "accounts",
    "products",
    "orders",
    "shopdesk",
]
READ = re.compile(r"\benv\.\w+\(\s*\"([A-Z][A-Z_]+)\"|\benviron(?:\.\w+\(|\[)\s*\"([A-Z][A-Z_]+)\"")
# In docker-compose.yml, in the Caddyfile, and as a line of .env.example.
FILLED_IN = re.compile(r"\$\{([A-Z_]+)|\{\$([A-Z_]+)|^#?([A-Z_]+)=", re.MULTILINE)
INSTALLED = ["docker-compose.yml", "deploy/Caddyfile", ".env.example"]
# Read under a name that is put together, from this tuple in shopdesk/environment.py.
SECRETS = {"SECRET_KEY", "LINK_KEY"}
# What the operating system or a request says, not the administrator.
FOREIGN = {
    "HOME", "PATH", "USER", "TMPDIR", "XDG_RUNTIME_DIR", "PYTHONPATH",
    "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_COOKIE", "PATH_INFO",
}  # fmt: skip


def read_variables() -> set[str]:
    texts = [path.read_text() for place in PLACES for path in (ROOT / place).rglob("*.py")]
    found = {one or other for text in texts for one, other in READ.findall(text)}
    return (found | SECRETS) - FOREIGN


def installed_variables() -> set[str]:
    texts = [(ROOT / place).read_text() for place in INSTALLED]
    return {"".join(found) for text in texts for found in FILLED_IN.findall(text)}


def documented_variables() -> list[str]:
    text = (ROOT / "docs" / "configuration.md").read_text()
    return re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE)


def test_every_variable_is_explained_once_and_no_other() -> None:
    documented = documented_variables()
    assert sorted(documented) == sorted(read_variables() | installed_variables())


def test_every_explanation_has_a_default_and_a_meaning() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert [row for row in rows if len(row) != 3 or not all(cell.strip(" |") for cell in row)] == []
