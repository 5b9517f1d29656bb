"""Measure GeoGrid against yardsticks on the same machine; ratios travel, seconds do not.

    scripts/bench [NAME ...]      run scripts/benchmarks/NAME.py, by default all of them

A benchmark is a module with a sentence on top and `main()`, which prints its lines. It runs with
Django set up on a migrated database of its own, dropped afterwards.
"""

import os
import subprocess

from doors import databases
from doors.cluster import APP, OWNER, Cluster
from doors.installation import install_packages, install_system, prepare_folders
from doors.lock import alone, together
from doors.places import CHECKOUT, Places
from doors.progress import Refusal, environment, say
from doors.test import migrate_for_tests, test_environment

FOLDER = CHECKOUT / "scripts/benchmarks"
RUN_ONE = """
import importlib, sys
sys.path[:0] = [{checkout!r}, {scripts!r}]
import django
django.setup()
module = importlib.import_module("benchmarks." + sys.argv[1])
print((module.__doc__ or "").strip().splitlines()[0])
module.main()
"""


def main(words: list[str]) -> int:
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    there = sorted(path.stem for path in FOLDER.glob("[!_]*.py"))
    unknown = sorted(set(words) - set(there))
    if unknown:
        raise Refusal(f"no benchmark {', '.join(unknown)}; there are: {', '.join(there) or 'none'}")
    places = Places()
    places.prepare()
    with alone(places.state / "door.lock"):
        install_system()
        prepare_folders(places)
        install_packages(places, development=True)
    with together(places.state / "tests.lock") as company:
        cluster = Cluster(places, "test-database", durable=False)
        with alone(places.scratch / "test-cluster.lock", "another test run"):
            cluster.ensure_running()
            databases.prepare(cluster)
        template = databases.migrated_template(
            cluster, lambda name: migrate_for_tests(places, cluster, name)
        )
        try:
            statuses = [_measure(places, cluster, template, name) for name in words or there]
        finally:
            databases.drop_run(cluster, os.getpid())
            if company.is_last():
                cluster.stop("immediate")
    return max(statuses, default=0)


def _measure(places: Places, cluster: Cluster, template: str, name: str) -> int:
    database = f"run_{os.getpid()}_bench"
    databases.drop(cluster, database)
    cluster.sql(f"CREATE DATABASE {database} TEMPLATE {template} OWNER {OWNER}")
    say(f"benchmark {name}")
    program = RUN_ONE.format(checkout=str(CHECKOUT), scripts=str(CHECKOUT / "scripts"))
    done = subprocess.run(
        [places.python, "-c", program, name],
        cwd=CHECKOUT,
        env=environment({**test_environment(places), "DATABASE_URL": cluster.url(database, APP)}),
        stdin=subprocess.DEVNULL,
    )
    return done.returncode
