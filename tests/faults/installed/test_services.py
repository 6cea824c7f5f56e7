"""Each service's own command, on real servers: well by its own check, and it ends when asked."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psycopg
import pytest

from tests.faults.installed.running import PUBLIC_HOST, SECRET, Desk
from tests.installation.compose import ROOT, desk_services
from tests.waiting import wait_until

ERRANDS = {"migrate", "backup"}
STAYING = sorted(desk_services().keys() - ERRANDS)
# uvicorn ends by the signal it was sent, after it has tidied up.
CLEAN = {"sockets": -signal.SIGTERM}
# Far below what Compose would wait before it kills.
SWIFT_SECONDS = 15


@pytest.fixture
def code_untouched() -> Iterator[None]:
    """Containers cannot write beside the code: nothing there may be new afterwards."""
    before = files_beside_the_code()
    yield
    assert files_beside_the_code() - before == set()


def files_beside_the_code() -> set[tuple[str, int]]:
    found = set()
    for folder, folders, names in os.walk(ROOT):
        # Other tests and tools of this checkout keep their things there.
        folders[:] = [one for one in folders if not one.startswith((".", "var", "__pycache__"))]
        for name in names:
            if not name.endswith(".pyc"):
                found.add((f"{folder}/{name}", Path(folder, name).stat().st_mtime_ns))
    return found


@pytest.mark.parametrize("name", STAYING)
def test_it_gets_well_and_ends_when_asked(desk: Desk, code_untouched: None, name: str) -> None:
    assert not desk.passes_its_check(name)
    desk.start(name)
    desk.wait_until_well(name)
    took, status = desk.stop(name)
    assert (status, took < SWIFT_SECONDS) == (CLEAN.get(name, 0), True), desk.log_of(name)
    assert "Traceback" not in desk.log_of(name)


def ask(port: int, path: str, **headers: str) -> HTTPResponse:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": PUBLIC_HOST, **headers})
    answer = connection.getresponse()
    answer.body = answer.read()  # type: ignore[attr-defined]  # the connection ends here
    connection.close()
    return answer


@pytest.fixture(scope="module")
def web(desk: Desk) -> Iterator[Desk]:
    desk.start("web")
    desk.wait_until_well("web")
    yield desk
    if "web" in desk.running:
        desk.stop("web")


def test_pages_are_served_with_hashed_and_compressed_files(web: Desk) -> None:
    page = ask(web.ports["8000"], "/account/login/", **{"X-Forwarded-Proto": "https"})
    assert page.status == 200
    sheet = page.body.decode().partition('href="/static/storefront.')[2].partition('"')[0]  # type: ignore[attr-defined]
    file = ask(web.ports["8000"], f"/static/storefront.{sheet}", **{"Accept-Encoding": "br"})
    shown = {key: file.headers[key] for key in ("Content-Encoding", "Cache-Control")}
    assert (file.status, shown) == (
        200,
        {"Content-Encoding": "br", "Cache-Control": "max-age=315360000, public, immutable"},
    )


def test_logs_are_json_without_a_links_token(web: Desk) -> None:
    token = "17.AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefghi"
    ask(web.ports["8000"], f"/account/reset/{token}/")
    # A request that gunicorn itself refuses.
    ask(web.ports["8000"], f"/account/reset/{token}/?{'x' * 9000}")
    lines = web.log_of("web").splitlines()
    assert [line for line in lines if "AbCdEf" in line] == []
    assert {json.loads(line)["level"] for line in lines} <= {"info", "warning"}


def test_whichever_page_worker_is_asked_tells_for_all(web: Desk) -> None:
    key = {"Authorization": f"Bearer metrics_token-{SECRET}"}
    counted = re.compile(rb'shopdesk_requests_total\{status="2xx",view="healthz"\} (\S+)')
    before = float(counted.search(ask(web.ports["8000"], "/metrics", **key).body)[1])  # type: ignore[index, attr-defined]  # the health check asked it
    for _ in range(20):
        ask(web.ports["8000"], "/healthz/")
    # Twelve questions reach more than one of four workers. What asked for its health before may be
    # answered only now: whoever tells for itself alone tells of fewer all the same.
    for _ in range(12):
        after = float(counted.search(ask(web.ports["8000"], "/metrics", **key).body)[1])  # type: ignore[index, attr-defined]  # as above
        assert after - before >= 20


def test_a_killed_page_worker_is_replaced(web: Desk) -> None:
    master = web.running["web"].pid
    victim = children_of(master)[0]
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(set(children_of(master)) - {victim}) == 4, what="a new worker")
    assert web.is_well("web")


def test_replaced_page_workers_leave_no_files_behind(web: Desk) -> None:
    master = web.running["web"].pid
    for _round in range(3):
        gone = set(children_of(master))
        wait_until(lambda gone=gone: are_replaced(master, gone), what="new workers")
        wait_until(lambda: web.is_well("web"), what="the pages")
    folder = Path(web.environment("web")["PROMETHEUS_MULTIPROC_DIR"])
    found = sorted(path.name for path in folder.iterdir())
    kinds = [f"{kind}_{slot}.db" for kind in ("counter", "histogram") for slot in range(1, 5)]
    assert set(found) - {f"slot-{slot}" for slot in range(1, 5)} <= set(kinds)
    assert len(found) <= 12
    test_whichever_page_worker_is_asked_tells_for_all(web)


def are_replaced(master: int, gone: set[int]) -> bool:
    """Asked to go, and again: a worker is deaf until it has its application."""
    for worker in gone & set(children_of(master)):
        os.kill(worker, signal.SIGTERM)
    return len(set(children_of(master)) - gone) == 4


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize(("name", "port", "most"), [("web", "8000", 4), ("sockets", "8001", 16)])
def test_it_does_not_connect_for_each_request(desk: Desk, name: str, port: str, most: int) -> None:
    if name in desk.running:
        desk.stop(name)
    before = sessions(desk)
    desk.start(name)
    desk.wait_until_well(name)
    answers = [ask(desk.ports[port], "/readyz/").status for _ in range(40)]
    desk.stop(name)
    assert answers == [200] * 40
    # One more is ours, which counts.
    assert wait_until(lambda: sessions(desk) - before) <= most + 2


def sessions(desk: Desk) -> int:
    """How often anybody has connected to the desk's database."""
    with psycopg.connect(desk.postgres.url, dbname="postgres") as own:
        counted = own.execute("SELECT sessions FROM pg_stat_database WHERE datname = 'shopdesk'")
        return int((counted.fetchone() or [0])[0])


@pytest.mark.parametrize("missing", ["SECRET_KEY_FILE", "LINK_KEY_FILE", "PUBLIC_URL"])
def test_it_does_not_start_without_what_it_needs_and_says_so(desk: Desk, missing: str) -> None:
    own = {"WEB_BIND": "127.0.0.1:0", "PROMETHEUS_MULTIPROC_DIR": ""}
    variables = desk.environment("web") | own
    del variables[missing]
    done = subprocess.run(
        ["gunicorn", *desk.command("web")[1:]],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert missing.removesuffix("_FILE") in done.stderr + done.stdout
