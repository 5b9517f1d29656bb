"""The job worker that runs beside the web server."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand

from geogrid.outbox.working import work


class Command(BaseCommand):
    help = "Runs queued and periodic jobs until it is told to stop (SIGTERM, Ctrl+C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is left to do")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        done = work(stop, once=options["once"])
        self.stdout.write(f"{done} jobs done")
