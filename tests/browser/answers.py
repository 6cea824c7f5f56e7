"""Pages answered inside the browser, without a desk that runs."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from playwright.sync_api import Route

ADDRESS = "http://desk.localhost"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


def fulfill_static(route: Route, path: str) -> None:
    file = Path(str(finders.find(path.removeprefix("/static/"))))
    route.fulfill(path=file, content_type=KINDS[file.suffix])
