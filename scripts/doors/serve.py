"""Serve an installation that people use: no demo towns, no doors without a password.

    GEOGRID_STATE=/srv/geogrid GEOGRID_HOST=0.0.0.0 GEOGRID_ALLOWED_HOSTS=grid.example.org \\
        scripts/serve --port 8000

Installs what is missing, brings the tables up to date, starts web server and job worker. Keeps its
data apart from a demo's when GEOGRID_STATE names a folder of its own. See docs/operators.md.
"""

import argparse

from doors.places import Places
from doors.progress import say
from doors.serving import Serving, wanted_host


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/serve",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--detach", action="store_true", help="return as soon as it is served")
    parser.add_argument("--port", type=int, help="the port (default: 8000 or the next free one)")
    chosen = parser.parse_args(words)
    serving = Serving(Places(), demo=False)
    port = serving.begin(wanted_port=chosen.port)
    say(f"GeoGrid is ready at http://{wanted_host()}:{port}/")
    return 0 if chosen.detach else serving.stay()
