"""The demo as its user starts it, on data of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 240
NOT_FOR_THE_DEMO = {
    *("DATABASE_URL", "REDIS_URL", "TESTING", "DJANGO_SETTINGS_MODULE"),
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}


@dataclass(frozen=True)
class Desk:
    """A running installation in demo mode."""

    url: str
    var_dir: Path

    def sign_ins(self) -> list[dict[str, str]]:
        people: list[dict[str, str]] = json.loads(
            (self.var_dir / "demo-sign-ins.json").read_text(encoding="utf-8")
        )
        return people

    def sign_in_of(self, who: str) -> tuple[str, str]:
        """The first of a role, or somebody by the beginning of their address."""
        person = next(
            one for one in self.sign_ins() if one["role"] == who or one["email"].startswith(who)
        )
        return person["email"], person["password"]

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.url}/demo/mail.json", timeout=10) as answer:
            mails: list[dict[str, Any]] = json.load(answer)
        return [mail for mail in mails if address in mail["to"]]

    def next_mail_to(self, address: str, *, known: int) -> dict[str, Any]:
        """The newest mail, once there are more than `known`."""
        wait_until(lambda: len(self.mails_to(address)) > known, what=f"a mail to {address}")
        return self.mails_to(address)[0]


@contextmanager
def demo(var_dir: Path) -> Iterator[Desk]:
    """`manage.py up --demo` in a folder of its own; ended as with Ctrl-C."""
    var_dir.mkdir()
    port = _free_port()
    command = [sys.executable, "manage.py", "up", "--demo", "--end-with-parent"]
    command += [f"--port={port}", f"--var-dir={var_dir}"]
    environment = {name: said for name, said in os.environ.items() if name not in NOT_FOR_THE_DEMO}
    # However quick the machine is, an import takes long enough to be paused (test_the_import.py).
    environment["IMPORT_CHUNK_ROWS"] = "20"
    # People in tests are sent a second link at once; of five an hour no test needs more.
    environment["ADDRESS_PAUSE_SECONDS"] = "0"
    output = var_dir / "output.txt"
    with output.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    running = Desk(f"http://127.0.0.1:{port}", var_dir)
    try:
        _wait_until_ready(running, process, output)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(desk: Desk, process: subprocess.Popen[bytes], output: Path) -> None:
    def ready() -> bool:
        assert process.poll() is None, f"the demo did not start:\n{output.read_text()[-3000:]}"
        try:
            with urllib.request.urlopen(f"{desk.url}/readyz/", timeout=2):
                return (desk.var_dir / "demo-sign-ins.json").exists()
        except OSError:
            return False

    wait_until(ready, seconds=START_SECONDS, what="the demo's start")
