"""`load_demo`: fill the installation with the two demo towns, or go on where it stopped."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from geogrid.desks.demo.loading.steps import alone, load_town
from geogrid.desks.demo.loading.towns import TOWNS
from layers.intake.errors import IntakeError


class Command(BaseCommand):
    help = (
        "Load the two demo towns with grids, invented people, cases and inspections. Done already: "
        "says so and changes nothing. Stopped half-way: goes on where it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--only", choices=[town.slug for town in TOWNS], help="one of the towns"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()

        def say(done: str) -> None:
            self.stdout.write(f"  {time.monotonic() - started:5.1f} s  {done}")
            self.stdout.flush()

        now = timezone.now()
        with alone():
            for town in TOWNS:
                if options["only"] in (None, town.slug):
                    self.stdout.write(town.note.name)
                    try:
                        load_town(town, now=now, say=say)
                    except IntakeError as error:
                        raise CommandError(error.message) from error
        say("the demo towns are loaded")
