"""Processes that were started earlier, recognised beyond doubt before they are touched."""

import contextlib
import json
import os
import signal
import time
from pathlib import Path


def started_at(pid: int) -> str | None:
    """The kernel's start time of a process; with the pid it names one process for good."""
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return None


def remembered(note: Path) -> dict[str, str]:
    """What a JSON note says of a process that still runs; empty when it does not."""
    try:
        kept: dict[str, str] = json.loads(note.read_text())
        alive = started_at(int(kept["pid"]))
    except (OSError, ValueError, KeyError):
        return {}
    return kept if alive is not None and alive == kept.get("started_at") else {}


def is_alive(pid: int, name: str) -> bool:
    """Whether a process of this program name runs; one that ended and waits for its parent not."""
    try:
        before, _, after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    except OSError:
        return False
    return before.partition("(")[2] == name and after.split()[0] not in {"Z", "X"}


def end(pid: int, seconds: float = 20) -> None:
    """Ask a process to end, wait, and end it by force when it does not."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            os.kill(pid, 0)
            if _is_zombie(pid):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)


def _is_zombie(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
