"""The steps that several doors share: what must be there before manage.py can do anything."""

import os
from pathlib import Path

from doors import apt, databases, messages, npm_packages, python_packages
from doors.cluster import Cluster, programs
from doors.django_commands import Django
from doors.places import WEB_USER, Places, make_web_user
from doors.progress import say


def external_database() -> bool:
    """Whether DATABASE_URL names a server of the user's own."""
    return bool(os.environ.get("DATABASE_URL", "").strip())


def install_system(*, with_browser: bool = False, private_database: bool = True) -> None:
    """System packages for serving and printing, and on demand for browser tests."""
    packages: tuple[str, ...] = apt.PYTHON + apt.PRINT + apt.WORDS
    if private_database and not _has_postgis(programs()):
        packages += apt.DATABASE
    if with_browser:
        packages += apt.BROWSER
    apt.install(packages)


def install_packages(places: Places, *, development: bool = False) -> None:
    """Python packages, browser libraries, and what is compiled from the code."""
    lists = python_packages.DEVELOPMENT if development else python_packages.RUNTIME
    python_packages.install(places, lists)
    npm_packages.install(places)
    messages.compile_changed(places)
    places.copy_code()
    python_packages.compile_code(places)


def prepare_folders(places: Places) -> None:
    """System user and folders of the state."""
    make_web_user()
    places.prepare()
    for folder in (places.state / "media", places.state / "static", places.scratch / "cache"):
        places.give_to(WEB_USER, folder, 0o750)


def private_cluster(places: Places) -> Cluster:
    """The installation's own PostgreSQL, running, with its database."""
    cluster = Cluster(places, "database", durable=True)
    cluster.ensure_running()
    databases.prepare(cluster)
    if databases.create(cluster, databases.DEMO_DATABASE):
        say("database: created")
    databases.catch_up(cluster, databases.DEMO_DATABASE)
    return cluster


def connect(places: Places, *, demo: bool) -> Django:
    """manage.py with its database running: the private one, or that of DATABASE_URL."""
    if external_database():
        django = Django(places, None, demo=demo)
        django.look_at_database()
        say("database: the one of DATABASE_URL")
        return django
    return Django(places, private_cluster(places), demo=demo)


def _has_postgis(server_programs: Path | None) -> bool:
    if server_programs is None:
        return False
    version = server_programs.parent.name
    control = Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
    return control.exists() or not str(server_programs).startswith("/usr/lib/postgresql/")
