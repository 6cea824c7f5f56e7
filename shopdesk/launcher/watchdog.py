"""Ends what a killed launcher leaves behind.

The launcher holds the only writing end of our standard input, so its end, however sudden, is our
end of file. Each line it writes is `+pid signal` (end this process group with that signal) or
`-pid` (it is gone already).
Runs as a script, without the project, to be small.
"""

import os
import signal
import sys
import time

PATIENCE_SECONDS = 5.0


def main() -> None:
    groups: dict[int, int] = {}
    for line in sys.stdin:
        pid, _, number = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(pid)] = int(number)
        else:
            groups.pop(int(pid), None)
    end(groups)


def end(groups: dict[int, int]) -> None:
    """Send each group its signal, and SIGKILL to what is left after a while."""
    alive = {group for group, number in groups.items() if send(group, number)}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = {group for group in alive if send(group, 0)}
    for group in alive:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
