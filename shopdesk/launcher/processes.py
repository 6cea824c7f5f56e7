"""Child processes that never outlive us, each in its own session and with its own log."""

import atexit
import ctypes
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 5_000_000


@dataclass(frozen=True)
class Account:
    """Another user of this machine, for a child that refuses to run as root."""

    uid: int
    gid: int


class Child:
    """One running process. `death_signal` is what it gets when the launcher is killed."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path | None) -> None:
        self.process = process
        self.log = log

    @classmethod
    def start(
        cls,
        command: Sequence[str | Path],
        *,
        log: Path | None,
        env: Mapping[str, str],
        death_signal: signal.Signals = signal.SIGKILL,
        account: Account | None = None,
        cwd: Path | None = None,
    ) -> "Child":
        """Its output goes to the end of `log`, or to our own where that is None."""
        with open_log(log) as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                env=env,
                cwd=cwd,
                start_new_session=True,
                **identity(account),
                preexec_fn=die_with_parent(death_signal),  # noqa: PLW1509 - prctl alone, no locks
            )
        watchdog().watch(process.pid, death_signal)
        return cls(process, log)

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_running(self) -> bool:
        return self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.is_running():
            self.process.send_signal(number)

    def wait(self, seconds: float) -> bool:
        """Whether it ended in time."""
        try:
            self.process.wait(max(seconds, 0))
        except subprocess.TimeoutExpired:
            return False
        self.forget()
        return True

    def kill(self) -> None:
        """SIGKILL to it and to everything in its process group."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self) -> None:
        # Its grandchildren share its group and may be left when it was killed from outside.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        watchdog().unwatch(self.pid)

    def last_words(self, lines: int = 12) -> str:
        return last_lines(self.log, lines) if self.log else ""


def signal_each(pids: Iterable[int], number: signal.Signals) -> None:
    """Who has ended since they were listed is passed over."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Watchdog:
    """A small process that ends our children when we are gone without having ended them."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("watchdog.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", script],
            stdin=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
        )
        atexit.register(self.end)

    def end(self) -> None:
        """Our own end: it ends what we may have left, and itself."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait()

    def watch(self, pid: int, death_signal: signal.Signals) -> None:
        self.tell(f"+{pid} {death_signal.value}\n")

    def unwatch(self, pid: int) -> None:
        self.tell(f"-{pid}\n")

    def tell(self, line: str) -> None:
        if self.process.stdin is not None:
            try:
                self.process.stdin.write(line.encode())
                self.process.stdin.flush()
            except BrokenPipeError:
                # Somebody ended the watchdog. On Linux the kernel still ends the children with us.
                self.process.stdin = None


@functools.cache
def watchdog() -> Watchdog:
    return Watchdog()


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before exec so that it ends with us; None where no kernel does that."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    parent = os.getpid()

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number.value)
        # We may have died between fork and prctl; then nobody would send the signal.
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def end_with_parent() -> None:
    """Get SIGTERM when our own parent ends, so that `kill -9` of make stops the desk too."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM.value)


def identity(account: Account | None) -> dict[str, Any]:
    """Popen's arguments for running as that user, without our own further groups."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def open_log(log: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    """Open it for appending, after putting a large one aside."""
    if log is None:
        return nullcontext()
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def last_lines(log: Path, lines: int) -> str:
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 20_000))
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
