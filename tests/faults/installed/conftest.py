from __future__ import annotations

from collections.abc import Iterator

import pytest

from shopdesk.launcher.embedded import throw_away_directory
from tests.faults.installed.proxy import Proxy
from tests.faults.installed.running import Desk
from tests.faults.installed.upstream import Upstream


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Servers, and a migrated database, for all tests of a module."""
    with throw_away_directory(in_memory=True) as directory:
        made = Desk(directory)
        try:
            made.open()
            yield made
        finally:
            made.close()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Proxy, Upstream, Upstream]]:
    """The proxy, in front of two servers that tell: of pages and of sockets."""
    web, sockets = Upstream(), Upstream()
    web.open()
    sockets.open()
    with throw_away_directory() as directory:
        proxy = Proxy(directory, web=web.port, sockets=sockets.port)
        proxy.start()
        yield proxy, web, sockets
        assert proxy.stop() == 0
    web.close()
    sockets.close()
