"""Send late cases one level up; what the job worker does each minute, by hand."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from geogrid.cases.actions import escalate_overdue


class Command(BaseCommand):
    help = "Sends every overdue case to the next level, exactly once per case and level."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", metavar="T", help="pretend it is T (ISO 8601 with time zone)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._moment(options["now"]) if options["now"] else timezone.now()
        done = escalate_overdue(at=at)
        for one in done:
            self.stdout.write(f"{one.case.number}  level {one.rung}  {one.case.worker or 'office'}")
        self.stdout.write(f"{len(done)} cases sent up")

    def _moment(self, text: str) -> datetime:
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or timezone.is_naive(moment):
            raise CommandError(f"{text} is no time with a zone; write 2026-11-23T18:00+08:00.")
        return moment
