"""PostgreSQL and Valkey as children of ours, on unix sockets in private directories, TCP off."""

import locale
import os
import shutil
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from shopdesk.launcher.binaries import Postgres, find_postgres, find_valkey
from shopdesk.launcher.places import database_account, private_directory
from shopdesk.launcher.processes import Account, Child, signal_each
from shopdesk.launcher.refusal import Refused

START_SECONDS = 90.0
POLL_SECONDS = 0.02
OTHER_ENDS_SECONDS = 20.0
# In PostgreSQL's own words, always English here (server_environment).
STILL_ENDING = "pre-existing shared memory block"
# What a throw-away database does without: after a crash it is thrown away.
THROW_AWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
# A failed statement, and what PostgreSQL says of it, hold people's addresses. The application logs
# its errors itself, without values; the server's own log is about the server.
WITHOUT_VALUES = (
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
)
USER = DATABASE = "shopdesk"


class EmbeddedServer:
    """What both have in common: one child, stopped, killed and paused by its process id."""

    name = ""
    stop_signal = signal.SIGTERM
    # Whether the desk ends with it.
    is_vital = False
    child: Child | None = None

    @property
    def pid(self) -> int:
        return self.running().pid

    def running(self) -> Child:
        if self.child is None:
            raise Refused(f"{self.name} is not running.")
        return self.child

    def start(self) -> None:
        raise NotImplementedError

    def stop(self, seconds: float = 4.0) -> None:
        """Orderly, and by force after that many seconds. Stopping what has ended is no error."""
        if self.child is None:
            return
        if self.child.is_running():
            self.resume()
        self.child.send(self.stop_signal)
        if not self.child.wait(seconds):
            # All of it: a part that goes on would keep the next start from the data.
            parts = self.family()[1:]
            self.child.kill()
            signal_each(parts, signal.SIGKILL)
        self.child = None

    def kill(self) -> None:
        """As a crash: SIGKILL, nothing saved."""
        child, self.child = self.running(), None
        child.kill()

    def pause(self) -> None:
        """As a stalled machine: connections open, nobody answers."""
        signal_each(self.family(), signal.SIGSTOP)

    def resume(self) -> None:
        signal_each(self.family(), signal.SIGCONT)

    def family(self) -> list[int]:
        """The server and its own children (Linux only; elsewhere the server alone)."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [
            self.pid,
            *(int(pid) for pid in (children.read_text().split() if children.exists() else ())),
        ]

    def wait_until(self, path: Path) -> None:
        """Until its socket takes connections; its last words are shown when it ends instead."""
        child = self.running()
        deadline = time.monotonic() + START_SECONDS
        while not self.answers(path):
            if not child.is_running():
                self.child = None
                raise Refused(
                    f"{self.name} ended while it started. Its last words:\n{child.last_words()}"
                )
            if time.monotonic() > deadline:
                self.stop()
                raise Refused(
                    f"{self.name} did not start in {START_SECONDS:.0f} s. See {child.log}."
                )
            time.sleep(POLL_SECONDS)

    def answers(self, path: Path) -> bool:
        raise NotImplementedError


class EmbeddedPostgres(EmbeddedServer):
    """A cluster in `data`, made on the first start. As root it runs as nobody.

    `without`: settings that make it quicker and less safe, like THROW_AWAY.
    """

    name = "PostgreSQL"
    is_vital = True
    stop_signal = signal.SIGINT

    def __init__(self, data: Path, *, run: Path, log: Path, without: Sequence[str] = ()) -> None:
        self.data = data
        self.socket = run / "pg"
        self.log = log
        self.without = without
        self.account = database_account(data)

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={quote(str(self.socket), safe='/')}&user={USER}"

    @property
    def is_new(self) -> bool:
        return not (self.data / "PG_VERSION").exists()

    def start(self) -> None:
        postgres = self.fitting_programs()
        if self.is_new:
            make_cluster(postgres, self.data, account=self.account, log=self.log)
        private_directory(self.socket, account=self.account)
        deadline = time.monotonic() + OTHER_ENDS_SECONDS
        while not self.starts(postgres, is_last_try=time.monotonic() > deadline):
            time.sleep(POLL_SECONDS)
        self.make_database()

    def starts(self, postgres: Postgres, *, is_last_try: bool) -> bool:
        """False where parts of the server before still end, as after a kill of it or of us."""
        self.child = Child.start(
            [postgres.folder / "postgres", "-D", self.data, *self.settings()],
            log=self.log,
            env=server_environment(),
            # Immediate shutdown: the postmaster takes all its processes with it.
            death_signal=signal.SIGQUIT,
            account=self.account,
            cwd=Path("/"),
        )
        try:
            self.wait_until(self.socket)
        except Refused as refused:
            if is_last_try or STILL_ENDING not in str(refused):
                raise
            return False
        return True

    def settings(self) -> list[str]:
        chosen = [
            "listen_addresses=",
            f"unix_socket_directories={self.socket}",
            "unix_socket_permissions=0700",
            *WITHOUT_VALUES,
            *self.without,
        ]
        return [part for setting in chosen for part in ("-c", setting)]

    def fitting_programs(self) -> Postgres:
        made_by = None if self.is_new else int((self.data / "PG_VERSION").read_text().strip())
        postgres = find_postgres(self.account, major=made_by)
        if made_by not in {None, postgres.major}:
            raise Refused(
                f"The data in {self.data} was made by PostgreSQL {made_by}, and PostgreSQL "
                f"{postgres.major}, which is here, cannot read it. Dump it with the old version "
                "and restore it, or choose another VAR_DIR."
            )
        return postgres

    def answers(self, path: Path) -> bool:
        import psycopg

        try:
            psycopg.connect(host=str(path), user=USER, dbname="postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def make_database(self) -> None:
        import psycopg

        with psycopg.connect(
            host=str(self.socket), user=USER, dbname="postgres", autocommit=True
        ) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}".encode())


class EmbeddedRedis(EmbeddedServer):
    """Valkey, in memory only: what it carries can be rebuilt from the database."""

    name = "Valkey"

    def __init__(self, *, run: Path, log: Path) -> None:
        self.folder = run / "valkey"
        self.socket = self.folder / "valkey.sock"
        self.log = log

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        private_directory(self.folder)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
        }
        options |= {"dir": str(self.folder), "daemonize": "no", "protected-mode": "yes"}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        command = [str(find_valkey()), *arguments]
        self.child = Child.start(command, log=self.log, env=server_environment(), cwd=self.folder)
        self.wait_until(self.socket)

    def answers(self, path: Path) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            try:
                probe.connect(str(path))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def make_cluster(postgres: Postgres, data: Path, *, account: Account | None, log: Path) -> None:
    """initdb beside the final place, moved there when complete: never half a cluster."""
    unfinished = data.with_name(f"{data.name}.new")
    for leftover in (unfinished, data):
        if leftover.exists():
            shutil.rmtree(leftover)
    private_directory(unfinished, account=account)
    # Trust is safe only because the socket's directory is closed to other users and TCP is off.
    options = [f"--username={USER}", "--auth=trust", "--encoding=UTF8", *locale_options()]
    initdb = Child.start(
        [postgres.folder / "initdb", "-D", unfinished, *options],
        log=log,
        env=server_environment(),
        account=account,
        cwd=Path("/"),
    )
    if not initdb.wait(START_SECONDS) or initdb.process.returncode:
        initdb.kill()
        raise Refused(
            f"PostgreSQL could not make its database in {data}. Its last words:\n"
            f"{initdb.last_words()}"
        )
    unfinished.rename(data)


def locale_options() -> list[str]:
    """C.UTF-8: Unicode letters, order by code point, and no system update changes either."""
    kept = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        # macOS before 15 has none; its UTF-8 locales differ in nothing but name for LC_CTYPE.
        return ["--locale", "C", "--lc-ctype", "en_US.UTF-8"]
    finally:
        locale.setlocale(locale.LC_CTYPE, kept)
    return ["--locale", "C.UTF-8"]


def server_environment() -> dict[str, str]:
    """Without the caller's PG* variables, which would point the programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8" if "C.UTF-8" in locale_options() else "C", "TZ": "UTC"}
