"""Install what is missing, load the demo towns into a private PostGIS, and serve GeoGrid.

The first start takes a few minutes, mostly downloads; later ones take seconds and keep all data.
Killed at any moment, the same command finishes the job. Everything it makes lies in .venv/,
node_modules/ and var/ (as root in a home folder that others cannot enter: /var/lib/geogrid/).
"""

import argparse
import os
import shutil
import signal
import subprocess
from pathlib import Path

from doors import databases, processes
from doors.cluster import Cluster
from doors.django_commands import Django
from doors.installation import (
    connect,
    external_database,
    install_packages,
    install_system,
    prepare_folders,
)
from doors.lock import alone
from doors.places import WEB_USER, Places, fingerprint
from doors.progress import Refusal, say
from doors.settings_file import installation_secrets
from doors.web import Web, choose_port

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def main(words: list[str]) -> int:
    chosen = _arguments(words)
    host = os.environ.get("GEOGRID_HOST", "").strip() or "127.0.0.1"
    if host not in LOOPBACK:
        raise Refusal(
            f"GEOGRID_HOST={host}: the demo has doors without passwords and stays on this machine. "
            "docs/operators.md shows how to set up an installation that others can reach."
        )
    places = Places()
    places.prepare()
    with alone(places.state / "door.lock"):
        web, process = _serve(places, chosen, host)
    kept = web.running()
    _announce(places, int(kept["port"]))
    if process is None or chosen.detach:
        return 0
    return _stay(places, web, process)


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--detach", action="store_true", help="return as soon as it is served")
    parser.add_argument(
        "--port", type=int, help="the port to serve on (default: 8000 or next free)"
    )
    parser.add_argument("--reset", action="store_true", help="throw the demo's data away first")
    return parser.parse_args(words)


def _serve(
    places: Places, chosen: argparse.Namespace, host: str
) -> tuple[Web, "subprocess.Popen[bytes] | None"]:
    """Everything up to a page that answers. The process is None when it was served already."""
    install_system(private_database=not external_database())
    prepare_folders(places)
    install_packages(places)
    web = Web(places)
    if chosen.reset:
        _forget(places, web)
    django = connect(places, demo=True)
    _load(django)
    kept = web.running()
    port = int(kept["port"]) if kept else None
    up_to_date = kept and kept["digest"] == web.code_digest(django)
    if up_to_date and port and chosen.port in (None, port) and web.serves(port):
        say("the server was running already and is up to date")
        return web, None
    if web.stop():
        say("the server that was running is replaced")
    port = chosen.port or (port if kept else None)
    port = choose_port(port, host)
    say("starting the web server and the job worker")
    return web, web.start(django, host, port)


def _load(django: Django) -> None:
    """Tables, static files and demo towns; each step is skipped when nothing changed."""
    places = django.places
    say("database: bringing the tables up to date")
    django.migrate(doing="migrating")
    digest = fingerprint(*_static_sources(places))
    stamp = places.scratch / "static.stamp"
    if not stamp.exists() or stamp.read_text() != digest:
        say("static files: collecting")
        django.run("collectstatic", "--noinput", "-v0", "--clear")
        stamp.write_text(digest)
    if django.has_command("load_demo"):
        say("demo towns: loading what is not there yet")
        django.follow("load_demo")


def _static_sources(places: Places) -> list[Path]:
    tops = [places.code / "geogrid", places.code / "layers"]
    own = [folder for top in tops for folder in sorted(top.rglob("static"))]
    settings = sorted((places.code / "geogrid/config").rglob("*.py"))
    return [*own, *settings, places.code / "requirements.txt", places.code / "package-lock.json"]


def _forget(places: Places, web: Web) -> None:
    if external_database():
        raise Refusal("--reset would empty the database of DATABASE_URL. That is left to you.")
    web.stop()
    cluster = Cluster(places, "database", durable=True)
    cluster.ensure_running()
    databases.drop(cluster, databases.DEMO_DATABASE)
    shutil.rmtree(places.state / "media", ignore_errors=True)
    places.give_to(WEB_USER, places.state / "media", 0o750)
    say("demo data: thrown away")


def _announce(places: Places, port: int) -> None:
    password = installation_secrets(places.state)["demo_password"]
    say(f"GeoGrid is ready at http://127.0.0.1:{port}/")
    print(
        "\n"
        f"    GeoGrid is ready at http://127.0.0.1:{port}/\n\n"
        "    The home page has a door for each task, no password needed.\n"
        f"    With a password (http://127.0.0.1:{port}/accounts/login/): planner, patrol, office;\n"
        f"    password {password}\n\n"
        "    Stop it with scripts/stop.\n",
        flush=True,
    )


def _stay(places: Places, web: Web, process: "subprocess.Popen[bytes]") -> int:
    """Serve until Ctrl+C or TERM, then stop the server and the database."""

    def leave(*received: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    try:
        process.wait()
        say(f"the server was ended from outside; see {web.log}")
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        say("stopping")
        processes.end(process.pid)
        if not external_database():
            Cluster(places, "database", durable=True).stop()
        say("stopped; the data is kept")
    return 0
