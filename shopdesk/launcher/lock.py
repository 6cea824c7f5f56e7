import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shopdesk.launcher.refusal import Refused


@contextmanager
def only_launcher(var_dir: Path) -> Iterator[None]:
    """Hold the var directory for this process. The kernel lets go of it however we end."""
    with (var_dir / "launcher.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise Refused(
                f"ShopDesk is already running on {var_dir} (process {holder}). "
                "Stop that one first, or choose another VAR_DIR and PORT."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
