"""The processes of our own code, and how they are started."""

import sys
from collections.abc import Mapping
from pathlib import Path

from shopdesk.launcher.supervisor import Program

ROOT = Path(__file__).resolve().parent.parent.parent
# Seconds that an answer under way has when the web server is asked to stop.
GRACE_SECONDS = "3"


def programs(env: Mapping[str, str], *, log_dir: Path, port: int, reload: bool) -> list[Program]:
    """The web server first, then the workers and the clock."""
    commands = {
        "The web server": web(port, reload=reload),
        # Resets have a worker of their own, so that they never wait behind anything else. Two
        # processes: one stalled mail server dialogue does not hold up the next reset.
        "The mail worker": worker("mail", queues="mail-now", concurrency=2, reload=reload),
        "The worker": worker("work", queues="default,bulk", concurrency=1, reload=reload),
        "The clock": beat(log_dir.parent),
    }
    return [
        Program(
            name=name,
            command=command,
            log=log_dir / f"{name.removeprefix('The ').replace(' ', '-')}.log",
            env=env,
        )
        for name, command in commands.items()
    ]


def web(port: int, *, reload: bool) -> list[str | Path]:
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "uvicorn",
        "shopdesk.asgi:application",
        *("--host", "127.0.0.1", "--port", str(port)),
    ]
    # No access log: paths carry the tokens of mailed links. The application logs requests itself.
    # No proxy headers: uvicorn would believe what any caller on this machine says of its address,
    # and limits count by that. The application reads them itself, as far as PROXY_COUNT says.
    command += ["--no-proxy-headers", "--no-access-log", "--lifespan", "off"]
    command += ["--limit-concurrency", "200", "--timeout-graceful-shutdown", GRACE_SECONDS]
    if reload:
        command += [
            "--reload",
            *(part for folder in source_folders() for part in ("--reload-dir", folder)),
        ]
    return command


def worker(name: str, *, queues: str, concurrency: int, reload: bool) -> list[str | Path]:
    command = [*celery("worker"), "-n", f"{name}@%h", "-Q", queues, "-c", str(concurrency)]
    # Workers need not know of each other, and the less they chat the sooner they are ready.
    command += ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
    if not reload:
        return command
    joined = " ".join(f"'{part}'" for part in command)
    return [
        sys.executable,
        "-m",
        "watchfiles",
        "--sigint-timeout",
        "2",
        "--filter",
        "python",
        joined,
        *source_folders(),
    ]


def beat(var_dir: Path) -> list[str | Path]:
    return [*celery("beat"), "-s", var_dir / "beat-schedule", "--pidfile", "", "-l", "INFO"]


def celery(command: str) -> list[str | Path]:
    # Quiet: without a banner, so that each line of the log is an entry of its own.
    return [sys.executable, "-m", "celery", "-q", "-A", "shopdesk.celery", command]


def source_folders() -> list[str]:
    """The apps' folders; not var/, where every log line would look like a change."""
    return sorted(
        str(place.parent) for place in ROOT.glob("*/__init__.py") if place.parent.name != "tests"
    )
