"""Bringing an installation to a page that answers; scripts/demo and scripts/serve share it."""

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
from doors.progress import Failed, Refusal, say
from doors.web import Web, choose_port

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def wanted_host() -> str:
    """The address to listen on."""
    return os.environ.get("GEOGRID_HOST", "").strip() or LOOPBACK[0]


class Serving:
    """One installation on its way to being served; `demo` adds the demo towns and their doors."""

    def __init__(self, places: Places, *, demo: bool) -> None:
        self.places, self.demo = places, demo
        self.web = Web(places)
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *, wanted_port: int | None, reset: bool = False) -> int:
        """Install, migrate, load, start; returns the port. One door at a time does this."""
        self.places.prepare()
        with alone(self.places.state / "door.lock"):
            install_system(private_database=not external_database())
            prepare_folders(self.places)
            install_packages(self.places)
            if reset:
                self._forget()
            django = connect(self.places, demo=self.demo)
            self._load(django)
            return self._start(django, wanted_port)

    def stay(self) -> int:
        """Serve until Ctrl+C or TERM, then stop the server and the private database."""
        if self.process is None:
            return 0

        def leave(*received: object) -> None:
            raise KeyboardInterrupt

        signal.signal(signal.SIGTERM, leave)
        try:
            self.process.wait()
            say(f"the server was ended from outside; see {self.web.log}")
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            say("stopping")
            processes.end(self.process.pid)
            if not external_database():
                Cluster(self.places, "database", durable=True).stop()
            say("stopped; the data is kept")
        return 0

    def _start(self, django: Django, wanted_port: int | None) -> int:
        kept = self.web.running()
        port = int(kept["port"]) if kept else None
        up_to_date = kept and kept["digest"] == self.web.code_digest(django)
        if up_to_date and port and wanted_port in (None, port) and self.web.serves(port):
            say("the server was running already and is up to date")
            return port
        if self.web.stop():
            say("the server that was running is replaced")
        host = wanted_host()
        port = choose_port(wanted_port or port, host)
        say("starting the web server and the job worker")
        self.process = self.web.start(django, host, port)
        return port

    def _load(self, django: Django) -> None:
        """Tables, static files and demo towns; each step is skipped when nothing changed."""
        say("database: bringing the tables up to date")
        django.migrate(doing="migrating")
        if wanted_host() not in LOOPBACK:
            _refuse_demo_accounts(django)
        digest = fingerprint(*self._static_sources())
        stamp = self.places.scratch / "static.stamp"
        if not stamp.exists() or stamp.read_text() != digest:
            say("static files: collecting")
            django.run("collectstatic", "--noinput", "-v0", "--clear")
            stamp.write_text(digest)
        if self.demo and django.has_command("load_demo"):
            say("demo towns: loading what is not there yet")
            django.follow("load_demo")

    def _static_sources(self) -> list[Path]:
        code = self.places.code
        own = [
            folder
            for top in ("geogrid", "layers")
            for folder in sorted((code / top).rglob("static"))
        ]
        settings = sorted((code / "geogrid/config").rglob("*.py"))
        return [*own, *settings, code / "requirements.txt", code / "package-lock.json"]

    def _forget(self) -> None:
        if external_database():
            raise Refusal("--reset would empty the database of DATABASE_URL. That is left to you.")
        self.web.stop()
        cluster = Cluster(self.places, "database", durable=True)
        cluster.ensure_running()
        databases.drop(cluster, databases.DEMO_DATABASE)
        shutil.rmtree(self.places.state / "media", ignore_errors=True)
        self.places.give_to(WEB_USER, self.places.state / "media", 0o750)
        say("demo data: thrown away")


def _refuse_demo_accounts(django: Django) -> None:
    try:
        django.run("check", "--database", "default", "--tag", "security")
    except Failed as failed:
        lines = [line for line in failed.output.splitlines() if "geogrid.E" in line]
        raise Refusal("\n".join(lines) or str(failed)) from None
