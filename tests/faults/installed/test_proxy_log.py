"""What the proxy writes down of a request that went wrong: nothing that opens an account."""

from __future__ import annotations

import json

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installed.proxy import Proxy
from tests.faults.installed.upstream import Upstream
from tests.faults.launching import free_port

SECRETS = {"link": "1.canary-in-the-address", "cookie": "canary-in-the-cookie"}


def test_a_link_that_is_followed_during_an_outage_is_not_written_down() -> None:
    """No page server is there; the one for sockets is."""
    sockets = Upstream()
    sockets.open()
    with throw_away_directory() as directory:
        proxy = Proxy(directory, web=free_port(), sockets=sockets.port)
        proxy.start(page="/ws/")
        said = {"Cookie": f"shop={SECRETS['cookie']}", "Referer": f"https://x/{SECRETS['link']}/"}
        answer = proxy.ask("GET", f"/account/reset/{SECRETS['link']}/", **said)
        assert answer.status == 502
        assert proxy.stop() == 0
        lines = proxy.data.with_suffix(".log").read_text().splitlines()
    sockets.close()
    errors = [line for line in lines if '"level":"error"' in line and '"status":502' in line]
    assert [json.loads(line)["request"]["method"] for line in errors] == ["GET"]
    assert [line for line in lines for secret in SECRETS.values() if secret in line] == []
