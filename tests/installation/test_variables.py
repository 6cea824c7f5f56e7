"""What docs/configuration.md lists can be set in .env, and reaches the services that read it."""

from __future__ import annotations

import re

import pytest

from tests.installation.compose import (
    ROOT,
    asked_for,
    desk_services,
    documented,
    example,
    given_to,
    handed_on,
)
from tests.test_configuration import read_variables

LEFT_OUT = {
    "DEBUG": "shows strangers how the desk is made",
    "DEMO": "shows all mails to all",
    "TESTING": "the test suite's own",
    "DJANGO_SETTINGS_MODULE": "the image names it",
    "STATIC_ROOT": "static files are in the image",
    "VAR_DIR": "read by `manage.py up` alone",
    "PORT": "read by `manage.py up` alone",
    "DATABASE_POOL": "asgi.py switches it on, and nobody else may",
}
# What the compose file decides, since its own ports, folders and proxy rely on it.
FIXED = {"SECURE_SSL_REDIRECT", "PULSE_DIR", "WEB_BIND", "PROMETHEUS_MULTIPROC_DIR"}
MAILING = {"worker-mail-now", "worker-default"}
# Secrets, and what one server alone reads. Everything else reaches every service.
ONLY = {
    "WEB_BIND": {"web"},
    "WEB_WORKERS": {"web"},
    "PROMETHEUS_MULTIPROC_DIR": {"web"},
    "BREACHED_PASSWORDS_FILE": {"web"},
    "DATABASE_POOL_SIZE": {"sockets"},
    "METRICS_TOKEN": {"web", "sockets"},
    "EMAIL_HOST_PASSWORD": MAILING,
    "ANYMAIL": MAILING | {"web"},
    "ANYMAIL_WEBHOOK_SECRET": {"web"},
}


def secret_files() -> set[str]:
    given = {key for name in desk_services() for key in given_to(name)}
    return {one for one in documented() if f"{one}_FILE" in given}


@pytest.mark.parametrize("name", sorted(desk_services()))
def test_each_variable_of_the_desk_reaches_whoever_reads_it_and_nobody_else(name: str) -> None:
    given = given_to(name)
    reached = {one for one in read_variables() if one in given or f"{one}_FILE" in given}
    awaited = {one for one in read_variables() - LEFT_OUT.keys() if name in ONLY.get(one, {name})}
    assert reached == awaited


def test_nothing_but_what_the_compose_file_relies_on_is_fixed_there() -> None:
    """A variable that .env sets and a service gets with another value would do nothing."""
    settable = asked_for() | secret_files() | LEFT_OUT.keys()
    assert read_variables() - settable == FIXED
    values = [pair for name in desk_services() for pair in given_to(name).items()]
    deaf = {key for key, text in values if text is not None and f"${{{key}" not in str(text)}
    assert deaf & read_variables() == FIXED


def test_what_the_guide_says_to_set_can_be_set_with_containers() -> None:
    guide = (ROOT / "docs" / "self-hosting.md").read_text()
    before, rest = guide.split("## Install without containers")
    text = before + rest.partition("\n## ")[2]
    named = {one for one in documented() if re.search(rf"`{one}(`|=)", text)}
    assert {"IMPORT_SIZE_LIMIT_MB", "EMAIL_BACKEND", "PROXY_COUNT", "CADDY_TLS"} <= named
    assert named - asked_for() - secret_files() == set()


def test_the_example_shows_the_desks_own_defaults() -> None:
    plain = {
        name: default.strip("`")
        for name, default in documented().items()
        if name in handed_on() and re.fullmatch(r"`[^`]+`", default)
    }
    assert len(plain) > 20
    assert {name: example()[name] for name in plain} == plain
