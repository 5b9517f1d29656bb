"""One door at a time: a second one waits until the first has finished its preparations."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from doors.progress import say


@contextmanager
def alone(path: Path, what: str = "another GeoGrid command") -> Iterator[None]:
    """Hold the lock file `path`; the system frees it however this process ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"{what} is at work in this folder: waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def together(path: Path) -> Iterator["Company"]:
    """Hold a lock that many may hold; the answer tells whether this one is the last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield Company(handle)


class Company:
    """Those who hold a shared lock at the same time."""

    def __init__(self, handle: object) -> None:
        self.handle = handle

    def is_last(self) -> bool:
        """True when nobody else holds the lock; it is then held alone."""
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[arg-type]
        except BlockingIOError:
            return False
        return True
