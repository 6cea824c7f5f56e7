"""Without containers the same commands run, walled in by systemd instead."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.installation.compose import ROOT, desk_services

FOLDER = ROOT / "deploy" / "systemd"
# Addresses and folders are a machine's own; a queue is the unit's instance.
PLACES = re.compile(
    r"127\.0\.0\.1|0\.0\.0\.0|/tmp/beat-schedule|/run/shopdesk-beat/schedule|/backups\b|/var/backups/shopdesk"
)
UNITS = {
    "web": "shopdesk-web",
    "sockets": "shopdesk-sockets",
    "beat": "shopdesk-beat",
    "migrate": "shopdesk-migrate",
    "backup": "shopdesk-backup",
    "worker-mail-now": "shopdesk-worker@",
    "worker-default": "shopdesk-worker@",
}


def unit(name: str) -> str:
    return (FOLDER / f"{name}.service").read_text()


def plain(words: list[str]) -> list[str]:
    joined = " ".join(word for word in words if word)
    joined = joined.replace("--pidfile=", "--pidfile").replace("%%h", "%h")
    return PLACES.sub("PLACE", joined).split()


@pytest.mark.parametrize("service", sorted(UNITS))
def test_the_same_command_runs(service: str) -> None:
    line = re.findall(
        r"^ExecStart=/opt/shopdesk/desk/\.venv/bin/(.+)$", unit(UNITS[service]), re.MULTILINE
    )
    queue = service.removeprefix("worker-")
    assert plain(shlex.split(line[0].replace("%i", queue))) == plain(
        desk_services()[service]["command"]
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.service")), ids=lambda path: path.stem)
def test_each_unit_is_walled_in(path) -> None:
    lines = set(path.read_text().splitlines())
    walls = {
        "User=shopdesk",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "PrivateTmp=yes",
    }
    assert walls - lines == set()


def test_the_target_wants_every_unit_that_stays_and_a_worker_for_every_queue() -> None:
    wanted = set(re.findall(r"shopdesk-[\w@-]+\.service", (FOLDER / "shopdesk.target").read_text()))
    assert wanted == {
        "shopdesk-migrate.service", "shopdesk-web.service", "shopdesk-sockets.service",
        "shopdesk-beat.service", "shopdesk-worker@mail-now.service",
        "shopdesk-worker@default.service", "shopdesk-worker@bulk.service",
    }  # fmt: skip


def test_secrets_are_handed_over_as_files() -> None:
    for path in FOLDER.glob("*.service"):
        given = set(re.findall(r"([A-Z_]+_FILE)=%d/", path.read_text()))
        assert given == {
            "SECRET_KEY_FILE", "LINK_KEY_FILE", "DATABASE_PASSWORD_FILE",
            "EMAIL_HOST_PASSWORD_FILE", "METRICS_TOKEN_FILE",
        }, path.name  # fmt: skip
