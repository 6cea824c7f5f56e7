"""The launcher on real processes: it starts once, ends completely, and mends what can be mended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.launching import ROOT, Launcher, alive, environment
from tests.waiting import wait_until

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc"),
]


class Installation:
    """One var directory for all tests here, with a desk on it when a test wants one running."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self.launcher: Launcher | None = None

    def running(self) -> Launcher:
        if self.launcher is None or self.launcher.process.poll() is not None:
            self.launcher = Launcher.start(self.var_dir).wait_until_ready()
        return self.launcher

    def at_rest(self) -> Path:
        if self.launcher is not None and self.launcher.process.poll() is None:
            self.launcher.stop()
        return self.var_dir


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("desk") / "var")
    made.running()
    yield made
    made.at_rest()


@pytest.fixture
def desk(installation: Installation) -> Launcher:
    return installation.running()


@pytest.fixture
def var_dir(installation: Installation) -> Path:
    """Of a desk that has run and does not run now."""
    return installation.at_rest()


def answers(launcher: Launcher) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{launcher.port}/healthz/", timeout=10) as answer:
        return bool(answer.status == 200)


def test_a_second_launcher_on_the_same_var_directory_says_so(desk: Launcher) -> None:
    assert Launcher.start(desk.var_dir).refusal() == (
        f"ShopDesk is already running on {desk.var_dir} (process {desk.process.pid}). "
        "Stop that one first, or choose another VAR_DIR and PORT.\n"
    )


def test_a_second_desk_on_the_same_port_says_so(desk: Launcher, tmp_path: Path) -> None:
    assert Launcher.start(tmp_path / "var", port=desk.port).refusal() == (
        f"Port {desk.port} is taken by another program. "
        f"Choose another: make demo PORT={desk.port % 60_000 + 1}\n"
    )


def test_sockets_secrets_and_logs_are_closed_to_others(desk: Launcher) -> None:
    run = (desk.var_dir / "run").resolve()
    closed = [run / "pg", run / "valkey", (desk.var_dir / "postgres").resolve()]
    closed += [desk.var_dir / "log"]

    assert [place.stat().st_mode & 0o077 for place in closed] == [0, 0, 0, 0]
    assert (desk.var_dir / "secrets").stat().st_mode & 0o777 == 0o600


def test_a_killed_worker_is_named_and_started_again(desk: Launcher) -> None:
    killed = desk.pid_of("worker -n mail@")

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: "The mail worker was ended by SIGKILL." in desk.said(), what="the obituary")
    wait_until(
        lambda: any(
            "worker -n mail@" in line for pid, line in desk.family().items() if pid != killed
        ),
        what="another mail worker",
    )
    assert answers(desk)


def test_a_killed_valkey_is_started_again(desk: Launcher) -> None:
    killed = desk.pid_of("valkey-server")

    os.kill(killed, signal.SIGKILL)

    wait_until(lambda: "Valkey was ended by SIGKILL." in desk.said(), what="the obituary")
    wait_until(lambda: desk.has_another("valkey-server", than=killed), what="a new Valkey")


def test_sigterm_ends_everything_in_under_ten_seconds_and_the_data_is_kept(desk: Launcher) -> None:
    family = desk.family()
    version = (desk.var_dir / "postgres" / "PG_VERSION").stat().st_mtime

    assert desk.stop() < 10
    assert desk.process.returncode == 0
    assert alive(family) == {}

    again = Launcher.start(desk.var_dir).wait_until_ready()
    assert answers(again)
    assert (desk.var_dir / "postgres" / "PG_VERSION").stat().st_mtime == version
    assert "Bringing the database up to date" not in again.said()
    again.stop()


def test_without_its_database_the_desk_ends_and_says_why(var_dir: Path) -> None:
    again = Launcher.start(var_dir).wait_until_ready()
    family = again.family()

    os.kill(again.pid_of("/bin/postgres -D"), signal.SIGKILL)

    assert again.process.wait(20) == 1
    assert "PostgreSQL was ended by SIGKILL. Everything stops. The last lines of" in again.said()
    wait_until(lambda: not alive(family), seconds=10, what="the end of all processes")


def test_data_of_another_postgresql_is_refused(var_dir: Path) -> None:
    place = (var_dir / "postgres" / "PG_VERSION").resolve()
    kept = place.read_text()
    place.write_text("9\n")

    said = Launcher.start(var_dir).refusal()

    place.write_text(kept)
    assert "was made by PostgreSQL 9, and PostgreSQL" in said


def test_kill_minus_nine_leaves_no_process_and_the_next_start_works(var_dir: Path) -> None:
    again = Launcher.start(var_dir).wait_until_ready()
    family = again.family()
    assert len(family) > 8

    again.process.kill()
    again.process.wait()

    wait_until(lambda: not alive(family), seconds=10, what="the end of all processes")
    Launcher.start(var_dir).wait_until_ready().stop()


def test_a_very_long_path_with_spaces_works_beside_another_desk(
    var_dir: Path, tmp_path: Path
) -> None:
    beside = Launcher.start(var_dir)
    deep = tmp_path / ("a long name with spaces " * 8) / "var"
    launcher = Launcher.start(deep).wait_until_ready()
    beside.wait_until_ready()

    assert answers(launcher)
    assert answers(beside)
    assert launcher.stop() < 10
    assert beside.stop() < 10


def test_a_command_runs_on_throw_away_servers_and_its_status_is_passed_on() -> None:
    script = (
        "import os, sys, psycopg, redis\n"
        "psycopg.connect(os.environ['DATABASE_URL']).close()\n"
        "redis.Redis.from_url(os.environ['REDIS_URL']).ping()\n"
        "print(os.environ['REDIS_URL'])\n"
        "sys.exit(7)\n"
    )
    command = [
        sys.executable,
        "-m",
        "shopdesk.launcher.embedded",
        "--",
        sys.executable,
        "-c",
        script,
    ]

    ran = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (7, "")
    assert not Path(ran.stdout.strip().removeprefix("unix://")).parent.parent.exists()
