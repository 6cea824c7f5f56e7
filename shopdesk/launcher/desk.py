"""`manage.py up`: the whole desk as one foreground command."""

import argparse
import errno
import hashlib
import http.client
import json
import os
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shopdesk.launcher.keys import installation_keys
from shopdesk.launcher.lock import only_launcher
from shopdesk.launcher.places import (
    database_account,
    database_directory,
    make_var_dir,
    private_directory,
    runtime_directory,
)
from shopdesk.launcher.processes import Child, end_with_parent
from shopdesk.launcher.programs import programs
from shopdesk.launcher.refusal import Refused
from shopdesk.launcher.servers import EmbeddedPostgres, EmbeddedRedis
from shopdesk.launcher.supervisor import Stopped, Supervisor, stop_on_signals
from shopdesk.launcher.terminal import complain, say, step, welcome
from shopdesk.translations import compile_outdated

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 60.0
# An empty cluster takes 60 MB and the demo's shop as much again; the rest is for the days after.
ROOM_BYTES = 250_000_000


@dataclass(frozen=True)
class Order:
    """What the person at the terminal asked for."""

    var_dir: Path
    port: int
    demo: bool
    reload: bool


def main(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    if options.end_with_parent:
        end_with_parent()
    try:
        # Asked to stop means a clean end, from here to the last line.
        stop_on_signals()
        # Sign-ins, caught mails and logs are nobody else's business.
        os.umask(0o077)
        run(read_order(options))
    except Stopped:
        say("Stopped.")
    except Refused as refusal:
        complain(str(refusal))
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="manage.py up", description="Run the desk: database, queue, web, workers."
    )
    made.add_argument(
        "--demo", action="store_true", help="a demo shop, filled on the first run; mails are caught"
    )
    made.add_argument(
        "--reload",
        action="store_true",
        help="start anew when the code changes; shows errors in full",
    )
    made.add_argument(
        "--port",
        default=os.environ.get("PORT") or "8000",
        help="port on 127.0.0.1 (PORT, else 8000)",
    )
    made.add_argument(
        "--var-dir",
        default=os.environ.get("VAR_DIR") or "var",
        help="data and logs (VAR_DIR, else var)",
    )
    made.add_argument("--end-with-parent", action="store_true", help=argparse.SUPPRESS)
    return made


def read_order(options: argparse.Namespace) -> Order:
    if not options.port.isdigit() or not 0 < int(options.port) < 65_536:
        raise Refused(f"PORT must be a number from 1 to 65535, not {options.port!r}.")
    var_dir = ROOT / Path(options.var_dir).expanduser()
    return Order(var_dir=var_dir, port=int(options.port), demo=options.demo, reload=options.reload)


def run(order: Order) -> None:
    """Start everything, then watch it until somebody stops it. Raises Stopped or Refused."""
    make_var_dir(order.var_dir)
    private_directory(order.var_dir / "log")
    with only_launcher(order.var_dir):
        check_port(order.port)
        supervisor = Supervisor()
        try:
            start(order, supervisor)
            supervisor.watch()
        finally:
            supervisor.stop()


def start(order: Order, supervisor: Supervisor) -> None:
    say(f"Starting ShopDesk on {order.var_dir}")
    env = environment(order)
    is_new = start_servers(order, supervisor, env)
    if compile_outdated(ROOT):
        say("  Compiled the translations")
    prepare(order, env, is_new=is_new)
    with step("Starting web and workers"):
        web, *others = programs(
            env, log_dir=order.var_dir / "log", port=order.port, reload=order.reload
        )
        supervisor.start_program(web)
        for program in others:
            supervisor.start_program(program)
        supervisor.wait_for(lambda: answers(order.port), program=web, seconds=READY_SECONDS)
    say(welcome(env["PUBLIC_URL"], var_dir=order.var_dir, demo=order.demo))


def environment(order: Order) -> dict[str, str]:
    """What the children see. What the person has set wins over what we would choose."""
    address = f"http://127.0.0.1:{order.port}"
    chosen = {**installation_keys(order.var_dir), "PUBLIC_URL": address, "PYTHONUNBUFFERED": "1"}
    fixed = {
        "VAR_DIR": str(order.var_dir),
        "PORT": str(order.port),
        "DJANGO_SETTINGS_MODULE": "shopdesk.settings",
    }
    fixed |= {"DEMO": "1"} if order.demo else {}
    fixed |= {"DEBUG": "1"} if order.reload else {}
    return chosen | dict(os.environ) | fixed


def start_servers(order: Order, supervisor: Supervisor, env: dict[str, str]) -> bool:
    """Start and name what the environment does not name. True for a database just made."""
    is_new = False
    log_dir = order.var_dir / "log"
    account = database_account(order.var_dir / "postgres")
    run = runtime_directory(order.var_dir, account)
    if not env.get("DATABASE_URL"):
        data = database_directory(order.var_dir, account)
        postgres = EmbeddedPostgres(data, run=run, log=log_dir / "postgres.log")
        is_new = postgres.is_new
        if is_new:
            check_room(data.parent)
        with step("Making the database" if is_new else "Starting the database"):
            supervisor.start_server(postgres)
        env["DATABASE_URL"] = postgres.url
    if not env.get("REDIS_URL"):
        valkey = EmbeddedRedis(run=run, log=log_dir / "valkey.log")
        supervisor.start_server(valkey)
        env["REDIS_URL"] = valkey.url
    return is_new


def prepare(order: Order, env: dict[str, str], *, is_new: bool) -> None:
    """Migrate and seed, unless this database has had both from exactly this code."""
    notes = order.var_dir / "prepared.json"
    done = {} if is_new else read_notes(notes)
    database = hashlib.sha256(env["DATABASE_URL"].encode()).hexdigest()
    # A database of one's own may have been changed by others meanwhile, so it is asked each time.
    is_embedded = "DATABASE_URL" not in os.environ
    state = {
        "database": "embedded" if is_embedded else database,
        "code": code_fingerprint(),
        "seeded": False,
    }
    if not is_embedded or (done.get("database"), done.get("code")) != (
        state["database"],
        state["code"],
    ):
        with step("Bringing the database up to date"):
            manage("update_database", env=env)
    state["seeded"] = bool(done.get("seeded")) and done.get("database") == state["database"]
    notes.write_text(json.dumps(state))
    if order.demo and not state["seeded"]:
        say("  Filling the demo shop …")
        manage("seed_demo", env=env)
        notes.write_text(json.dumps(state | {"seeded": True}))


def read_notes(notes: Path) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(notes.read_text())
    except (OSError, ValueError):
        return {}
    return found


def code_fingerprint() -> str:
    """Changes with every migration of ours and with every library."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for migration in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(migration.name.encode() + migration.read_bytes())
    return digest.hexdigest()


def manage(*arguments: str, env: dict[str, str]) -> None:
    """Run a management command to its end; what it prints is seen."""
    child = Child.start(
        [sys.executable, ROOT / "manage.py", *arguments], log=None, env=env, cwd=ROOT
    )
    try:
        status = child.process.wait()
    finally:
        child.kill()
    if status:
        raise Refused(
            f"manage.py {arguments[0]} ended with status {status}; the lines above say why."
        )


def check_room(place: Path) -> None:
    """A full disk would be found out only half-way, and in PostgreSQL's words."""
    free = shutil.disk_usage(place).free
    if free < ROOM_BYTES:
        needed, found = ROOM_BYTES // 1_000_000, free // 1_000_000
        raise Refused(
            f"The database needs {needed} MB in {place}, and {found} MB are free there. "
            "Make room, or choose another VAR_DIR."
        )


def check_port(port: int) -> None:
    with socket.socket() as probe:
        # As the web server does: a connection that is being forgotten does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as problem:
            reason = (
                "is taken by another program"
                if problem.errno == errno.EADDRINUSE
                else "cannot be opened"
            )
            raise Refused(
                f"Port {port} {reason}. Choose another: make demo PORT={another_port(port)}"
            ) from None


def another_port(port: int) -> int:
    """The next one; below 1024 only root may listen."""
    return port % 60_000 + 1 if port >= 1024 else 8000


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz/")
        return connection.getresponse().status < 500
    except OSError:
        return False
    finally:
        connection.close()
