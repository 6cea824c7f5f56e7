"""What the administrator says through the environment, read once and checked.

Production refuses to start with a missing or a published secret, and names the variable.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import Env

# That somebody is there is noted every five minutes; after two weeks a session ends anyway.
LEAST_IDLE_HOURS, MOST_IDLE_HOURS = 0.25, 14 * 24
# What must not stand in a process list or a compose file. Each may be named NAME_FILE instead.
SECRET_VARIABLES = (
    "SECRET_KEY",
    "LINK_KEY",
    "DATABASE_URL",
    "DATABASE_PASSWORD",
    "REDIS_URL",
    "EMAIL_HOST_PASSWORD",
    "ANYMAIL",
    "ANYMAIL_WEBHOOK_SECRET",
    "METRICS_TOKEN",
)


def read_secret_files(variables: MutableMapping[str, str]) -> None:
    """Set NAME from the file that NAME_FILE names, without the line's end.

    Raises ImproperlyConfigured, naming the variable, for both at once and for a file that cannot
    be read.
    """
    for name in SECRET_VARIABLES:
        if not (place := variables.get(f"{name}_FILE")):
            continue
        if variables.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Leave one out.")
        try:
            variables[name] = Path(place).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not text"
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {reason}.") from None


read_secret_files(os.environ)
env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Good for a checkout that nobody else reaches; refused as soon as DEBUG and DEMO are off.
DEVELOPMENT_SECRETS = {
    "SECRET_KEY": "development-only-secret-key-that-production-refuses",
    "LINK_KEY": "development-only-link-key-that-production-refuses",
}
SECRET_MIN_LENGTH = 32
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Secrets:
    secret_key: str
    link_key: str


def is_local(env: Env) -> bool:
    """A development or demo installation, bound to loopback by its launcher."""
    return bool(env.bool("DEBUG", False) or env.bool("DEMO", False) or env.bool("TESTING", False))


def read_secrets(env: Env, *, local: bool) -> Secrets:
    """Raise ImproperlyConfigured, naming the variable, for a secret that protects nothing."""
    found = {name: _read_secret(env, name, local=local) for name in DEVELOPMENT_SECRETS}
    return Secrets(secret_key=found["SECRET_KEY"], link_key=found["LINK_KEY"])


def _read_secret(env: Env, name: str, *, local: bool) -> str:
    secret = str(env.str(name, DEVELOPMENT_SECRETS[name] if local else ""))
    if not secret:
        raise ImproperlyConfigured(f"{name} is not set. Give it at least 32 random characters.")
    if not local and secret in DEVELOPMENT_SECRETS.values():
        raise ImproperlyConfigured(f"{name} is the development default. Set one of your own.")
    if len(secret) < SECRET_MIN_LENGTH:
        raise ImproperlyConfigured(f"{name} is too short: it needs at least 32 characters.")
    return secret


def read_public_url(env: Env, *, local: bool) -> str:
    """The address customers and staff use; links in mails are built from nothing else."""
    url = str(env.str("PUBLIC_URL", "http://127.0.0.1:8000" if local else "")).rstrip("/")
    parts = urlsplit(url)
    if not parts.hostname or parts.path or parts.scheme not in {"http", "https"}:
        raise ImproperlyConfigured("PUBLIC_URL must look like https://desk.example.com")
    if not local and parts.scheme != "https":
        raise ImproperlyConfigured("PUBLIC_URL must start with https:// in production.")
    if env.bool("DEMO", False) and parts.hostname not in LOOPBACK:
        raise ImproperlyConfigured("DEMO shows all mails to all: PUBLIC_URL must be on loopback.")
    return url


def read_webhook_secret(env: Env) -> str:
    """What the mail service knows. Raises ImproperlyConfigured for one that can be guessed."""
    secret = str(env.str("ANYMAIL_WEBHOOK_SECRET", ""))
    name, _, password = secret.partition(":")
    if secret and (not name or len(password) < SECRET_MIN_LENGTH):
        raise ImproperlyConfigured(
            "ANYMAIL_WEBHOOK_SECRET must look like name:password, with at least 32 characters "
            "of password."
        )
    return secret


def read_idle_hours(env: Env) -> float:
    """After how long staff are signed out. Raises ImproperlyConfigured for what makes no sense."""
    hours = float(env.float("STAFF_IDLE_HOURS", 12.0))
    if not LEAST_IDLE_HOURS <= hours <= MOST_IDLE_HOURS:
        raise ImproperlyConfigured("STAFF_IDLE_HOURS must be from 0.25 to 336 hours.")
    return hours


def read_breached_file(env: Env) -> str:
    """Where the file of stolen passwords lies. Raises ImproperlyConfigured where it does not."""
    place = str(env.str("BREACHED_PASSWORDS_FILE", ""))
    if place and not os.access(place, os.R_OK):
        raise ImproperlyConfigured("BREACHED_PASSWORDS_FILE names no file that can be read.")
    return place
