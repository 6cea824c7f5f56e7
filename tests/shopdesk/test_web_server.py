"""A web server that cannot start takes nothing from the one that runs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_where_another_one_listens_its_figures_stay(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-m", "gunicorn", "-c", "python:shopdesk.web_server", "shopdesk.wsgi"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"WEB_BIND": address, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, "in use" in done.stderr) == (1, True), done.stderr
    assert [place.name for place in tmp_path.iterdir()] == ["counter_1.db"]
