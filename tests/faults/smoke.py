"""Benchmarks that fill databases run on a handful of rows, each file of tests with its own one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    return os.environ.get("DATABASE_URL", "postgresql:///postgres")


def run(name: str, *arguments: str, database: str) -> list[dict[str, Any]]:
    """The benchmark in a process of its own; what it has written."""
    output = ROOT / "var" / f"{database}.json"
    output.parent.mkdir(exist_ok=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
    command += [f"--database={database}", f"--json={output}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: list[dict[str, Any]] = json.loads(output.read_text())
    return found


def goals(found: list[dict[str, Any]]) -> set[str]:
    return {one["name"].partition(" (")[0] for one in found if one["goal"] is not None}
