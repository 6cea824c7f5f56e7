"""What the person at the terminal sees."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str) -> None:
    print(text, flush=True)


def complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Name what is being done while it is being done, and how long it took."""
    print(f"  {text} …", end="" if sys.stdout.isatty() else "\n", flush=True)
    started = time.monotonic()
    yield
    if sys.stdout.isatty():
        print(f"\r\x1b[K  {text}: {time.monotonic() - started:.1f} s", flush=True)


def welcome(address: str, *, var_dir: Path, demo: bool) -> str:
    lines = [
        "",
        "ShopDesk is ready.",
        f"  Desk for staff:     {address}/admin/",
        f"  Customers' account: {address}/account/",
    ]
    if demo:
        lines.append(f"  Mails it sends:     {address}/demo/mail/")
        lines += sign_ins(var_dir / "demo-sign-ins.json")
    return "\n".join([*lines, f"  Logs: {var_dir}/log   Stop: Ctrl-C", ""])


def sign_ins(place: Path) -> list[str]:
    try:
        people = json.loads(place.read_text())
    except (OSError, ValueError):
        return []
    rows = [
        (str(person["role"]), str(person["email"]), str(person["password"])) for person in people
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
    table = ["    " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return ["", f"  Sign-ins (made for this installation, also in {place}):", *table, ""]
