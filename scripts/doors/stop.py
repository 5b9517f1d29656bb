"""Stop the web server, the job worker and the private database of this checkout. Data is kept."""

import argparse

from doors.cluster import Cluster, programs
from doors.lock import together
from doors.places import Places
from doors.progress import say
from doors.web import Web


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/stop", description=__doc__)
    parser.parse_args(words)
    places = Places()
    stopped = Web(places).stop()
    say("web server: " + ("stopped" if stopped else "was not running"))
    if programs() is None:
        return 0
    cluster = Cluster(places, "database", durable=True)
    if cluster.data.exists():
        say("database: " + ("stopped" if cluster.stop() else "was not running"))
    with together(places.state / "tests.lock") as company:
        if company.is_last():  # otherwise tests are running and stop it themselves
            Cluster(places, "test-database", durable=False).stop("immediate")
    return 0
