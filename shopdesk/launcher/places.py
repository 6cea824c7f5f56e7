"""Where things lie: the var directory, and stand-ins outside it where sockets or PostgreSQL's user cannot follow."""

import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from shopdesk.launcher.processes import Account
from shopdesk.launcher.refusal import Refused

# A unix socket's path holds about 107 bytes on Linux and 103 on macOS; the longest name we put behind this is 24.
SOCKET_DIRECTORY_BYTES = 75
# libpq reads a comma in a host as a list; other characters would need quoting in each of five configuration languages.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")


def database_account() -> Account | None:
    """PostgreSQL refuses to run as root: then it runs as nobody. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refused(
            "PostgreSQL does not run as root and this system has no user called nobody. "
            "Start ShopDesk as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def can_enter(account: Account | None, directory: Path) -> bool:
    """Whether that user reaches the directory through all its parents, access lists and mounts included."""
    if account is None:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", directory],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return probe.returncode == 0


def private_directory(path: Path, *, account: Account | None = None) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def make_var_dir(path: Path) -> Path:
    """Create it if need be. Other users may pass through (PostgreSQL's has to) and list nothing."""
    try:
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise Refused(
            f"The directory {path} cannot be written: {reason}. Choose another VAR_DIR."
        ) from None
    return path


def runtime_directory(var_dir: Path, account: Account | None) -> Path:
    """The directory for the sockets: VAR_DIR/run, or where that path is too long or closed to `account`,
    a short private one under the system's temporary directory that VAR_DIR/run then points to."""
    run = var_dir / "run"
    if run.is_symlink():
        target = run.resolve()
        if is_ours(target) and can_enter(account, target):
            return target
        run.unlink()
    direct = var_dir.resolve() / "run"
    direct.mkdir(exist_ok=True)
    direct.chmod(0o711 if account else 0o700)
    if fits_socket(direct) and can_enter(account, direct):
        return direct
    shutil.rmtree(direct)
    target = short_directory(account)
    run.symlink_to(target, target_is_directory=True)
    return target


def short_directory(account: Account | None) -> Path:
    """A fresh directory with a short and plain path, private but for `account` passing through."""
    for parent in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes a private one inside
        try:
            made = Path(tempfile.mkdtemp(prefix="shopdesk-", dir=parent)).resolve()
        except OSError:
            continue
        made.chmod(0o711 if account else 0o700)
        if fits_socket(made) and can_enter(account, made):
            return made
        made.rmdir()
    raise Refused("No temporary directory with a short path can be written. Point TMPDIR to one.")


def fits_socket(directory: Path) -> bool:
    path = str(directory)
    return len(os.fsencode(path)) <= SOCKET_DIRECTORY_BYTES and bool(PLAIN_PATH.fullmatch(path))


def is_ours(directory: Path) -> bool:
    """A real directory of ours that nobody else can write to or list; names in /tmp are anybody's to take."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o066
    )


def open_place() -> Path:
    """Root's own place that every user can pass through, for what nobody has to reach outside VAR_DIR."""
    for place in (Path("/var/lib/shopdesk"), Path(tempfile.gettempdir()) / "shopdesk-root"):
        try:
            place.mkdir(mode=0o711, exist_ok=True)
        except OSError:
            continue
        if is_ours(place):
            return place
    raise Refused(
        "PostgreSQL has to run as another user than root, and that user cannot reach this directory. "
        "Move ShopDesk or VAR_DIR out of root's home, start it as an ordinary user, or set DATABASE_URL."
    )


def database_directory(var_dir: Path, account: Account | None) -> Path:
    """VAR_DIR/postgres. Where `account` cannot get there, a link to a directory that it can reach."""
    place = var_dir / "postgres"
    if place.is_symlink() and not place.exists():
        place.unlink()
    if place.is_symlink() or can_enter(account, var_dir):
        return place.resolve()
    if place.exists():
        raise Refused(
            f"PostgreSQL's user cannot reach {place}: a directory above it is closed to it. "
            "Move VAR_DIR elsewhere, start ShopDesk as an ordinary user, or set DATABASE_URL."
        )
    kept = Path(tempfile.mkdtemp(prefix="database-", dir=open_place()))
    kept.chmod(0o711)
    place.symlink_to(kept / "postgres", target_is_directory=True)
    return kept / "postgres"
