"""Make `.venv` and fill it from a hash-locked requirements file.

Runs on a bare Python, as a script, so that nothing else of the project is imported.
Interrupted half-way, the next run starts over; of two runs at once, one waits for the other.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
UNFINISHED = VENV / "unfinished"
# What the packages of both files take, and some more.
ROOM_BYTES = 500_000_000
NO_INDEX = (
    "The package index did not answer. ShopDesk needs it for its first start only: look whether "
    "this machine reaches the network, or name an index that it reaches with PIP_INDEX_URL."
)
# What pip says while it cannot reach an index, and when none has a package.
RETRYING = "Retrying (Retry("
NOTHING_FOUND = "(from versions: none)"
# The development file holds every pin of the plain one, so installing it serves both.
INCLUDES = {
    "requirements.txt": ["requirements.txt"],
    "requirements-dev.txt": ["requirements.txt", "requirements-dev.txt"],
}


def main() -> int:
    wanted = "requirements-dev.txt" if "--dev" in sys.argv[1:] else "requirements.txt"
    with only_one():
        if is_installed(wanted):
            return 0
        if complaint := obstacle():
            print(complaint, file=sys.stderr)
            return 1
        if not is_usable():
            make_venv()
        return install(wanted)


def obstacle() -> str:
    """The sentence that says what this machine lacks, or nothing."""
    free = shutil.disk_usage(ROOT).free
    if free < ROOM_BYTES:
        return f"ShopDesk needs {in_mb(ROOM_BYTES)} on {ROOT}; only {in_mb(free)} are free."
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        return "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv"
    return ""


def in_mb(size: int) -> str:
    return f"{size // 1_000_000} MB"


@contextmanager
def only_one() -> Iterator[None]:
    """Hold the installation lock; says so when it has to wait for somebody else's."""
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another installation into .venv is running; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_installed(wanted: str) -> bool:
    return PYTHON.exists() and runs() and stamped().get(wanted) == fingerprint(wanted)


def stamped() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


def fingerprint(name: str) -> str:
    return hashlib.sha256((ROOT / name).read_bytes()).hexdigest()


def is_usable() -> bool:
    return not UNFINISHED.exists() and PYTHON.exists() and runs()


def runs() -> bool:
    """Whether .venv's Python starts; in a copied folder or after an upgrade it may not."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True, check=False).returncode
            == 0
        )
    except OSError:
        return False


def make_venv() -> None:
    print(f"Making .venv with Python {sys.version.split()[0]} …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)


def install(wanted: str) -> int:
    UNFINISHED.touch()
    STAMP.unlink(missing_ok=True)
    options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    options += ["--no-deps", "--require-hashes", "-r", str(ROOT / wanted)]
    status = run_pip("install", *options, total=(ROOT / wanted).read_text().count("=="))
    if status == 0:
        STAMP.write_text(json.dumps({name: fingerprint(name) for name in INCLUDES[wanted]}))
    # What pip gave up by itself it has also tidied up; only when killed it leaves halves.
    if status >= 0:
        UNFINISHED.unlink()
    return status


def run_pip(*arguments: str, total: int) -> int:
    """Run pip and show how far it is; its last words are shown only when it fails."""
    # What is set for other projects must not leak into this environment.
    environment = {
        key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTHONHOME"}
    }
    environment |= {"PIP_USER": "0", "PYTHONUNBUFFERED": "1", "PIP_REQUIRE_VIRTUALENV": "0"}
    last_words: deque[str] = deque(maxlen=25)
    show(f"Installing about {total} packages (a minute on the first run) …")
    with subprocess.Popen(
        [PYTHON, "-m", "pip", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        for line in pip.stdout or ():
            last_words.append(line)
            show_progress(line, total)
    if pip.returncode:
        print("\n" + "".join(last_words) + why_it_failed(last_words), file=sys.stderr)
    else:
        show("Installed.\n")
    return pip.returncode


def why_it_failed(last_words: Iterable[str]) -> str:
    unreachable = any(RETRYING in line or NOTHING_FOUND in line for line in last_words)
    return NO_INDEX if unreachable else "The installation failed; the lines above say why."


collected = 0


def show_progress(line: str, total: int) -> None:
    global collected  # noqa: PLW0603 - one counter of a script that runs once
    if line.startswith("Collecting "):
        collected += 1
        if sys.stdout.isatty() or collected % 20 == 0:
            name = line.split()[1].split("==", maxsplit=1)[0]
            show(f"Fetching {min(collected, total)} of about {total}: {name}")
    elif RETRYING in line:
        show("The package index does not answer; trying again …")
    elif line.startswith("Installing collected packages"):
        show("Unpacking …")


def show(text: str) -> None:
    """One line that renews itself on a terminal, and one line each time elsewhere."""
    ending = "" if sys.stdout.isatty() else "\n"
    start = "\r\x1b[K" if sys.stdout.isatty() else ""
    print(
        start + text.rstrip("\n") + (("\n") if text.endswith("\n") and not ending else ending),
        end="",
        flush=True,
    )


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
