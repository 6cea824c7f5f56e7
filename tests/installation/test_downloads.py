"""Whatever answers with a file is served where a slow reader costs little; and docs/ says so."""

from __future__ import annotations

import ast
import re

from django.conf import settings
from django.urls import reverse

from shopdesk.bodies import LARGE_FILES, LOGO
from tests.installation.compose import ROOT
from tests.installation.test_docs import CODE

DOWNLOADS = ["customer_exports", "import_problems", "import_changes", "bulk_change_results"]
# Where they are answered. A new one is a line in all of these: here, above, and in the proxy.
CALLERS = {
    "customers/bulk/desk_steering.py",
    "customers/desk/exports.py",
    "customers/importing/desk.py",
}


def addresses() -> set[str]:
    """As the proxy writes them, with a star for any number."""
    found = set()
    for name in DOWNLOADS:
        args = [] if name == "customer_exports" else [7]
        found.add(reverse(name, args=args).replace("/7/", "/*/"))
    return found


def calls(name: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name
    }


def test_every_download_is_one_of_these() -> None:
    assert calls("download") == CALLERS
    assert calls("StreamingHttpResponse") | calls("FileResponse") == {"core/downloads.py"}


def test_the_proxy_takes_files_and_nothing_else_to_the_server_that_waits() -> None:
    proxy = (ROOT / "deploy" / "Caddyfile").read_text()
    matcher = proxy.partition("@files {")[2].partition("}")[0]
    told = {word for line in re.findall(r"path (.+)", matcher) for word in line.split()}
    assert told == addresses() | {LARGE_FILES, LOGO}


def test_who_brings_a_proxy_of_their_own_is_told_all_of_them() -> None:
    text = (ROOT / "docs" / "self-hosting.md").read_text()
    assert [one for one in addresses() | {LARGE_FILES, LOGO} if f"`{one}`" not in text] == []


def test_the_limits_are_what_docs_say() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    for sentence in (
        f"One person takes {settings.DOWNLOADS_EACH} files at a time,",
        f"all together {settings.DOWNLOADS_AT_ONCE} (half of `DATABASE_POOL_SIZE`)",
        f"takes nothing for {settings.DOWNLOAD_STALL_SECONDS:.0f} s is given up,",
        f"after {settings.DOWNLOAD_SECONDS:.0f} s everybody",
    ):
        assert sentence in text
