"""How the processes of our own code are started."""

from __future__ import annotations

from shopdesk.launcher.programs import web


def test_nobody_tells_the_web_server_another_address_than_their_own() -> None:
    assert web(8000, reload=False).count("--no-proxy-headers") == 1


def test_the_web_server_keeps_no_log_of_addresses_with_tokens() -> None:
    assert web(8000, reload=False).count("--no-access-log") == 1
