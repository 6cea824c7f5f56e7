"""A whole installation of one's own: database, broker, mail server, web, workers, clock.

Each part can be killed, stopped and started again, by its process id. Intervals are shortened by
settings, except for benchmarks: `python -m benchmarks.faults` plays outages at full length.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from shopdesk.launcher.processes import Child
from shopdesk.launcher.programs import programs
from shopdesk.launcher.servers import EmbeddedPostgres, EmbeddedRedis
from shopdesk.launcher.supervisor import POLL_SECONDS, Program
from tests.faults.migrated import start_migrated
from tests.faults.sink import Sink, free_port
from tests.faults.visitor import Visitor
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "SWEEP_SECONDS": "1",
    "RETELL_SECONDS": "2",
    "BROKER_REST_SECONDS": "0.5",
    "DELIVERY_LEASE_SECONDS": "4",
    "DELIVERY_FIRST_RETRY_SECONDS": "0.5",
    "DELIVERY_RETRY_CEILING_SECONDS": "2",
    "MAIL_LEASE_SECONDS": "4",
    "MAIL_FIRST_RETRY_SECONDS": "0.5",
    "MAIL_RETRY_CEILING_SECONDS": "2",
    "MAIL_EXPIRING_RETRY_CEILING_SECONDS": "2",
    "MAIL_PROBE_SECONDS": "1",
    "EMAIL_TIMEOUT": "10",
    # Each person is written to more than once.
    "ADDRESS_PAUSE_SECONDS": "0",
}


@dataclass
class Installation:
    """Started by `start`, ended by `stop`; the parts are public, so that tests can break them.

    `intervals` stand above the short ones; with `is_real` none is shortened.
    """

    directory: Path
    intervals: Mapping[str, str] = field(default_factory=dict)
    is_real: bool = False
    port: int = field(default_factory=free_port)
    sink: Sink = field(default_factory=Sink)
    parts: dict[str, Program] = field(default_factory=dict)
    # Of parts that ended without being asked to, and were started again.
    obituaries: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping, self._looking = threading.Event(), threading.Lock()
        log = self.directory / "log"
        # Processes are killed and machines are not: what the kernel was given is safe with it.
        self.postgres = EmbeddedPostgres(
            self.directory / "postgres",
            run=self.directory,
            log=log / "postgres.log",
            without=() if self.is_real else ["fsync=off"],
        )
        self.redis = EmbeddedRedis(run=self.directory, log=log / "valkey.log")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in {"TESTING", "DJANGO_SETTINGS_MODULE"}
        }
        own = {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "DEMO": "1",
            "PUBLIC_URL": self.url,
            "VAR_DIR": str(self.directory),
            "EMAIL_BACKEND": "notifications.smtp.SmtpBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.sink.port),
            # Visitors say where they come from, so that they do not share one limit.
            "PROXY_COUNT": "1",
        }
        return kept | own | ({} if self.is_real else QUICK) | dict(self.intervals)

    def start(self) -> None:
        self.sink.open()
        start_migrated(self.postgres, lambda: self.manage("migrate", "--verbosity=0"))
        self.redis.start()
        for name in self._programs():
            self.start_part(name)
        threading.Thread(target=self._look_after, daemon=True).start()
        wait_until(self._answers, seconds=90, what="the desk")

    def _look_after(self) -> None:
        """As the launcher does, and every service manager: what ends by itself starts again."""
        while not self._stopping.wait(POLL_SECONDS):
            with self._looking:
                for program in self.parts.values():
                    program.look_after(self.obituaries.append)

    def _answers(self) -> bool:
        return Visitor(self.url).get("/readyz/").status == 200

    def stop(self) -> None:
        self._stopping.set()
        for name in list(self.parts):
            self.kill_part(name)
        self.redis.stop()
        self.postgres.stop()
        self.sink.close()

    def start_part(self, name: str) -> None:
        """A name that the launcher gives: "The mail worker", say."""
        self.add_part(self._programs()[name])

    def add_part(self, program: Program) -> None:
        """Start a program and look after it like the others."""
        program.start()
        with self._looking:
            self.parts[program.name] = program

    def start_beside(self, name: str) -> Child:
        """One more of that name, which the caller ends."""
        program = self._programs()[name]
        return Child.start(program.command, log=program.log, env=program.env)

    def kill_part(self, name: str) -> None:
        """SIGKILL to the process and its group; it stays away until it is started again."""
        with self._looking:
            child = self.parts.pop(name).child
        if child:
            child.kill()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with psycopg.connect(self.postgres.url) as connection:
            return connection.execute(statement).fetchall()

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def bring_in(self, *addresses: str) -> None:
        """Customers with these addresses, by the import that shops use."""
        lines = ["First Name,Last Name,Email,Accepts Email Marketing"]
        lines += [f"Test,Person {number},{one},no" for number, one in enumerate(addresses)]
        file = self.directory / "customers.csv"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.manage("import_customers", str(file))

    def _programs(self) -> dict[str, Program]:
        log_dir = self.directory / "log"
        found = programs(self.environment, log_dir=log_dir, port=self.port, reload=False)
        return {one.name: one for one in found}
