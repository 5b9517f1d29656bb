"""Saying what happens, running programs, and ending with a sentence instead of a traceback."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

STARTED = time.monotonic()
HEARTBEAT_SECONDS = 10
Argument = str | Path


class Refusal(Exception):
    """Why a door does not go on, as a sentence for a person; `code` becomes the exit status.

    1 something failed, 3 system packages are missing and may not be installed, 4 the database of
    DATABASE_URL is not usable.
    """

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.code = code


class Failed(Refusal):
    """A program ended with an error; `output` is what it said."""

    def __init__(self, command: Sequence[str], status: int, output: str) -> None:
        tail = "\n".join(output.strip().splitlines()[-25:])
        super().__init__(f"this command failed ({status}): {' '.join(command)}\n{tail}")
        self.output = output


def say(text: str) -> None:
    """Print one line with the seconds since the door was opened."""
    print(f"[{time.monotonic() - STARTED:6.1f}s] {text}", flush=True)


def run(
    command: Sequence[Argument],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    text_in: str | None = None,
    check: bool = True,
    doing: str = "",
) -> str:
    """Run a program to its end and return what it printed, errors included.

    `doing` names a long step: every ten seconds a line says that it is still going on.
    Raises Failed when `check` is set and the program fails.
    """
    words = [str(word) for word in command]
    over = threading.Event()
    if doing:
        threading.Thread(target=_heartbeat, args=(doing, over), daemon=True).start()
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=environment(env),
            text=True,
            errors="replace",
            input=text_in,
            stdin=subprocess.DEVNULL if text_in is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    finally:
        over.set()
    if check and done.returncode:
        raise Failed(words, done.returncode, done.stdout)
    return done.stdout


def works(command: Sequence[Argument]) -> bool:
    """Whether a program exists and ends well; its output is dropped."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, capture_output=True, stdin=subprocess.DEVNULL, env=environment()
        )
    except OSError:
        return False
    return done.returncode == 0


def follow(
    command: Sequence[Argument], *, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Run a program and pass its lines on as they come, each with the elapsed time."""
    words = [str(word) for word in command]
    lines: list[str] = []
    with subprocess.Popen(
        words,
        cwd=cwd,
        env=environment(env),
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if line.strip():
                say("  " + line.rstrip())
    if process.returncode:
        raise Failed(words, process.returncode, "".join(lines))


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment in UTF-8 whatever the caller's locale, plus `extra`."""
    merged = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    # Virtual environments and module paths of the caller are not ours.
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV"):
        merged.pop(name, None)
    return {**merged, **(extra or {})}


def open_door(main: Callable[[list[str]], int | None]) -> NoReturn:
    """Call a door's main with its arguments; end with a sentence where it refuses."""
    os.umask(0o022)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = main(sys.argv[1:])
    except Refusal as refusal:
        print(f"\ngeogrid: {refusal}", file=sys.stderr, flush=True)
        status = refusal.code
    except KeyboardInterrupt:
        print("\ngeogrid: stopped; the same command goes on from here.", file=sys.stderr)
        status = 130
    sys.exit(status or 0)


def _heartbeat(doing: str, over: threading.Event) -> None:
    began = time.monotonic()
    while not over.wait(HEARTBEAT_SECONDS):
        say(f"  still {doing} ({time.monotonic() - began:.0f} s)")
