"""Where things lie: in the var directory, or outside it where PostgreSQL's user cannot follow."""

import os
import pwd
import re
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

from shopdesk.launcher.processes import Account, identity
from shopdesk.launcher.refusal import Refused

MEMORY = "/dev/shm"  # noqa: S108 -- Linux alone has it
# What the databases of a test run need, several times over.
ROOM_BYTES = 4 * 2**30
# A unix socket's path holds 107 bytes on Linux and 103 on macOS; we put up to 24 behind this.
SOCKET_DIRECTORY_BYTES = 75
# libpq reads a comma in a host as a list; other characters would each need their quoting.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._+-]+")


def database_account(data: Path | None = None) -> Account | None:
    """PostgreSQL refuses to run as root: then it runs as the owner of `data`, else as nobody.

    None means as ourselves.
    """
    if os.geteuid() != 0:
        return None
    if data and data.exists() and data.stat().st_uid:
        return Account(uid=data.stat().st_uid, gid=data.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Refused(
            "PostgreSQL does not run as root and this system has no user called nobody. "
            "Start ShopDesk as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(uid=nobody.pw_uid, gid=nobody.pw_gid)


def can_enter(account: Account | None, directory: Path) -> bool:
    """Whether that user reaches it through all its parents, access lists included."""
    if account is None:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd -- "$1"', "sh", directory],
        cwd="/",
        capture_output=True,
        check=False,
        **identity(account),
    )
    return probe.returncode == 0


def private_directory(path: Path, *, account: Account | None = None) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path


def make_var_dir(path: Path) -> Path:
    """Create it if need be, private. As root others may pass through: PostgreSQL's user has to."""
    try:
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o711 if os.geteuid() == 0 else 0o700)
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
    """The directory for the sockets: VAR_DIR/run.

    Where that path is too long or closed to `account`: a short private one under the system's
    temporary directory, which VAR_DIR/run then points to.
    """
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


def short_directory(account: Account | None, *, in_memory: bool = False) -> Path:
    """A fresh directory with a short and plain path, private but for `account` passing through.

    `in_memory`: where the machine has a file system in memory with room, there.
    """
    preferred = [MEMORY] if in_memory and has_room(MEMORY) else []
    for parent in (*preferred, tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes a private one inside
        try:
            made = Path(tempfile.mkdtemp(prefix="shopdesk-", dir=parent)).resolve()
        except OSError:
            continue
        made.chmod(0o711 if account else 0o700)
        if fits_socket(made) and can_enter(account, made):
            return made
        made.rmdir()
    raise Refused("No temporary directory with a short path can be written. Point TMPDIR to one.")


def has_room(directory: str) -> bool:
    try:
        return shutil.disk_usage(directory).free >= ROOM_BYTES
    except OSError:
        return False


def fits_socket(directory: Path) -> bool:
    path = str(directory)
    return len(os.fsencode(path)) <= SOCKET_DIRECTORY_BYTES and bool(PLAIN_PATH.fullmatch(path))


def is_ours(directory: Path) -> bool:
    """Our own directory, closed to others; a name in /tmp is anybody's to take."""
    try:
        found = directory.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o066
    )


def open_place() -> Path:
    """Root's place for what PostgreSQL's user has to reach: others pass through."""
    for place in (Path("/var/lib/shopdesk"), Path(tempfile.gettempdir()) / "shopdesk-root"):
        try:
            place.mkdir(exist_ok=True)
            if place.stat().st_uid == 0 and not place.is_symlink():
                place.chmod(0o711)
        except OSError:
            continue
        if is_ours(place):
            return place
    raise Refused(
        "PostgreSQL does not run as root, and another user cannot reach this directory. Move "
        "ShopDesk out of root's home, start it as an ordinary user, or set DATABASE_URL."
    )


def database_directory(var_dir: Path, account: Account | None) -> Path:
    """VAR_DIR/postgres; a link to a directory elsewhere if `account` cannot get there."""
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
    forget_temporary(open_place())
    kept = Path(tempfile.mkdtemp(prefix="database-", dir=open_place()))
    kept.chmod(0o711)
    (kept / "var").symlink_to(var_dir.resolve())
    place.symlink_to(kept / "postgres", target_is_directory=True)
    return kept / "postgres"


def forget_temporary(place: Path) -> None:
    """Remove databases of deleted var directories below the system's temporary directory.

    Only there: elsewhere a directory may be missing because its disk is not mounted.
    """
    temporary = Path(tempfile.gettempdir()).resolve()
    for kept in place.glob("database-*"):
        var_dir = kept / "var"
        is_gone = var_dir.is_symlink() and not var_dir.exists()
        if is_gone and temporary in var_dir.readlink().parents:
            shutil.rmtree(kept, ignore_errors=True)
