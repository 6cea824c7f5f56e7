"""Real launchers for the tests: started, asked, ended, and everything below them found."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90


@dataclass
class Launcher:
    """`manage.py up` on a var directory of its own."""

    process: subprocess.Popen[bytes]
    var_dir: Path
    port: int
    output: Path

    @classmethod
    def start(cls, var_dir: Path, *, port: int | None = None) -> Launcher:
        port = port or free_port()
        output = var_dir.with_name(f"{var_dir.name[:50]}-{port}.txt")
        output.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "manage.py", "up", f"--port={port}", f"--var-dir={var_dir}"]
        with output.open("wb") as stream:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=stream, stderr=subprocess.STDOUT
            )
        return cls(process, var_dir, port, output)

    def said(self) -> str:
        return self.output.read_text()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "ShopDesk is ready." in self.said()

    def wait_until_ready(self) -> Launcher:
        wait_until(self.is_ready, seconds=START_SECONDS, what="the desk's start")
        return self

    def refusal(self) -> str:
        """What it said when it ended at once, as it should have."""
        assert self.process.wait(30) == 1
        return self.said()

    def family(self) -> dict[int, str]:
        """Every process below the launcher, grandchildren included, and its command line."""
        parents = {pid: parent for pid in all_pids() if (parent := parent_of(pid))}
        found: dict[int, str] = {}
        newest = {self.process.pid}
        while newest:
            newest = {pid for pid, parent in parents.items() if parent in newest}
            found |= {pid: command_line(pid) for pid in newest}
        return found

    def pid_of(self, words: str) -> int:
        """The oldest process below the launcher with these words in its command line."""
        return min(pid for pid, command in self.family().items() if words in command)

    def has_another(self, words: str, *, than: int) -> bool:
        return any(words in line for pid, line in self.family().items() if pid != than)

    def stop(self) -> float:
        """SIGTERM; the seconds until it had ended."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - started


def environment() -> dict[str, str]:
    """DEBUG stands in for a configured production; nothing embedded is replaced."""
    left_out = {"DATABASE_URL", "REDIS_URL", "DEMO", "TESTING", "PORT", "VAR_DIR", "PUBLIC_URL"}
    kept = {name: text for name, text in os.environ.items() if name not in left_out}
    return kept | {"DEBUG": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def all_pids() -> list[int]:
    return [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]


def parent_of(pid: int) -> int:
    """0 for a process that is gone or waits only to be collected."""
    try:
        # The name in parentheses may hold anything; the state and the parent follow it.
        state, parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return 0
    return 0 if state == "Z" else int(parent)


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(pids: dict[int, str]) -> dict[int, str]:
    """Those of the processes that still run."""
    return {pid: command for pid, command in pids.items() if parent_of(pid)}
