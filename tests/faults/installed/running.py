"""Services of docker-compose.yml as processes of this machine, with servers of their own.

Only places differ from what a container is given: addresses, ports and folders.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from shopdesk.launcher.processes import Child
from shopdesk.launcher.servers import THROW_AWAY, EmbeddedPostgres, EmbeddedRedis
from tests.faults.migrated import start_migrated
from tests.faults.sink import free_port
from tests.installation.compose import ROOT, copied, environment_of, seconds, services
from tests.waiting import wait_until

BIN = Path(sys.executable).parent
SECRET = "a-secret-of-this-test-alone-with-more-than-32-characters"
PUBLIC_HOST = "desk.example.com"
# What an ordinary process has, and nothing of the test's own settings.
PLAIN = {"HOME", "LANG", "LC_ALL", "USER"}
# No password: the embedded server asks for none. No mail service either.
EMPTY = {
    "database_password": "",
    "email_password": "",
    "anymail": "{}",
    "anymail_webhook_secret": "",
}


@dataclass
class Desk:
    """Database, broker and a public address; services are started one by one."""

    directory: Path
    public_url: str = f"https://{PUBLIC_HOST}"
    ports: dict[str, int] = field(
        default_factory=lambda: {"8000": free_port(), "8001": free_port()}
    )
    running: dict[str, Child] = field(default_factory=dict)
    # What would take too long for a test.
    shortened: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.postgres = EmbeddedPostgres(
            self.directory / "postgres",
            run=self.directory,
            log=self.directory / "postgres.log",
            without=THROW_AWAY,
        )
        self.redis = EmbeddedRedis(run=self.directory, log=self.directory / "valkey.log")
        for folder in ("tmp", "uploads", "secrets", "static"):
            (self.directory / folder).mkdir()

    def open(self) -> None:
        """Servers, with all tables, and static files."""
        start_migrated(self.postgres, lambda: self.run("migrate", *self.command("migrate")))
        self.redis.start()
        self.run("web", "python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")

    def close(self) -> None:
        for child in self.running.values():
            child.kill()
        self.redis.stop()
        self.postgres.stop()

    def environment(self, name: str) -> dict[str, str]:
        """What Compose hands over, its folders and servers moved here."""
        given = environment_of(name, **copied())
        for key, value in given.items():
            if value.startswith("/run/secrets/"):
                given[key] = self.secret_file(Path(value).name)
        moved = {
            "PUBLIC_URL": self.public_url,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "PULSE_DIR": str(self.directory / "tmp"),
            "TMPDIR": str(self.directory / "uploads"),
            "PROMETHEUS_MULTIPROC_DIR": str(self.directory / "tmp" / "metrics"),
            "WEB_BIND": f"127.0.0.1:{self.ports['8000']}",
        }
        given |= {key: value for key, value in moved.items() if key in given}
        # The image brings its static files along, and writes nothing beside the code.
        image = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "STATIC_ROOT": str(self.directory / "static"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        kept = {key: value for key, value in os.environ.items() if key in PLAIN}
        return kept | image | given | self.shortened

    def secret_file(self, name: str) -> str:
        """Written once: a service that starts meanwhile would read half of it."""
        place = self.directory / "secrets" / name
        if not place.exists():
            place.write_text(EMPTY.get(name, f"{name}-{SECRET}"))
        return str(place)

    def command(self, name: str) -> list[str]:
        return [self.moved(word) for word in services()[name]["command"]]

    def moved(self, word: str) -> str:
        """A word of a command, with this machine's ports and folders."""
        for port, own in self.ports.items():
            word = (
                word.replace(f":{port}", f":{own}") if ":" in word else word.replace(port, str(own))
            )
        return word.replace("0.0.0.0", "127.0.0.1").replace("/tmp/", f"{self.directory}/tmp/")

    def start(self, name: str) -> Child:
        log = self.directory / f"{name}.log"
        command = self.command(name)
        program = BIN / command[0]
        child = Child.start([program, *command[1:]], log=log, env=self.environment(name), cwd=ROOT)
        self.running[name] = child
        return child

    def is_well(self, name: str) -> bool:
        """What the health check says of a service that runs."""
        assert self.running[name].is_running(), self.running[name].last_words(200)
        return self.passes_its_check(name)

    def passes_its_check(self, name: str) -> bool:
        """What the service's own health check says, whether or not it runs."""
        check = [self.moved(word) for word in services()[name]["healthcheck"]["test"][1:]]
        return self.run(name, *check, must_succeed=False) == 0

    def wait_until_well(self, name: str) -> None:
        allowed = seconds(services()[name]["healthcheck"]["start_period"])
        wait_until(lambda: self.is_well(name), seconds=allowed, what=f"{name}'s health")

    def stop(self, name: str) -> tuple[float, int]:
        """SIGTERM, as Docker sends it: how long it took, and the exit status."""
        child = self.running.pop(name)
        started = time.monotonic()
        child.process.terminate()
        assert child.wait(seconds(services()[name]["stop_grace_period"])), child.last_words()
        return time.monotonic() - started, child.process.returncode

    def run(self, name: str, *command: str, must_succeed: bool = True) -> int:
        """A command in the service's environment."""
        done = subprocess.run(
            [BIN / command[0], *command[1:]],
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or not must_succeed, done.stderr[-3000:]
        return done.returncode

    def log_of(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text()
