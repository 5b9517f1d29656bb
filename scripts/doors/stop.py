"""Stop the web server, the job worker and the private database of this checkout. Data is kept."""

import argparse

from doors.cluster import Cluster, programs
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
    for name in ("database", "test-database"):
        cluster = Cluster(places, name, durable=name == "database")
        if cluster.data.exists():
            say(f"{name}: " + ("stopped" if cluster.stop() else "was not running"))
    return 0
