"""Load the days off and swapped workdays of a year once they are announced."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geogrid.accounts.errors import CodedError
from geogrid.cases.actions import load_year

DAYS = ("rest", "work")


class Command(BaseCommand):
    help = (
        "Loads a year's working calendar and recomputes open deadlines. FILE is JSON: "
        '{"country": "CN", "year": 2027, "rest": ["2027-01-01"], "work": [], "source": "..."}'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--provisional", action="store_true", help="not announced yet")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            told = json.loads(options["file"].read_text())
            days = {name: [date.fromisoformat(day) for day in told[name]] for name in DAYS}
            country, year, source = str(told["country"]), int(told["year"]), str(told["source"])
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise CommandError(f"{options['file']} cannot be used: {problem}") from problem
        try:
            moved = load_year(
                country=country, year=year, source=source, by=None, at=timezone.now(),
                official=not options["provisional"], **days,
            )  # fmt: skip
        except CodedError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{country} {year}: {moved} deadlines moved")
