"""Run a command on throw-away servers: `python -m shopdesk.launcher.embedded -- pytest -n 2`.

A DATABASE_URL or REDIS_URL that is set already is left alone, and nothing is started for it.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shopdesk.launcher.places import database_account, short_directory
from shopdesk.launcher.refusal import Refused
from shopdesk.launcher.servers import THROW_AWAY, EmbeddedPostgres, EmbeddedRedis
from shopdesk.launcher.supervisor import Stopped, stop_on_signals

__all__ = ["EmbeddedPostgres", "EmbeddedRedis", "servers", "throw_away_directory"]


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        print("Which command? python -m shopdesk.launcher.embedded -- COMMAND …", file=sys.stderr)
        return 2
    try:
        stop_on_signals()
        with servers() as variables:
            return run(command, variables)
    except Stopped:
        return 128 + signal.SIGTERM
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1


def run(command: list[str], variables: dict[str, str]) -> int:
    """The command keeps our terminal and our process group, so that Ctrl-C reaches it as well."""
    process = subprocess.Popen(command, env={**os.environ, **variables})
    try:
        status = process.wait()
    except Stopped:
        process.terminate()
        process.wait(10)
        raise
    return status if status >= 0 else 128 - status


@contextmanager
def servers() -> Iterator[dict[str, str]]:
    """Start what the environment does not name and give its variables. Gone afterwards."""
    variables: dict[str, str] = {}
    with ExitStack() as stack:
        directory = stack.enter_context(throw_away_directory(in_memory=True))
        if not os.environ.get("DATABASE_URL"):
            postgres = EmbeddedPostgres(
                directory / "postgres",
                run=directory,
                log=directory / "postgres.log",
                without=THROW_AWAY,
            )
            stack.callback(postgres.stop)
            postgres.start()
            variables["DATABASE_URL"] = postgres.url
        if not os.environ.get("REDIS_URL"):
            valkey = EmbeddedRedis(run=directory, log=directory / "valkey.log")
            stack.callback(valkey.stop)
            valkey.start()
            variables["REDIS_URL"] = valkey.url
        yield variables


@contextmanager
def throw_away_directory(*, in_memory: bool = False) -> Iterator[Path]:
    """A short private directory that PostgreSQL's user can pass through; removed afterwards."""
    directory = short_directory(database_account(), in_memory=in_memory)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
