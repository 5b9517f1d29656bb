"""A server whose database is killed says 503, and serves again without a restart."""

import json
import os
import shutil
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from doors import databases
from doors.cluster import Cluster
from doors.django_commands import Django
from doors.installation import prepare_folders
from doors.places import Places
from doors.web import Web, choose_port

RECOVERY_SECONDS = 30  # under 5 on a quiet machine; tests share theirs


class Installation:
    """A migrated private database and a web server on it, in a state folder of their own."""

    def __init__(self, places: Places) -> None:
        self.cluster = Cluster(places, "database", durable=True)
        self.cluster.ensure_running()
        databases.prepare(self.cluster)
        databases.create(self.cluster, databases.DEMO_DATABASE)
        self.django = Django(places, self.cluster, demo=False)
        self.django.migrate()
        self.django.run("collectstatic", "--noinput", "-v0")
        self.web = Web(places)
        self.port = choose_port(None, "127.0.0.1")
        self.keeper = self.web.start(self.django, "127.0.0.1", self.port)

    def ask(self, path: str) -> tuple[int, str | None, str]:
        """Status, Retry-After and body of a page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as got:
                return got.status, None, got.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers["Retry-After"], answer.read().decode()
        except OSError as problem:  # the server itself hung up
            return 0, None, str(problem)

    def kill_database(self) -> None:
        """End every process of the database at once, without a good-bye."""
        postmaster = int((self.cluster.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        os.kill(postmaster, signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):  # it noticed that the postmaster is gone, and went
                os.kill(int(child), signal.SIGKILL)

    def end(self) -> None:
        self.web.stop()
        self.keeper.wait(20)
        self.cluster.stop("immediate")


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    # Not pytest's own folder: the system users of a root door must be able to enter.
    state = Path(tempfile.mkdtemp(prefix="geogrid-state-"))
    state.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GEOGRID_STATE", str(state))
        patch.setenv("DJANGO_SETTINGS_MODULE", "geogrid.config.settings.prod")
        places = Places()
        if not places.shared_checkout:
            pytest.skip("the checkout lies where only root can read; the doors run a copy of it")
        prepare_folders(places)
        started = Installation(places)
        yield started
        started.end()
    shutil.rmtree(state)


def test_503_while_it_is_away_and_back_without_a_restart(installation: Installation) -> None:
    assert installation.ask("/readyz")[0] == 200
    statuses: list[int] = []
    over = threading.Event()

    def load() -> None:
        while not over.is_set():
            statuses.append(installation.ask("/accounts/login/")[0])

    visitors = [threading.Thread(target=load, daemon=True) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    try:
        _lose_and_regain(installation)
    finally:
        over.set()
    for visitor in visitors:
        visitor.join(30)
    assert statuses
    assert set(statuses) <= {200, 503}


def _lose_and_regain(installation: Installation) -> None:
    installation.kill_database()
    time.sleep(0.5)
    status, retry_after, body = installation.ask("/feed/grids.geojson")
    assert (status, retry_after) == (503, "5")
    assert json.loads(body)["code"] == "unavailable"
    assert installation.ask("/healthz")[0] == 200
    assert installation.ask("/readyz")[0] == 503

    installation.cluster.ensure_running()
    back = time.monotonic()
    while (answer := installation.ask("/readyz"))[0] != 200:
        log = installation.web.log.read_text()[-1500:]
        assert time.monotonic() - back < RECOVERY_SECONDS, f"{answer}\n{log}"
        time.sleep(0.1)


def test_killed_server_is_started_again(installation: Installation) -> None:
    keeper = installation.keeper.pid
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    server = next(
        pid for pid in children if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    os.kill(int(server), signal.SIGKILL)
    limit = time.monotonic() + 20
    time.sleep(0.5)
    while not installation.web.serves(installation.port):
        assert time.monotonic() < limit
        time.sleep(0.2)
