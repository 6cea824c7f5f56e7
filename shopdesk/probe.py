"""Health checks of containers: exit status 0 when well. Starts in a moment, without Django.

python -m shopdesk.probe http://127.0.0.1:8000/healthz/
python -m shopdesk.probe pulse mail
"""

import os
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

ANSWER_SECONDS = 5
# Three pulses missed.
PULSE_SECONDS = 30


def main(arguments: list[str]) -> int:
    match arguments:
        case ["pulse", name]:
            trouble = pulse_trouble(name)
        case [url] if url.startswith("http://"):
            trouble = page_trouble(url)
        case _:
            trouble = f"Ask for a page or a pulse:\n{__doc__}"
    sys.stdout.write(f"{trouble or 'well'}\n")
    return 1 if trouble else 0


def page_trouble(url: str) -> str:
    """What is wrong with a page; nothing when it answers 200 under the public name."""
    host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or urlsplit(url).netloc
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310 -- http:// alone comes here
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 -- as above
            return "" if answer.status == 200 else f"{url} answers {answer.status}"
    except (OSError, urllib.error.URLError) as problem:
        return f"{url} does not answer: {problem}"


def pulse_trouble(name: str) -> str:
    """What is wrong with a worker or the clock; nothing when its pulse was felt just now."""
    place = pulse_file(name)
    if place is None:
        return "PULSE_DIR is not set, so nobody leaves a pulse."
    try:
        age = time.time() - place.stat().st_mtime
    except FileNotFoundError:
        return f"{name} has not started yet."
    return "" if age < PULSE_SECONDS else f"{name} was last felt {age:.0f} s ago."


def pulse_file(name: str) -> Path | None:
    folder = os.environ.get("PULSE_DIR")
    return Path(folder) / f"{name}.pulse" if folder else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
