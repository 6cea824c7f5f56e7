"""What a machine is told that lacks what the installation needs. Each runs the script itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "no-such-package==1.0 --hash=sha256:" + "0" * 64 + "\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of nothing but the installer, below a name that a shell could trip over."""
    made = tmp_path / "Möhren & Käse"
    (made / "shopdesk" / "launcher").mkdir(parents=True)
    for name in ("install.sh", "install.py"):
        shutil.copy(ROOT / "shopdesk" / "launcher" / name, made / "shopdesk" / "launcher")
    (made / "requirements.txt").write_text(PACKAGE)
    return made


def install(checkout: Path, python: str, **variables: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh") or "/bin/sh"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [shell, checkout / "shopdesk" / "launcher" / "install.sh", python],
        env=kept | {"PIP_CONFIG_FILE": os.devnull} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def old_python(folder: Path) -> Path:
    """Stands for a Python 3.6, which would not even read the installer."""
    made = folder / "python3"
    made.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.6.15 || exit 1\n')
    made.chmod(0o755)
    return made


def test_a_python_that_is_too_old_is_named(checkout: Path, tmp_path: Path) -> None:
    python = old_python(tmp_path)
    done = install(checkout, str(python), PATH="/nowhere")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"ShopDesk needs Python 3.11 or newer; {python} is Python 3.6.15.\n"
        "Install one, or say where it is: make demo PYTHON=/path/to/python3.11\n"
    )


def test_a_machine_without_python_is_told_so(checkout: Path) -> None:
    done = install(checkout, "python3", PATH="/nowhere")
    assert done.returncode == 1
    assert done.stderr.startswith("ShopDesk needs Python 3.11 or newer; there is no python3 here.")


def test_an_index_that_does_not_answer_is_named(checkout: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}
    done = install(checkout, sys.executable, **nowhere)
    assert done.returncode == 1
    assert "The package index does not answer; trying again …" in done.stdout
    assert "The package index did not answer. ShopDesk needs it for its first" in done.stderr
    assert not (checkout / ".venv" / "installed.json").exists()
