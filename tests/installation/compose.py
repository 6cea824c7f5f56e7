"""docker-compose.yml as Compose reads it: merged, and with .env.example filled in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PLACEHOLDER = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*)|:\?([^}]*))?\}")
# Images that the Dockerfile builds; all others are somebody else's.
OURS = {"shopdesk", "shopdesk-proxy"}


@cache
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


def desk_services() -> dict[str, dict[str, Any]]:
    """Those that run our own code."""
    return {
        name: one
        for name, one in services().items()
        if one.get("build", {}).get("target") == "desk"
    }


@cache
def example() -> dict[str, str]:
    """Every variable of .env.example, those in comments too."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = [match.groups() for line in lines if (match := re.fullmatch(r"#?([A-Z_]+)=(.*)", line))]
    return {str(name): str(value) for name, value in pairs}


def copied() -> dict[str, str]:
    """What .env sets while it is a mere copy: nothing that stands in a comment."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    return {name: value for name, value in example().items() if f"{name}={value}" in lines}


@cache
def documented() -> dict[str, str]:
    """Every variable of docs/configuration.md, with its default in the words of that page."""
    text = (ROOT / "docs" / "configuration.md").read_text()
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", text, re.MULTILINE))


def given_to(name: str) -> dict[str, str | None]:
    """A service's variables as they are written; None is what .env says, or else unset."""
    variables: dict[str, str | None] = services()[name].get("environment", {})
    return variables


def handed_on() -> set[str]:
    return {key for name in services() for key, value in given_to(name).items() if value is None}


def asked_for() -> set[str]:
    """Whatever .env may say to Compose."""
    text = (ROOT / "docker-compose.yml").read_text()
    return {name for name, *_ in PLACEHOLDER.findall(text)} | handed_on()


def filled_in(text: str, **values: str) -> str:
    """As `docker compose config` would show it."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[2] or "", text)


def environment_of(name: str, **values: str) -> dict[str, str]:
    own = given_to(name)
    fixed = {key: filled_in(str(text), **values) for key, text in own.items() if text is not None}
    return fixed | {key: values[key] for key in own.keys() - fixed.keys() if key in values}


def seconds(duration: str) -> float:
    """`30s`, `1m`, `1m30s`."""
    parts = re.findall(r"(\d+)(ms|s|m|h)", duration)
    size = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(int(count) * size[unit] for count, unit in parts)
