"""Production refuses what protects nothing, and sets every guard the browser knows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from shopdesk.environment import (
    DEVELOPMENT_SECRETS,
    is_local,
    read_public_url,
    read_secrets,
)

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "SECRET_KEY": "a-secret-key-of-at-least-32-characters",
    "LINK_KEY": "another-secret-of-at-least-32-characters",
    "PUBLIC_URL": "https://desk.kaffeehaus.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
}
SHOWN = [
    "DEBUG", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_CONTENT_TYPE_NOSNIFF", "SECURE_REFERRER_POLICY",
    "X_FRAME_OPTIONS", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS",
]  # fmt: skip
PRINT = (
    "import json, shopdesk.settings as s;"
    f"print(json.dumps({{name: getattr(s, name) for name in {SHOWN}}}))"
)


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of its own, as a production server would."""
    plain = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", PRINT],
        env=plain | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def production() -> dict[str, object]:
    return dict(json.loads(start(**GOOD).stdout))


@pytest.mark.parametrize("missing", ["SECRET_KEY", "LINK_KEY", "PUBLIC_URL"])
def test_it_does_not_start_without_what_it_needs_and_names_it(missing: str) -> None:
    environment = {name: value for name, value in GOOD.items() if name != missing}
    ended = start(**environment)
    assert ended.returncode != 0
    assert missing in ended.stderr.splitlines()[-1]


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Env:
    for name in ("DEBUG", "DEMO", "TESTING"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return Env()


@pytest.mark.parametrize("name", ["SECRET_KEY", "LINK_KEY"])
@pytest.mark.parametrize("value", ["", "short", *DEVELOPMENT_SECRETS.values()])
def test_a_secret_that_protects_nothing_is_refused_by_name(
    env: Env, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read_secrets(env, local=False)


@pytest.mark.parametrize("name", ["SECRET_KEY", "LINK_KEY"])
def test_a_checkout_runs_without_secrets(
    env: Env, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name)
    read_secrets(env, local=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "desk.example.com",
        "http://desk.example.com",
        "https://",
        "https://desk.example.com/path",
        "ftp://desk.example.com",
        "javascript:alert(1)",
    ],
)
def test_a_public_address_that_mails_could_not_use_is_refused(
    env: Env, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL"):
        read_public_url(env, local=False)


def test_the_slash_behind_the_public_address_does_not_matter(
    env: Env, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://desk.example.com/")
    assert read_public_url(env, local=False) == "https://desk.example.com"


@pytest.mark.parametrize(
    ("url", "starts"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://192.168.1.20:8000", False),
        ("https://desk.example.com", False),
    ],
)
def test_a_demo_is_for_the_machine_it_runs_on(
    env: Env, monkeypatch: pytest.MonkeyPatch, url: str, starts: bool
) -> None:
    monkeypatch.setenv("DEMO", "1")
    monkeypatch.setenv("PUBLIC_URL", url)
    if starts:
        assert read_public_url(env, local=True) == url
    else:
        with pytest.raises(ImproperlyConfigured, match="DEMO"):
            read_public_url(env, local=True)


@pytest.mark.parametrize(("name", "local"), [("DEBUG", True), ("DEMO", True), ("OTHER", False)])
def test_only_a_named_mode_is_local(
    env: Env, monkeypatch: pytest.MonkeyPatch, name: str, local: bool
) -> None:
    monkeypatch.setenv(name, "1")
    assert is_local(env) is local


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DEBUG", False),
        ("SESSION_COOKIE_SECURE", True),
        ("SESSION_COOKIE_HTTPONLY", True),
        ("SESSION_COOKIE_SAMESITE", "Lax"),
        ("CSRF_COOKIE_SECURE", True),
        ("CSRF_COOKIE_HTTPONLY", True),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_HSTS_SECONDS", 63_072_000),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", True),
        ("SECURE_CONTENT_TYPE_NOSNIFF", True),
        ("SECURE_REFERRER_POLICY", "same-origin"),
        ("X_FRAME_OPTIONS", "DENY"),
        ("ALLOWED_HOSTS", ["desk.kaffeehaus.example"]),
        ("CSRF_TRUSTED_ORIGINS", ["https://desk.kaffeehaus.example"]),
    ],
)
def test_every_guard_of_the_browser_is_on(setting: str, value: object) -> None:
    assert production()[setting] == value


def test_a_further_host_shuts_nobody_out_of_the_public_one() -> None:
    shown = json.loads(start(**GOOD, ALLOWED_HOSTS="health.internal,desk.internal").stdout)
    assert shown["ALLOWED_HOSTS"] == [
        "desk.kaffeehaus.example", "health.internal", "desk.internal",
    ]  # fmt: skip
