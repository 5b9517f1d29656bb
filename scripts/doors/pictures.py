"""Take the documentation's pictures from a running demo.

    scripts/demo --detach
    scripts/pictures [--from URL] [PAGE ...]

Each page becomes docs/pictures/PAGE-wide-zh.png, -wide-en, -phone-zh and -phone-en. Without PAGE
all of them are taken; `scripts/pictures --list` names them.
"""

import subprocess

from doors.places import CHECKOUT, Places
from doors.progress import Refusal, environment

PICTURES = CHECKOUT / "docs/pictures"
DEMO = "http://127.0.0.1:8000"


def main(words: list[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    address = DEMO
    if "--from" in words:
        place = words.index("--from")
        if place + 1 == len(words):
            raise Refusal("--from needs the address of a running demo.")
        address = words[place + 1]
        words = words[:place] + words[place + 2 :]
    places = Places()
    if not places.python.exists():
        raise Refusal("Start the demo first: scripts/demo --detach")
    done = subprocess.run(
        [places.python, "-m", "doors.picture_taker", address.rstrip("/"), PICTURES, *words],
        cwd=CHECKOUT / "scripts",
        env=environment(),
        stdin=subprocess.DEVNULL,
    )
    return done.returncode
