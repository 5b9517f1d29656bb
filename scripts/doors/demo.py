"""Install what is missing, load the demo towns into a private PostGIS, and serve GeoGrid.

The first start takes a few minutes, mostly downloads; later ones take seconds and keep all data.
Killed at any moment, the same command finishes the job. Everything it makes lies in .venv/,
node_modules/ and var/ (as root in a home folder that others cannot enter: /var/lib/geogrid/).
"""

import argparse

from doors.places import Places
from doors.progress import Refusal, say
from doors.serving import LOOPBACK, Serving, wanted_host
from doors.settings_file import installation_secrets


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--detach", action="store_true", help="return as soon as it is served")
    parser.add_argument("--port", type=int, help="the port (default: 8000 or the next free one)")
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    chosen = parser.parse_args(words)
    if wanted_host() not in LOOPBACK:
        raise Refusal(
            f"GEOGRID_HOST={wanted_host()}: the demo has doors without passwords and stays on this "
            "machine. scripts/serve is for an installation that others can reach."
        )
    serving = Serving(Places(), demo=True)
    port = serving.begin(wanted_port=chosen.port, reset=chosen.reset)
    _announce(serving.places, port)
    return 0 if chosen.detach else serving.stay()


def _announce(places: Places, port: int) -> None:
    password = installation_secrets(places.state)["demo_password"]
    url = f"http://127.0.0.1:{port}/"
    say("everything is running")
    print(
        f"\nGeoGrid is ready at {url}\n\n"
        "    The home page has a door for each task, no password needed.\n"
        f"    By name, at {url}accounts/login/: planner, patrol or office\n"
        f"    with .neubrandenburg or .jinghu, password {password}\n"
        "    Stop it with scripts/stop.\n",
        flush=True,
    )
