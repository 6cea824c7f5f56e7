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


def placeholders() -> set[str]:
    return {name for name, *_ in PLACEHOLDER.findall((ROOT / "docker-compose.yml").read_text())}


def filled_in(text: str, **values: str) -> str:
    """As `docker compose config` would show it."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[2] or "", text)


def environment_of(name: str, **values: str) -> dict[str, str]:
    variables: dict[str, str] = services()[name].get("environment", {})
    return {key: filled_in(str(value), **values) for key, value in variables.items()}


def seconds(duration: str) -> float:
    """`30s`, `1m`, `1m30s`."""
    parts = re.findall(r"(\d+)(ms|s|m|h)", duration)
    size = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(int(count) * size[unit] for count, unit in parts)
