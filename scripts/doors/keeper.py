"""Keeps the web server and the job worker running; started by scripts/demo as the web user.

    keeper.py NOTE-FILE SPECIFICATION-FILE

The specification is JSON: {"port": 8000, "digest": "...", "programs": {"web": [...], ...}}. A
program that ends is started again, later each time it ends quickly. TERM ends all of them.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

LONGEST_PAUSE = 30.0
CALM_SECONDS = 60.0
PR_SET_PDEATHSIG = 1


class Program:
    """One program, started again whenever it ends."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen[bytes] | None = None
        self.pause, self.not_before, self.began = 0.5, 0.0, 0.0

    def tend(self, now: float) -> None:
        """Start it when it does not run and its pause is over."""
        if self.process is not None:
            status = self.process.poll()
            if status is None:
                return
            self.pause = (
                0.5 if now - self.began > CALM_SECONDS else min(self.pause * 2, LONGEST_PAUSE)
            )
            self.not_before = now + self.pause
            print(f"{self.name} ended with {status}; again in {self.pause:.1f} s", flush=True)
            self.process = None
        if now >= self.not_before:
            self.began = now
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, preexec_fn=_end_with_parent
            )

    def end(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()

    def wait(self, limit: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()


def main(note: Path, specification: Path) -> None:
    wanted = json.loads(specification.read_text())
    programs = [Program(name, command) for name, command in wanted["programs"].items()]
    over: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: over.append(number))
    _write_note(note, wanted)
    while not over:
        for program in programs:
            program.tend(time.monotonic())
        time.sleep(0.2)
    for program in programs:
        program.end()
    limit = time.monotonic() + 15
    for program in programs:
        program.wait(limit)
    note.unlink(missing_ok=True)


def _end_with_parent() -> None:
    # A killed keeper must not leave a web server behind that holds the port.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _write_note(note: Path, wanted: dict[str, object]) -> None:
    stat = Path(f"/proc/{os.getpid()}/stat").read_text()
    kept = {
        "pid": os.getpid(),
        "started_at": stat.rpartition(")")[2].split()[19],
        "port": wanted["port"],
        "digest": wanted["digest"],
    }
    part = note.with_suffix(".part")
    part.write_text(json.dumps(kept))
    part.replace(note)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
