"""Run a command of manage.py in this checkout's environment, with its database started if needed.

    scripts/manage COMMAND [arguments]        scripts/manage help lists the commands

Commands run as the account that calls, with the application's rights in the database; `migrate`
runs with the owner's. The database keeps running afterwards; scripts/stop stops it.
"""

import json
import subprocess
import sys

from doors.cluster import APP, OWNER
from doors.django_commands import Django
from doors.installation import (
    connect,
    external_database,
    install_packages,
    install_system,
    prepare_folders,
)
from doors.lock import alone
from doors.places import WEB_USER, Places
from doors.progress import environment

WITHOUT_DATABASE = {
    "check_tiling", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "startapp", "version",
}  # fmt: skip
AS_OWNER = {"migrate", "sqlmigrate", "showmigrations", "makemigrations", "dbshell"}


def main(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help"}:
        print(__doc__)
        return 0
    places = Places()
    command = words[0]
    with_database = command not in WITHOUT_DATABASE
    places.prepare()
    with alone(places.state / "door.lock"):
        django = _prepare(places, with_database)
    role = OWNER if command in AS_OWNER else APP
    env = django.environment(role) if with_database else _without_database(places)
    # The caller's own folder stays current, so that file names mean what they say.
    done = subprocess.run(
        [places.python, places.checkout / "manage.py", *words], env=environment(env)
    )
    # Files that a command wrote as root must stay readable for the web server.
    places.hand_over(WEB_USER, places.state / "media")
    return done.returncode


def _prepare(places: Places, with_database: bool) -> Django:
    """Quiet when everything is there already. A progress line must not spoil the output."""
    standard = sys.stdout
    sys.stdout = sys.stderr
    try:
        install_system(private_database=with_database and not external_database())
        prepare_folders(places)
        install_packages(places)
        demo = _was_demo(places)
        return connect(places, demo=demo) if with_database else Django(places, None, demo=demo)
    finally:
        sys.stdout = standard


def _was_demo(places: Places) -> bool:
    """Whether this state belongs to the demo: its last server was one, or there was none yet."""
    specification = places.state / "web/programs.json"
    return not specification.exists() or bool(json.loads(specification.read_text())["demo"])


def _without_database(places: Places) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "geogrid.config.settings.dev",
        "GEOGRID_STATE": str(places.state),
        "GEOGRID_NODE_MODULES": str(places.node_modules),
    }
