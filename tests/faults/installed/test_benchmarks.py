"""The benchmarks of this folder's subjects run; what they find is for people to read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation.compose import ROOT


@pytest.mark.parametrize(
    ("name", "options", "lines"),
    [
        ("backup", ["--rows=200", "--rounds=1"], 3),
        ("migrations", ["--rows=200"], 1),
        ("telling", ["--rows=200", "--rounds=1"], 2),
    ],
)
def test_it_runs_on_a_handful_of_rows(
    name: str, options: list[str], lines: int, tmp_path: Path
) -> None:
    found = tmp_path / "found.json"
    command = [sys.executable, "-m", f"benchmarks.{name}", *options, f"--json={found}"]
    database = f"--database=shopdesk_smoke_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
    done = subprocess.run(
        [*command, database], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(found.read_text())
    assert len(told) >= lines
    assert {line["met"] for line in told} <= {True, False, None}
