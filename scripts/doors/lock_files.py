"""Compile the lists of python packages into lock files with hashes.

scripts/lock                  after editing a requirements.in: keeps all other versions
scripts/lock --upgrade        takes the newest versions
scripts/lock --upgrade-package NAME
"""

from doors.check import LOCK_OPTIONS, LOCKS
from doors.installation import install_packages, prepare_folders
from doors.places import CHECKOUT, Places
from doors.progress import Argument, run, say


def main(words: list[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    places = Places()
    places.prepare()
    if not (places.venv / "bin/uv").exists():
        prepare_folders(places)
        install_packages(places, development=True)
    for source, lock in LOCKS.items():
        uv: list[Argument] = [places.venv / "bin/uv", "pip", "compile", "-q"]
        run([*uv, *LOCK_OPTIONS, *words, source, "-o", lock], cwd=CHECKOUT, doing="resolving")
        say(f"{lock}: written")
    return 0
