"""Run the tests against a throw-away PostGIS and Debian's chromium; installs what is missing.

    scripts/test [pytest arguments]           without arguments: everything, on all processors

Every run works on databases cloned from a migrated template, never on the demo's.
"""

import os
import subprocess
import sys
import time

from doors import databases
from doors.cluster import ADMIN, APP, OWNER, Cluster
from doors.installation import install_packages, install_system, prepare_folders
from doors.lock import alone, together
from doors.places import Places
from doors.progress import Argument, environment, run, say

EVERYTHING = ["-q", "-n", str(min(8, max(2, os.cpu_count() or 2))), "--dist", "worksteal"]


def main(words: list[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__ + "\npytest --help lists its arguments.")
        return 0
    places = Places()
    places.prepare()
    with alone(places.state / "door.lock"):
        install_system(with_browser=True)
        prepare_folders(places)
        install_packages(places, development=True)
    with together(places.state / "tests.lock") as company:
        cluster = Cluster(places, "test-database", durable=False)
        with alone(places.scratch / "test-cluster.lock", "another test run"):
            cluster.ensure_running()
            databases.prepare(cluster)
            databases.drop_left_over(cluster)
        template = databases.migrated_template(
            cluster, lambda name: migrate_for_tests(places, cluster, name)
        )
        try:
            return _pytest(places, cluster, template, words or EVERYTHING)
        finally:
            databases.drop_run(cluster, os.getpid())
            if company.is_last():
                cluster.stop("immediate")


def migrate_for_tests(places: Places, cluster: Cluster, name: str) -> None:
    env = {**test_environment(places), "DATABASE_URL": cluster.url(name, OWNER)}
    command: list[Argument] = [
        places.python,
        places.checkout / "manage.py",
        "migrate",
        "--noinput",
        "-v0",
    ]
    run(command, env=env, cwd=places.checkout, doing="migrating")


def test_environment(places: Places) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "geogrid.config.settings.test",
        "GEOGRID_STATE": str(places.state),
        "GEOGRID_NODE_MODULES": str(places.node_modules),
    }


def _pytest(places: Places, cluster: Cluster, template: str, words: list[str]) -> int:
    env = {
        **test_environment(places),
        "DATABASE_URL": cluster.url(template, APP),
        "GEOGRID_TEST_ADMIN": cluster.url("postgres", ADMIN),
        "GEOGRID_TEST_OWNER": OWNER,
        "GEOGRID_TEST_TEMPLATE": template,
        "GEOGRID_TEST_RUN": str(os.getpid()),
    }
    say("pytest " + " ".join(words))
    began = time.monotonic()
    done = subprocess.run(
        [places.python, "-m", "pytest", *words],
        cwd=places.checkout,
        env=environment(env),
        stdin=sys.stdin if sys.stdin.isatty() else subprocess.DEVNULL,
    )
    say(f"pytest ended with {done.returncode} after {time.monotonic() - began:.0f} s")
    return done.returncode
