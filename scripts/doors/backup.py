"""Write a complete backup: database, media and digests of both, all of one moment.

scripts/backup                     into var/backups/geogrid-TIME/
scripts/backup --to FOLDER         into FOLDER/geogrid-TIME/
scripts/backup --drill             back up, restore it elsewhere, compare every table and file
scripts/backup --drill FOLDER      the same with a backup made earlier
scripts/backup --restore FOLDER    put a backup in the place of the present data (private
                                   database only); what was there is kept beside it
"""

import argparse
from pathlib import Path

from doors import snapshots
from doors.cluster import OWNER, Cluster
from doors.databases import DEMO_DATABASE
from doors.django_commands import Django
from doors.installation import connect, external_database, prepare_folders, private_cluster
from doors.lock import alone, together
from doors.places import WEB_USER, Places
from doors.progress import Refusal, say
from doors.web import Web


def main(words: list[str]) -> int:
    chosen = _arguments(words)
    places = Places()
    places.prepare()
    if not places.python.exists():
        raise Refusal("nothing is installed here yet; scripts/demo does that.")
    with alone(places.state / "door.lock"):
        prepare_folders(places)
        if chosen.restore:
            return _restore(places, Path(chosen.restore))
        if chosen.drill and chosen.drill != "now":
            return _drill(places, Path(chosen.drill))
        django = connect(places, demo=False)
        folder = _back_up(places, django, Path(chosen.to or places.state / "backups"))
        return _drill(places, folder) if chosen.drill else 0


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/backup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", metavar="FOLDER", help="where the backup's folder is made")
    parser.add_argument("--drill", metavar="FOLDER", nargs="?", const="now", help="prove it")
    parser.add_argument("--restore", metavar="FOLDER", help="go back to that backup")
    return parser.parse_args(words)


def _back_up(places: Places, django: Django, target: Path) -> Path:
    folder = snapshots.write(django.database_url(OWNER), places.state / "media", target)
    size = sum(path.stat().st_size for path in folder.iterdir())
    say(f"backup: {folder} ({size / 1e6:.1f} MB)")
    return folder


def _drill(places: Places, folder: Path) -> int:
    """Restore into the throw-away cluster, so that the real one carries no load and no risk."""
    with together(places.state / "tests.lock") as company:
        cluster = Cluster(places, "test-database", durable=False)
        with alone(places.scratch / "test-cluster.lock", "a test run"):
            cluster.ensure_running()
        try:
            differences = snapshots.try_out(cluster, folder)
        finally:
            if company.is_last():
                cluster.stop("immediate")
    for line in differences:
        say(f"  differs: {line}")
    if differences:
        raise Refusal(f"the backup {folder} does not hold what it should.")
    tables, files = snapshots.counts(folder)
    say(f"restore drill: {tables} tables and {files} files identical")
    return 0


def _restore(places: Places, folder: Path) -> int:
    if external_database():
        raise Refusal("--restore is for the private database; docs/operators.md has the lines.")
    if not (folder / snapshots.MANIFEST).exists():
        raise Refusal(f"{folder} is no backup: it holds no {snapshots.MANIFEST}.")
    cluster = private_cluster(places)
    Web(places).stop()
    snapshots.replace_database(cluster, DEMO_DATABASE, folder)
    snapshots.replace_media(places.state / "media", folder)
    places.hand_over(WEB_USER, places.state / "media")
    say("restored; scripts/demo serves it")
    return 0
