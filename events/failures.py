"""Where something failed, in words that are safe for a log: messages carry addresses and tokens."""

from __future__ import annotations

import traceback
from pathlib import Path


def where(error: BaseException) -> list[str]:
    """The last steps before the error: "accounts/handlers.py:42 send_link"."""
    steps = traceback.extract_tb(error.__traceback__)[-4:]
    return [
        f"{'/'.join(Path(step.filename).parts[-2:])}:{step.lineno} {step.name}" for step in steps
    ]
