"""`make check`: everything that can be said about the code without running its tests.

All checks run, also after one has failed; each says how long it took.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shopdesk import translations

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
LOCKS = ("requirements", "requirements-dev")
# A lock file serves people everywhere, so it names no place to fetch from.
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links")


def checks() -> dict[str, Callable[[], int]]:
    python = sys.executable
    return {
        "format": lambda: run(python, "-m", "ruff", "format", "--check", "-q", "."),
        "lint": lambda: run(python, "-m", "ruff", "check", "-q", "."),
        "types": lambda: run(python, "-m", "mypy", "--no-error-summary", **local()),
        "layers": lambda: run(BIN / "lint-imports", "--no-logo"),
        "templates' style": lambda: run(python, "-m", "djlint", "--lint", "--quiet", "templates"),
        "templates compile": lambda: manage("compile_templates", **local()),
        "migrations": lambda: manage("makemigrations", "--check", "--dry-run", **local()),
        "settings": lambda: manage("check", "--deploy", "--fail-level", "WARNING", **production()),
        "translations": lambda: translations.main(["check"]),
        "lock files": stale_locks,
    }


def main(arguments: list[str]) -> int:
    if arguments == ["lock"]:
        return max(compile_lock(name, ROOT / f"{name}.txt") for name in LOCKS)
    with ThreadPoolExecutor(1) as beside:
        asked = checks()
        # It waits for the package index, and the others for the processor.
        locks = beside.submit(asked.pop("lock files"))
        asked["lock files"] = locks.result
        failed = [name for name, check in asked.items() if not passes(name, check)]
    print(f"\nNot in order: {', '.join(failed)}" if failed else "\nAll in order.")
    return 1 if failed else 0


def passes(name: str, check: Callable[[], int]) -> bool:
    print(f"── {name}", flush=True)
    started = time.monotonic()
    status = check()
    word = "in order" if status == 0 else "NOT IN ORDER"
    print(f"   {word} ({time.monotonic() - started:.1f} s)", flush=True)
    return status == 0


def run(*command: str | Path, **variables: str) -> int:
    return subprocess.run(command, cwd=ROOT, env=os.environ | variables, check=False).returncode


def manage(*arguments: str, **variables: str) -> int:
    # Where no database answers, makemigrations warns and goes on: it only compares files.
    return run(sys.executable, "-W", "ignore", ROOT / "manage.py", *arguments, **variables)


def local() -> dict[str, str]:
    return {"DEMO": "1", "DEBUG": "0", "TESTING": "0"}


def production() -> dict[str, str]:
    return {
        "DEMO": "0",
        "DEBUG": "0",
        "TESTING": "0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "LINK_KEY": secrets.token_urlsafe(48),
        "PUBLIC_URL": "https://desk.example.com",
        "DATABASE_URL": "postgresql://shopdesk@db.example.com/shopdesk",
        "REDIS_URL": "redis://redis.example.com:6379/0",
    }


def stale_locks() -> int:
    """1 when compiling the .in files again gives something else than the lock files hold."""
    return max(stale_lock(name) for name in LOCKS)


def stale_lock(name: str) -> int:
    lock = ROOT / f"{name}.txt"
    kept = lock.read_text()
    if found := ADDRESS.search(kept):
        print(f"{lock.name} names a place to fetch from: {found[0]}")
        return 1
    with tempfile.TemporaryDirectory(prefix="shopdesk-lock-") as directory:
        copy = Path(directory) / lock.name
        # From the present pins: only what the .in file asks for differently changes.
        copy.write_text(kept)
        if compile_lock(name, copy):
            print(f"{lock.name} could not be compared: the package index does not answer.")
            return 0
        if copy.read_text() != kept:
            print(f"{lock.name} is not what {name}.in asks for. Renew it: make lock")
            return 1
    return 0


def compile_lock(name: str, target: Path) -> int:
    options = ["-q", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
    return run(sys.executable, "-m", "uv", "pip", "compile", *options, f"{name}.in", "-o", target)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
