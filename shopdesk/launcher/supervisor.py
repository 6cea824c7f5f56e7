"""Keeps the desk's processes running until somebody stops it."""

import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from shopdesk.launcher.processes import Child
from shopdesk.launcher.refusal import Refused
from shopdesk.launcher.servers import EmbeddedServer
from shopdesk.launcher.terminal import complain, say

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
POLL_SECONDS = 0.1
# Under ten in all. A database on a slow disk needs some of what the programs leave.
STOP_SECONDS = 9.0
PROGRAM_STOP_SECONDS = 4.5
FIRST_REST_SECONDS = 1.0
LONGEST_REST_SECONDS = 30.0
# A program that ran this long has recovered; its next failure starts from the first rest again.
HEALTHY_SECONDS = 60.0


class Stopped(Exception):
    """SIGTERM, SIGINT or SIGHUP arrived."""


@dataclass
class Program:
    """A process of our own code, restarted when it dies."""

    name: str
    command: Sequence[str | Path]
    log: Path
    env: Mapping[str, str]
    child: Child | None = None
    rest: float = FIRST_REST_SECONDS
    started_at: float = 0.0
    restart_at: float | None = None

    def start(self) -> None:
        self.restart_at = None
        self.started_at = time.monotonic()
        self.child = Child.start(self.command, log=self.log, env=self.env)

    def look_after(self, tell: Callable[[str], object] = complain) -> None:
        """Start it again, later each time, when it has ended without being asked to."""
        now = time.monotonic()
        if self.restart_at is not None:
            if now >= self.restart_at:
                self.start()
        elif self.child and not self.child.is_running():
            if now - self.started_at > HEALTHY_SECONDS:
                self.rest = FIRST_REST_SECONDS
            tell(obituary(self.name, self.child, f"It starts again in {self.rest:.0f} s."))
            self.child.forget()
            self.restart_at = now + self.rest
            self.rest = min(self.rest * 2, LONGEST_REST_SECONDS)


@dataclass
class Supervisor:
    """Servers in the order of their start, then the programs that need them."""

    servers: list[EmbeddedServer] = field(default_factory=list)
    programs: list[Program] = field(default_factory=list)

    def start_server(self, server: EmbeddedServer) -> None:
        self.servers.append(server)
        server.start()

    def start_program(self, program: Program) -> None:
        self.programs.append(program)
        program.start()

    def watch(self) -> None:
        """Until stopped. Programs and Valkey start again; without its database the desk ends."""
        while True:
            self.look_after()
            time.sleep(POLL_SECONDS)

    def look_after(self) -> None:
        for server in self.servers:
            if server.child and not server.child.is_running():
                child, server.child = server.child, None
                child.forget()
                if server.is_vital:
                    raise Refused(obituary(server.name, child, "Everything stops."))
                complain(obituary(server.name, child, "It starts again."))
                server.start()
        for program in self.programs:
            program.look_after()

    def wait_for(self, is_ready: Callable[[], bool], *, program: Program, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_ready():
            if program.child and not program.child.is_running():
                raise Refused(obituary(program.name, program.child, "Everything stops."))
            if time.monotonic() > deadline:
                raise Refused(
                    f"{program.name} did not answer within {seconds:.0f} s. See {program.log}."
                )
            self.look_after()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """In reverse: the programs together, then the servers. Under ten seconds in all."""
        running = [program.child for program in reversed(self.programs) if program.child]
        for child in running:
            child.send(signal.SIGTERM)
        started = time.monotonic()
        for child in running:
            if not child.wait(started + PROGRAM_STOP_SECONDS - time.monotonic()):
                child.kill()
        for server in reversed(self.servers):
            server.stop(started + STOP_SECONDS - time.monotonic())


def obituary(name: str, child: Child, consequence: str) -> str:
    ending = child.process.returncode
    how = (
        f"was ended by {signal.Signals(-ending).name}"
        if ending < 0
        else f"ended with status {ending}"
    )
    words = "".join(f"    {line}\n" for line in child.last_words().splitlines())
    return f"{name} {how}. {consequence} The last lines of {child.log}:\n{words}".rstrip()


def stop_on_signals() -> None:
    """Turn the first stop signal into Stopped, wherever we are; further ones change nothing."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        say("\nStopping …")
        raise Stopped

    for number in STOP_SIGNALS:
        signal.signal(number, stop)
